/**
 * Measures a mesh: size, volume, surface, and what is wrong with it. Everything on typed arrays in time
 * proportional to the triangles: half-edges are sorted into buckets by their lower vertex (counting sort), each
 * bucket is sorted and read once.
 *
 * Volume: the signed sum of tetrahedra from one point (divergence theorem), in doubles; the point is the
 * middle of the bounding box, so that it costs no precision when a model lies far from the origin.
 */
import type { Mesh } from "./mesh";
import { weld } from "./weld";

export interface Measures {
  triangles: number;
  /** Different places that triangles use. */
  vertices: number;
  /** Corners of the bounding box of what triangles use, mm. */
  min: [number, number, number];
  max: [number, number, number];
  size: [number, number, number];
  /** mm³, signed: negative when the surface is inside out. */
  volume: number;
  /** mm² */
  area: number;
  /** Connected surfaces (through shared edges). */
  shells: number;
  /** Edges with one triangle only. */
  openEdges: number;
  /** Edges with three triangles or more. */
  nonmanifoldEdges: number;
  /** Edges whose two triangles disagree about what is outside. */
  flippedEdges: number;
  /** The fewest triangles to turn so that all edges agree. */
  flippedTriangles: number;
  /** Triangles without surface: two corners at one place, or all three in line. */
  zeroAreaTriangles: number;
  /** Closed shells that are inside out and not a hollow within another. */
  invertedShells: number;
  /** Closed shells that are a hollow within another. */
  cavities: number;
}

/** A triangle with two corners at the same place has no edges to check. */
const NO_EDGES = 1;
/** At an edge that is not between exactly two triangles that agree. */
const AT_FAULT = 2;
/** sin² of the angle below which three corners are in line. */
const FLAT = 1e-24;
/** Pairs of shells compared for what lies within what. */
const MOST_PAIRS = 4_000_000;
const SMALL_BUCKET = 40;
/** A multiple of 3. */
const BLOCK = 3 * 2048;

/**
 * Measures a mesh.
 * @param check called between the passes; throws to stop
 */
export function measure(mesh: Mesh, check: () => void = () => {}): Measures {
  let { vertices, triangles } = mesh;
  let welded = mesh.welded;
  if (!triangles) {
    ({ vertices, triangles } = weld(vertices, null));
    welded = true;
  }
  check();
  const box = welded ? boxOfAll(vertices) : boundingBox(vertices, triangles);
  check();
  let edges = checkEdges(triangles, vertices.length / 3);
  if (!welded && edges.openEdges > 0) {
    // Perhaps the file only repeats its vertices; places count, not numbers.
    check();
    const place = weld(vertices, triangles);
    check();
    edges = checkEdges(place.triangles, place.vertices.length / 3);
    ({ vertices, triangles } = place);
  }
  check();
  const shells = labelShells(edges);
  check();
  const sums = sumTriangles(vertices, triangles, edges.state, shells, box);
  return {
    triangles: triangles.length / 3,
    vertices: box.used,
    min: box.min,
    max: box.max,
    size: [box.max[0] - box.min[0], box.max[1] - box.min[1], box.max[2] - box.min[2]],
    volume: sums.volume,
    area: sums.area,
    shells: shells.count,
    openEdges: edges.openEdges,
    nonmanifoldEdges: edges.nonmanifoldEdges,
    flippedEdges: edges.flippedEdges,
    flippedTriangles: edges.flippedEdges > 0 ? countFlipped(edges) : 0,
    zeroAreaTriangles: sums.zeroArea,
    ...judgeShells(shells.count, sums),
  };
}

interface Box {
  min: [number, number, number];
  max: [number, number, number];
  used: number;
}

/** The bounding box of the vertices that triangles use, from triangle `first` to `end`. */
export function boundingBox(
  vertices: Float32Array,
  triangles: Uint32Array,
  first = 0,
  end = triangles.length / 3,
): Box {
  const seen = new Uint8Array(vertices.length / 3);
  const box = new Float64Array(7).fill(Infinity, 0, 3).fill(-Infinity, 3, 6);
  inBlocks(first * 3, end * 3, (from, to) => extendBox(box, vertices, triangles, seen, from, to));
  const [x0, y0, z0, x1, y1, z1, used] = box as unknown as number[] & { length: 7 };
  return { min: [x0!, y0!, z0!], max: [x1!, y1!, z1!], used: used! };
}

