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
  const box = boundingBox(vertices, triangles);
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
  let used = 0;
  let [x0, y0, z0, x1, y1, z1] = [Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity];
  for (let i = first * 3; i < end * 3; i += 1) {
    const v = triangles[i]!;
    if (seen[v] !== 0) continue;
    seen[v] = 1;
    used += 1;
    const x = vertices[v * 3]!;
    const y = vertices[v * 3 + 1]!;
    const z = vertices[v * 3 + 2]!;
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
    if (z < z0) z0 = z;
    if (z > z1) z1 = z;
  }
  return { min: [x0, y0, z0], max: [x1, y1, z1], used };
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
  const starts = new Uint32Array(vertexCount + 2);
  for (let t = 0, i = 0; t < count; t += 1, i += 3) {
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
  for (let v = 2; v < starts.length; v += 1) starts[v]! += starts[v - 1]!;
  // starts[v + 1] is where v's bucket begins, and moves to its end while it is filled.
  const halfEdges = starts[vertexCount + 1]!;
  const keys = new Uint32Array(halfEdges);
  const owners = new Uint32Array(halfEdges);
  for (let t = 0, i = 0; t < count; t += 1, i += 3) {
    if (state[t] !== 0) continue;
    let from = triangles[i + 2]!;
    for (let k = 0; k < 3; k += 1) {
      const to = triangles[i + k]!;
      const up = from < to;
      const at = starts[(up ? from : to) + 1]!++;
      // The upper vertex, and in the last bit the direction.
      keys[at] = up ? to * 2 : from * 2 + 1;
      owners[at] = t;
      from = to;
    }
  }

  let openEdges = 0;
  let nonmanifoldEdges = 0;
  let flippedEdges = 0;
  for (let v = 0; v < vertexCount; v += 1) {
    const end = starts[v + 1]!;
    let at = starts[v]!;
    sortBucket(keys, owners, at, end);
    while (at < end) {
      const key = keys[at]!;
      const upper = key >>> 1;
      let last = at + 1;
      while (last < end && keys[last]! >>> 1 === upper) last += 1;
      const uses = last - at;
      const owner = owners[at]!;
      if (uses === 2) {
        union(parent, owner, owners[at + 1]!);
        if (key === keys[at + 1]!) {
          flippedEdges += 1;
          state[owner]! |= AT_FAULT;
          state[owners[at + 1]!]! |= AT_FAULT;
        }
      } else {
        if (uses === 1) openEdges += 1;
        else nonmanifoldEdges += 1;
        for (let k = at; k < last; k += 1) {
          state[owners[k]!]! |= AT_FAULT;
          union(parent, owner, owners[k]!);
        }
      }
      at = last;
    }
  }

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

function sortBucket(keys: Uint32Array, owners: Uint32Array, from: number, to: number): void {
  if (to - from > SMALL_BUCKET) {
    sortLargeBucket(keys, owners, from, to);
    return;
  }
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
  const of = parent;
  let count = 0;
  // A root is the lowest of its shell, so every parent is numbered before its children.
  for (let t = 0; t < of.length; t += 1) {
    const p = of[t]!;
    if (p !== t) of[t] = of[p]!;
    else if (state[t]! & NO_EDGES) of[t] = -1;
    else {
      of[t] = count;
      count += 1;
    }
  }
  return { count, of };
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
  const [ox, oy, oz] = [0, 1, 2].map((k) => (box.min[k]! + box.max[k]!) / 2) as [number, number, number];
  const volumes = new Float64Array(shells.count);
  const sound = new Uint8Array(shells.count).fill(1);
  const boxes = new Float32Array(shells.count * 6);
  for (let s = 0; s < shells.count * 6; s += 6) {
    boxes.fill(Infinity, s, s + 3);
    boxes.fill(-Infinity, s + 3, s + 6);
  }
  const single = shells.count === 1;
  let area = 0;
  let zeroArea = 0;
  let total = 0;
  for (let t = 0, i = 0; i < triangles.length; t += 1, i += 3) {
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
    if (square <= FLAT * (ux * ux + uy * uy + uz * uz) * (vx * vx + vy * vy + vz * vz)) zeroArea += 1;
    area += Math.sqrt(square);
    const volume = ax * nx + ay * ny + az * nz;
    total += volume;
    const s = shells.of[t]!;
    if (s < 0) continue;
    volumes[s]! += volume;
    if (state[t]! & AT_FAULT) sound[s] = 0;
    if (single) continue;
    const at = s * 6;
    for (let k = 0; k < 3; k += 1) {
      const p = vertices[a + k]!;
      const q = vertices[b + k]!;
      const r = vertices[c + k]!;
      const low = p < q ? (p < r ? p : r) : q < r ? q : r;
      const high = p > q ? (p > r ? p : r) : q > r ? q : r;
      if (low < boxes[at + k]!) boxes[at + k] = low;
      if (high > boxes[at + 3 + k]!) boxes[at + 3 + k] = high;
    }
  }
  return { volume: total / 6, area: area / 2, zeroArea, volumes, boxes, sound };
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