/** The box of all vertices, for a mesh that uses each. */
export function boxOfAll(vertices: Float32Array): Box {
  const box = new Float64Array(7).fill(Infinity, 0, 3).fill(-Infinity, 3, 6);
  inBlocks(0, vertices.length, (from, to) => {
    for (let i = from; i < to; i += 3) {
      for (let k = 0; k < 3; k += 1) {
        const value = vertices[i + k]!;
        if (value < box[k]!) box[k] = value;
        if (value > box[k + 3]!) box[k + 3] = value;
      }
    }
  });
  const [x0, y0, z0, x1, y1, z1] = box as unknown as number[] & { length: 7 };
  return { min: [x0!, y0!, z0!], max: [x1!, y1!, z1!], used: vertices.length / 3 };
}

/** box: x0 y0 z0 x1 y1 z1, number of vertices. */
function extendBox(
  box: Float64Array,
  vertices: Float32Array,
  triangles: Uint32Array,
  seen: Uint8Array,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i += 1) {
    const v = triangles[i]!;
    if (seen[v] !== 0) continue;
    seen[v] = 1;
    box[6]! += 1;
    const x = vertices[v * 3]!;
    const y = vertices[v * 3 + 1]!;
    const z = vertices[v * 3 + 2]!;
    if (x < box[0]!) box[0] = x;
    if (x > box[3]!) box[3] = x;
    if (y < box[1]!) box[1] = y;
    if (y > box[4]!) box[4] = y;
    if (z < box[2]!) box[2] = z;
    if (z > box[5]!) box[5] = z;
  }
}

/**
 * Calls `work` with parts of the range. A loop that is a small function called often is compiled soon and
 * stays compiled; the same loop within a long function runs interpreted for much of a small model.
 */
function inBlocks(from: number, to: number, work: (from: number, to: number) => void): void {
  for (let at = from; at < to; at += BLOCK) work(at, Math.min(to, at + BLOCK));
}

interface Edges {
  openEdges: number;
  nonmanifoldEdges: number;
  flippedEdges: number;
  /** A flag byte a triangle. */
  state: Uint8Array;
  /** Union-find over triangles. */
  parent: Int32Array;
  /** The pairs of triangles at edges with exactly two, and whether they agree; made only when needed. */
  pairs(): Generator<[a: number, b: number, agree: boolean]>;
}

function checkEdges(triangles: Uint32Array, vertexCount: number): Edges {
  const count = triangles.length / 3;
  const state = new Uint8Array(count);
  const parent = new Int32Array(count);
  // starts[v + 1] is where v's bucket begins; filling moves it to the bucket's end.
  const starts = new Uint32Array(vertexCount + 2);
  inBlocks(0, count, (from, to) => countHalfEdges(triangles, starts, state, parent, from, to));
  for (let v = 2; v < starts.length; v += 1) starts[v]! += starts[v - 1]!;
  const halfEdges = starts[vertexCount + 1]!;
  const keys = new Uint32Array(halfEdges);
  const owners = new Uint32Array(halfEdges);
  inBlocks(0, count, (from, to) => placeHalfEdges(triangles, starts, state, keys, owners, from, to));
  const faults = new Uint32Array(3);
  inBlocks(0, vertexCount, (from, to) => readBuckets(starts, keys, owners, state, parent, faults, from, to));
  const [openEdges, nonmanifoldEdges, flippedEdges] = faults as unknown as [number, number, number];
  return {
    openEdges,
    nonmanifoldEdges,
    flippedEdges,
    state,
    parent,
    *pairs() {
      for (let v = 0; v < vertexCount; v += 1)
        for (let at = starts[v]!, end = starts[v + 1]!; at < end;) {
          let last = at + 1;
          while (last < end && keys[last]! >>> 1 === keys[at]! >>> 1) last += 1;
          if (last - at === 2) yield [owners[at]!, owners[at + 1]!, keys[at] !== keys[at + 1]];
          at = last;
        }
    },
  };
}

function countHalfEdges(
  triangles: Uint32Array,
  starts: Uint32Array,
  state: Uint8Array,
  parent: Int32Array,
  first: number,
  end: number,
): void {
  for (let t = first, i = first * 3; t < end; t += 1, i += 3) {
    parent[t] = t;
    const a = triangles[i]!;
    const b = triangles[i + 1]!;
    const c = triangles[i + 2]!;
    if (a === b || b === c || c === a) {
      state[t] = NO_EDGES;
      continue;
    }
    starts[(a < b ? a : b) + 2]! += 1;
    starts[(b < c ? b : c) + 2]! += 1;
    starts[(c < a ? c : a) + 2]! += 1;
  }
}

function placeHalfEdges(
  triangles: Uint32Array,
  starts: Uint32Array,
  state: Uint8Array,
  keys: Uint32Array,
  owners: Uint32Array,
  first: number,
  end: number,
): void {
  for (let t = first; t < end; t += 1) {
    if (state[t] !== 0) continue;
    let from = triangles[t * 3 + 2]!;
    for (let i = t * 3; i < t * 3 + 3; i += 1) {
      const to = triangles[i]!;
      const up = from < to;
      const bucket = (up ? from : to) + 1;
      const at = starts[bucket]!;
      starts[bucket] = at + 1;
      // The upper vertex, and in the last bit the direction.
      keys[at] = up ? to * 2 : from * 2 + 1;
      owners[at] = t;
      from = to;
    }
  }
}

/** Sorts the buckets of some vertices and joins or counts what is at each edge; faults: open, non-manifold, flipped. */
function readBuckets(
  starts: Uint32Array,
  keys: Uint32Array,
  owners: Uint32Array,
  state: Uint8Array,
  parent: Int32Array,
  faults: Uint32Array,
  first: number,
  end: number,
): void {
  for (let v = first; v < end; v += 1) {
    const stop = starts[v + 1]!;
    let at = starts[v]!;
    if (stop - at > SMALL_BUCKET) sortLargeBucket(keys, owners, at, stop);
    else sortBucket(keys, owners, at, stop);
    while (at < stop) {
      const key = keys[at]!;
      let last = at + 1;
      while (last < stop && (keys[last]! ^ key) < 2) last += 1;
      if (last - at === 2) {
        union(parent, owners[at]!, owners[at + 1]!);
        if (key === keys[at + 1]!) {
          faults[2]! += 1;
          state[owners[at]!]! |= AT_FAULT;
          state[owners[at + 1]!]! |= AT_FAULT;
        }
      } else {
        faults[last - at === 1 ? 0 : 1]! += 1;
        for (let k = at; k < last; k += 1) {
          state[owners[k]!]! |= AT_FAULT;
          union(parent, owners[at]!, owners[k]!);
        }
      }
      at = last;
    }
  }
}

function sortBucket(keys: Uint32Array, owners: Uint32Array, from: number, to: number): void {
  for (let i = from + 1; i < to; i += 1) {
    const key = keys[i]!;
    const owner = owners[i]!;
    let k = i - 1;
    while (k >= from && keys[k]! > key) {
      keys[k + 1] = keys[k]!;
      owners[k + 1] = owners[k]!;
      k -= 1;
    }
    keys[k + 1] = key;
    owners[k + 1] = owner;
  }
}

/** One vertex with many edges (the tip of a cone): key and place together in a double, sorted natively. */
function sortLargeBucket(keys: Uint32Array, owners: Uint32Array, from: number, to: number): void {
  const length = to - from;
  const packed = new Float64Array(length);
  for (let i = 0; i < length; i += 1) packed[i] = keys[from + i]! * length + i; // < 2^53: keys < 2^27, length < 2^25
  packed.sort();
  const old = owners.slice(from, to);
  for (let i = 0; i < length; i += 1) {
    const key = Math.floor(packed[i]! / length);
    keys[from + i] = key;
    owners[from + i] = old[packed[i]! - key * length]!;
  }
}

function find(parent: Int32Array, t: number): number {
  let p = parent[t]!;
  while (p !== t) {
    const above = parent[p]!;
    parent[t] = above;
    t = above;
    p = parent[t]!;
  }
  return t;
}

/** The lower number becomes the root, so that numbers do not depend on the order of edges. */
function union(parent: Int32Array, a: number, b: number): void {
  const x = find(parent, a);
  const y = find(parent, b);
  if (x < y) parent[y] = x;
  else if (y < x) parent[x] = y;
}

interface Shells {
  count: number;
  /** Shell number of each triangle. */
  of: Int32Array;
}

/** Numbers the shells; reuses the union-find's array. */
function labelShells({ parent, state }: Edges): Shells {
  let count = 0;
  inBlocks(0, parent.length, (from, to) => {
    count = numberShells(parent, state, count, from, to);
  });
  return { count, of: parent };
}

function numberShells(of: Int32Array, state: Uint8Array, count: number, from: number, to: number): number {
  // A root is the lowest of its shell, so every parent is numbered before its children.
  for (let t = from; t < to; t += 1) {
    const p = of[t]!;
    if (p !== t) of[t] = of[p]!;
    else if (state[t]! & NO_EDGES) of[t] = -1;
    else {
      of[t] = count;
      count += 1;
    }
  }
  return count;
}

interface Sums {
  volume: number;
  area: number;
  zeroArea: number;
  /** Per shell: signed volume, box (x0 y0 z0 x1 y1 z1), and whether all its edges are sound. */
  volumes: Float64Array;
  boxes: Float32Array;
  sound: Uint8Array;
}

function sumTriangles(
  vertices: Float32Array,
  triangles: Uint32Array,
  state: Uint8Array,
  shells: Shells,
  box: Box,
): Sums {
  const middle = Float64Array.from(box.min, (low, k) => (low + box.max[k]!) / 2);
  const volumes = new Float64Array(shells.count + 1);
  const totals = new Float64Array(3);
  const sound = new Uint8Array(shells.count + 1).fill(1);
  const boxes = new Float32Array(shells.count * 6);
  inBlocks(0, triangles.length / 3, (from, to) =>
    addTriangles(vertices, triangles, middle, shells.of, state, totals, volumes, sound, from, to),
  );
  if (volumes.some((volume, s) => volume < 0 && sound[s] === 1 && s < shells.count) && shells.count > 1) {
    for (let s = 0; s < boxes.length; s += 6) boxes.fill(Infinity, s, s + 3).fill(-Infinity, s + 3, s + 6);
    inBlocks(0, triangles.length / 3, (from, to) =>
      extendShellBoxes(vertices, triangles, shells.of, boxes, from, to),
    );
  }
  let volume = 0;
  for (const part of volumes) volume += part;
  return { volume: volume / 6, area: totals[0]! / 2, zeroArea: totals[1]!, volumes, boxes, sound };
}

/** totals: twice the area, triangles without area. Six times the volume goes to the shell, or behind the last. */
function addTriangles(
  vertices: Float32Array,
  triangles: Uint32Array,
  middle: Float64Array,
  shellOf: Int32Array,
  state: Uint8Array,
  totals: Float64Array,
  volumes: Float64Array,
  sound: Uint8Array,
  first: number,
  end: number,
): void {
  const ox = middle[0]!;
  const oy = middle[1]!;
  const oz = middle[2]!;
  const rest = volumes.length - 1;
  let area = 0;
  for (let t = first, i = first * 3; t < end; t += 1, i += 3) {
    const a = triangles[i]! * 3;
    const b = triangles[i + 1]! * 3;
    const c = triangles[i + 2]! * 3;
    const ax = vertices[a]! - ox;
    const ay = vertices[a + 1]! - oy;
    const az = vertices[a + 2]! - oz;
    const ux = vertices[b]! - ox - ax;
    const uy = vertices[b + 1]! - oy - ay;
    const uz = vertices[b + 2]! - oz - az;
    const vx = vertices[c]! - ox - ax;
    const vy = vertices[c + 1]! - oy - ay;
    const vz = vertices[c + 2]! - oz - az;
    const nx = uy * vz - uz * vy;
    const ny = uz * vx - ux * vz;
    const nz = ux * vy - uy * vx;
    const square = nx * nx + ny * ny + nz * nz;
    if (square <= FLAT * (ux * ux + uy * uy + uz * uz) * (vx * vx + vy * vy + vz * vz)) totals[1]! += 1;
    area += Math.sqrt(square);
    const s = shellOf[t]!;
    volumes[s < 0 ? rest : s]! += ax * nx + ay * ny + az * nz;
    if ((state[t]! & AT_FAULT) !== 0) sound[s] = 0;
  }
  totals[0]! += area;
}

function extendShellBoxes(
  vertices: Float32Array,
  triangles: Uint32Array,
  shellOf: Int32Array,
  boxes: Float32Array,
  first: number,
  end: number,
): void {
  for (let t = first; t < end; t += 1) {
    const at = shellOf[t]! * 6;
    if (at < 0) continue;
    for (let i = t * 3; i < t * 3 + 3; i += 1) {
      const v = triangles[i]! * 3;
      for (let k = 0; k < 3; k += 1) {
        const value = vertices[v + k]!;
        if (value < boxes[at + k]!) boxes[at + k] = value;
        if (value > boxes[at + 3 + k]!) boxes[at + 3 + k] = value;
      }
    }
  }
}

/** A sound shell with negative volume is a hollow when it lies within a positive one's box, else inside out. */
function judgeShells(
  count: number,
  { volumes, boxes, sound }: Sums,
): { invertedShells: number; cavities: number } {
  let invertedShells = 0;
  let cavities = 0;
  let pairs = 0;
  for (let s = 0; s < count; s += 1) {
    if (!sound[s] || !(volumes[s]! < 0)) continue;
    let within = false;
    for (let o = 0; o < count && !within && pairs < MOST_PAIRS; o += 1) {
      pairs += 1;
      if (o === s || volumes[o]! <= -volumes[s]!) continue;
      within = true;
      for (let k = 0; k < 3; k += 1)
        within &&= boxes[o * 6 + k]! <= boxes[s * 6 + k]! && boxes[s * 6 + 3 + k]! <= boxes[o * 6 + 3 + k]!;
    }
    if (within) cavities += 1;
    else invertedShells += 1;
  }
  return { invertedShells, cavities };
}

/** Union-find with parity: the smaller side of each connected surface is the one to turn. */
function countFlipped({ pairs, state }: Edges): number {
  const count = state.length;
  const parent = new Int32Array(count).map((_, t) => t);
  const parity = new Uint8Array(count);
  const rootOf = (t: number): [root: number, turned: number] => {
    let turned = 0;
    let r = t;
    while (parent[r] !== r) {
      turned ^= parity[r]!;
      r = parent[r]!;
    }
    // Compress: everything on the way points at the root.
    for (let at = t, side = turned; parent[at] !== r && at !== r;) {
      const next = parent[at]!;
      const step = parity[at]!;
      parent[at] = r;
      parity[at] = side;
      side ^= step;
      at = next;
    }
    return [r, turned];
  };
  for (const [a, b, agree] of pairs()) {
    const [x, turnedA] = rootOf(a);
    const [y, turnedB] = rootOf(b);
    if (x === y) continue;
    const [low, high] = x < y ? [x, y] : [y, x];
    parent[high] = low;
    parity[high] = turnedA ^ turnedB ^ (agree ? 0 : 1);
  }
  const turned = new Int32Array(count);
  const all = new Int32Array(count);
  for (let t = 0; t < count; t += 1) {
    const [root, side] = rootOf(t);
    all[root]! += 1;
    turned[root]! += side;
  }
  let flipped = 0;
  for (let t = 0; t < count; t += 1) flipped += Math.min(turned[t]!, all[t]! - turned[t]!);
  return flipped;
}
