/**
 * Draws a mesh into pixels: a z-buffer over triangles, shading once per visible pixel afterwards.
 * Pure: no I/O, no globals; the browser may have it. The same mesh always gives the same bytes, as a soup or
 * indexed. Takes any numbers: triangles with NaN, infinity or an index out of range are left out.
 */

/** What is drawn: see `Mesh` in `mesh.ts`. */
export interface DrawnMesh {
  /** x, y, z of each vertex; z points up. Any unit: the picture is fitted. */
  readonly vertices: Float32Array;
  /** Three vertex numbers per triangle; null: `vertices` holds nine numbers per triangle. */
  readonly triangles: Uint32Array | null;
}

export interface RasterOptions {
  /** Edge of the square picture in pixels, 64 to 1024. */
  size?: number;
  /** Colour of the surface, `#rrggbb`. */
  color?: string;
}

/** A picture: RGBA, 8 bits each, rows from the top, alpha not premultiplied; see-through where nothing is. */
export interface Picture {
  width: number;
  height: number;
  rgba: Uint8Array;
  /** Pixels that are not wholly see-through; 0: there was nothing to draw. */
  covered: number;
}

/** The lab's accent (`--color-accent` of the light theme). */
export const ACCENT = "#0b5563";

/** Samples per pixel and direction. */
const SAMPLES = 2;
/** Part of the picture's edge that stays free on each side. */
const MARGIN = 0.045;
/** Distance of the eye in radii of the model: a mild perspective. */
const EYE = 5;
/** Steps of drawing after which a picture is left as it is (a million triangles over the whole picture …). */
const BUDGET = 4e8;

/**
 * Draws a mesh, seen from the front right and above, fitted into the picture.
 *
 * @returns the picture; `covered` is 0 when no triangle could be drawn
 */
export function rasterMesh(mesh: DrawnMesh, options: RasterOptions = {}): Picture {
  const size = Math.min(1024, Math.max(64, Math.round(options.size ?? 512)));
  const samples = size * SAMPLES;
  const view = look(mesh, samples);
  if (!view) return { width: size, height: size, rgba: new Uint8Array(size * size * 4), covered: 0 };
  const layers = {
    depth: new Float32Array(samples * samples),
    owner: new Uint32Array(samples * samples),
    thin: new Uint32Array(samples * samples),
  };
  draw(mesh, view, samples, layers);
  return shade(mesh, view, size, layers, ramp(options.color ?? ACCENT));
}

/** The picture at half its width and height: each pixel the mean of four, weighted by how much of it is seen. */
export function halved({ width, height, rgba }: Picture): Picture {
  const [w, h] = [width >> 1, height >> 1];
  const out = new Uint8Array(w * h * 4);
  let covered = 0;
  for (let y = 0; y < h; y += 1)
    for (let x = 0; x < w; x += 1) {
      const at = (y * 2 * width + x * 2) * 4;
      const four = [at, at + 4, at + width * 4, at + width * 4 + 4];
      const alpha = four.reduce((sum, i) => sum + rgba[i + 3]!, 0);
      if (alpha === 0) continue;
      const to = (y * w + x) * 4;
      for (let c = 0; c < 3; c += 1)
        out[to + c] = Math.round(four.reduce((sum, i) => sum + rgba[i + c]! * rgba[i + 3]!, 0) / alpha);
      out[to + 3] = Math.round(alpha / 4);
      covered += 1;
    }
  return { width: w, height: h, rgba: out, covered };
}

/** The camera: axes of the picture in the model's space, and how it is laid on the samples. */
interface View {
  /** Middle of the model's box, and half its diagonal, in the model's unit. */
  center: [number, number, number];
  radius: number;
  right: [number, number, number];
  up: [number, number, number];
  /** Towards the eye. */
  toward: [number, number, number];
  /** Samples per unit at depth 1, and where the middle lies. */
  scale: number;
  x0: number;
  y0: number;
}

/** Per sample: 1 / distance from the eye (0: nothing), the triangle seen + 1, and a part too thin for a sample. */
interface Layers {
  depth: Float32Array;
  owner: Uint32Array;
  thin: Uint32Array;
}

function triangleCount({ vertices, triangles }: DrawnMesh): number {
  return triangles ? Math.floor(triangles.length / 3) : Math.floor(vertices.length / 9);
}

/** Chooses the angle by the model's box and fits it; null when no triangle has size. */
function look(mesh: DrawnMesh, samples: number): View | null {
  const v = mesh.vertices;
  const used = corners(mesh);
  let x0 = Infinity;
  let y0 = Infinity;
  let z0 = Infinity;
  let x1 = -Infinity;
  let y1 = -Infinity;
  let z1 = -Infinity;
  for (let i = 0, k = 0; i < used.length; i += 1, k += 3) {
    if (used[i] === 0) continue;
    const x = v[k]!;
    const y = v[k + 1]!;
    const z = v[k + 2]!;
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
    if (z < z0) z0 = z;
    if (z > z1) z1 = z;
  }
  const [dx, dy, dz] = [x1 - x0, y1 - y0, z1 - z0];
  const radius = Math.hypot(dx, dy, dz) / 2;
  if (!(radius > 0) || !(radius < Infinity)) return null;

  // Flat things are looked at from higher up; a board standing edge-on is turned until its face shows.
  const flat = 1 - smooth(dz / Math.max(dx, dy, 1e-30) / 0.5);
  const turned = smooth((dy / Math.max(dx, 1e-30) - 2) / 4) - 0.35 * flat * smooth(dx / Math.max(dy, 1e-30));
  const elevation = ((24 + 24 * flat) * Math.PI) / 180;
  const azimuth = ((32 + 28 * turned) * Math.PI) / 180;
  const [sa, ca, se, ce] = [Math.sin(azimuth), Math.cos(azimuth), Math.sin(elevation), Math.cos(elevation)];
  const view: View = {
    center: [(x0 + x1) / 2, (y0 + y1) / 2, (z0 + z1) / 2],
    radius,
    right: [ca, sa, 0],
    up: [-se * sa, se * ca, ce],
    toward: [sa * ce, -ca * ce, se],
    scale: 1,
    x0: 0,
    y0: 0,
  };

  let left = Infinity;
  let rightmost = -Infinity;
  let low = Infinity;
  let high = -Infinity;
  const [cx, cy, cz] = view.center;
  const [rx, ry] = view.right;
  const [ux, uy, uz] = view.up;
  const [tx, ty, tz] = view.toward;
  const eye = EYE * radius;
  for (let i = 0, k = 0; i < used.length; i += 1, k += 3) {
    if (used[i] === 0) continue;
    const x = v[k]! - cx;
    const y = v[k + 1]! - cy;
    const z = v[k + 2]! - cz;
    const w = 1 / (eye - x * tx - y * ty - z * tz);
    const sx = (x * rx + y * ry) * w;
    const sy = (x * ux + y * uy + z * uz) * w;
    if (sx < left) left = sx;
    if (sx > rightmost) rightmost = sx;
    if (sy < low) low = sy;
    if (sy > high) high = sy;
  }
  const extent = Math.max(rightmost - left, high - low);
  if (!(extent > 0)) return null;
  view.scale = (samples * (1 - 2 * MARGIN)) / extent;
  view.x0 = samples / 2 - ((left + rightmost) / 2) * view.scale;
  view.y0 = samples / 2 + ((low + high) / 2) * view.scale;
  return view;
}

/** Per vertex 1 when a triangle with nine good numbers has it as a corner. */
function corners(mesh: DrawnMesh): Uint8Array {
  const { vertices: v, triangles } = mesh;
  const used = new Uint8Array(Math.floor(v.length / 3));
  const count = triangleCount(mesh);
  for (let t = 0; t < count; t += 1) {
    const a = triangles ? triangles[t * 3]! : t * 3;
    const b = triangles ? triangles[t * 3 + 1]! : a + 1;
    const c = triangles ? triangles[t * 3 + 2]! : a + 2;
    if (a >= used.length || b >= used.length || c >= used.length) continue;
    const i = a * 3;
    const j = b * 3;
    const k = c * 3;
    const sum = v[i]! + v[i + 1]! + v[i + 2]! + v[j]! + v[j + 1]! + v[j + 2]! + v[k]! + v[k + 1]! + v[k + 2]!;
    if (sum - sum !== 0) continue;
    used[a] = 1;
    used[b] = 1;
    used[c] = 1;
  }
  return used;
}

function smooth(t: number): number {
  const x = Math.min(1, Math.max(0, t));
  return x * x * (3 - 2 * x);
}

/** Fills the layers. */
function draw(mesh: DrawnMesh, view: View, samples: number, { depth, owner, thin }: Layers): void {
  const { vertices: v, triangles } = mesh;
  const count = triangleCount(mesh);
  const [cx, cy, cz] = view.center;
  const [rx, ry] = view.right;
  const [ux, uy, uz] = view.up;
  const [tx, ty, tz] = view.toward;
  const { scale, x0, y0 } = view;
  const eye = EYE * view.radius;
  const last = samples - 1;
  let budget = BUDGET;
  const projected = triangles ? project(v, view) : null;

  for (let t = 0; t < count && budget > 0; t += 1) {
    let ax: number, ay: number, az: number, bx: number, by: number, bz: number;
    let ex: number, ey: number, ez: number; // the third corner
    if (triangles) {
      const p = projected!;
      const a = triangles[t * 3]! * 3;
      const b = triangles[t * 3 + 1]! * 3;
      const c = triangles[t * 3 + 2]! * 3;
      if (a >= p.length || b >= p.length || c >= p.length) continue;
      ax = p[a]!;
      ay = p[a + 1]!;
      az = p[a + 2]!;
      bx = p[b]!;
      by = p[b + 1]!;
      bz = p[b + 2]!;
      ex = p[c]!;
      ey = p[c + 1]!;
      ez = p[c + 2]!;
    } else {
      const i = t * 9;
      let x = v[i]! - cx;
      let y = v[i + 1]! - cy;
      let z = v[i + 2]! - cz;
      az = 1 / (eye - x * tx - y * ty - z * tz);
      ax = x0 + (x * rx + y * ry) * az * scale;
      ay = y0 - (x * ux + y * uy + z * uz) * az * scale;
      x = v[i + 3]! - cx;
      y = v[i + 4]! - cy;
      z = v[i + 5]! - cz;
      bz = 1 / (eye - x * tx - y * ty - z * tz);
      bx = x0 + (x * rx + y * ry) * bz * scale;
      by = y0 - (x * ux + y * uy + z * uz) * bz * scale;
      x = v[i + 6]! - cx;
      y = v[i + 7]! - cy;
      z = v[i + 8]! - cz;
      ez = 1 / (eye - x * tx - y * ty - z * tz);
      ex = x0 + (x * rx + y * ry) * ez * scale;
      ey = y0 - (x * ux + y * uy + z * uz) * ez * scale;
    }

    const minX = ax < bx ? (ax < ex ? ax : ex) : bx < ex ? bx : ex;
    const maxX = ax > bx ? (ax > ex ? ax : ex) : bx > ex ? bx : ex;
    const minY = ay < by ? (ay < ey ? ay : ey) : by < ey ? by : ey;
    const maxY = ay > by ? (ay > ey ? ay : ey) : by > ey ? by : ey;
    const area = (bx - ax) * (ey - ay) - (ex - ax) * (by - ay);
    // False for whatever holds NaN or infinity.
    if (!(minX >= 0 && minY >= 0 && maxX <= samples && maxY <= samples && area === area)) continue;

    const slim = Math.abs(area);
    const wide = maxX - minX > maxY - minY ? maxX - minX : maxY - minY;
    let row = Math.ceil(minY - 0.5);
    const end = Math.ceil(maxY - 0.5);
    let hits = 0;
    if (slim > 1e-7 && row < end && Math.ceil(minX - 0.5) < Math.ceil(maxX - 0.5)) {
      const stepX = ((bz - az) * (ey - ay) - (ez - az) * (by - ay)) / area;
      const stepY = ((ez - az) * (bx - ax) - (bz - az) * (ex - ax)) / area;
      // The corners by height. Every edge is followed from its upper end, so neighbours share their border exactly.
      const swap = by < ay;
      let px = swap ? bx : ax;
      let py = swap ? by : ay;
      let qx = swap ? ax : bx;
      let qy = swap ? ay : by;
      let sx = ex;
      let sy = ey;
      if (ey < qy) {
        sx = qx;
        sy = qy;
        qx = ex;
        qy = ey;
        if (ey < py) {
          qx = px;
          qy = py;
          px = ex;
          py = ey;
        }
      }
      const long = (sx - px) / (sy - py);
      const upper = qy > py ? (qx - px) / (qy - py) : 0;
      const lower = sy > qy ? (sx - qx) / (sy - qy) : 0;
      for (; row < end; row += 1) {
        const y = row + 0.5;
        const xa = px + (y - py) * long;
        const xb = y < qy ? px + (y - py) * upper : qx + (y - qy) * lower;
        let from = Math.ceil((xa < xb ? xa : xb) - 0.5);
        let to = Math.ceil((xa < xb ? xb : xa) - 0.5);
        if (from < 0) from = 0;
        if (to > samples) to = samples;
        if (from >= to) continue;
        hits += to - from;
        let z = az + (y - ay) * stepY + (from + 0.5 - ax) * stepX;
        const stop = row * samples + to;
        for (let p = row * samples + from; p < stop; p += 1, z += stepX) {
          if (z > depth[p]!) {
            depth[p] = z;
            owner[p] = t + 1;
          }
        }
      }
      budget -= hits;
    }
    budget -= 4;

    // Wires and edges between the samples: remembered, and used where nothing else is.
    if (hits === 0 || (wide > 1.5 && slim < wide)) {
      if (wide <= 1) {
        const x = (ax + bx + ex) / 3;
        const y = (ay + by + ey) / 3;
        thin[(y < last ? y | 0 : last) * samples + (x < last ? x | 0 : last)] = t + 1;
      } else {
        budget -= wide;
        const ab = (bx - ax) * (bx - ax) + (by - ay) * (by - ay);
        const bc = (ex - bx) * (ex - bx) + (ey - by) * (ey - by);
        const ca = (ax - ex) * (ax - ex) + (ay - ey) * (ay - ey);
        if (ab >= bc && ab >= ca) line(thin, samples, ax, ay, bx, by, t + 1);
        else if (bc >= ca) line(thin, samples, bx, by, ex, ey, t + 1);
        else line(thin, samples, ex, ey, ax, ay, t + 1);
      }
    }
  }
}

/** Marks the samples along a line. */
function line(
  marks: Uint32Array,
  samples: number,
  ax: number,
  ay: number,
  bx: number,
  by: number,
  mark: number,
): void {
  const last = samples - 1;
  const steps = Math.ceil(Math.max(Math.abs(bx - ax), Math.abs(by - ay)));
  for (let i = 0; i <= steps; i += 1) {
    const x = ax + ((bx - ax) * i) / steps;
    const y = ay + ((by - ay) * i) / steps;
    marks[(y < last ? y | 0 : last) * samples + (x < last ? x | 0 : last)] = mark;
  }
}

/** Every vertex on the samples: x, y, 1 / distance. */
function project(v: Float32Array, view: View): Float64Array {
  const [cx, cy, cz] = view.center;
  const [rx, ry] = view.right;
  const [ux, uy, uz] = view.up;
  const [tx, ty, tz] = view.toward;
  const { scale, x0, y0 } = view;
  const eye = EYE * view.radius;
  const out = new Float64Array(Math.floor(v.length / 3) * 3);
  for (let i = 0; i < out.length; i += 3) {
    const x = v[i]! - cx;
    const y = v[i + 1]! - cy;
    const z = v[i + 2]! - cz;
    const w = 1 / (eye - x * tx - y * ty - z * tz);
    out[i] = x0 + (x * rx + y * ry) * w * scale;
    out[i + 1] = y0 - (x * ux + y * uy + z * uz) * w * scale;
    out[i + 2] = w;
  }
  return out;
}

/** Light 0 … 1 to colour: 256 steps of red, green, blue in linear light. */
type Ramp = Float32Array;

function ramp(color: string): Ramp {
  const hex = /^#([0-9a-f]{6})$/i.exec(color)?.[1] ?? ACCENT.slice(1);
  const base = [0, 2, 4].map((i) => linear(parseInt(hex.slice(i, i + 2), 16) / 255));
  // Dark colours are lifted, so that every face can be told from the next; bright ones keep room for light.
  const lift = Math.min(2.7, 0.75 / Math.max(...base, 0.01) - 0.3);
  const out = new Float32Array(256 * 3);
  for (let i = 0; i < 256; i += 1) {
    const s = i / 255;
    base.forEach((c, k) => (out[i * 3 + k] = Math.min(1, c * (0.3 + lift * s) + 0.4 * s ** 3 + 0.003)));
  }
  return out;
}

function linear(s: number): number {
  return s <= 0.04045 ? s / 12.92 : Math.pow((s + 0.055) / 1.055, 2.4);
}

/** Linear light (4096 steps) to sRGB bytes. */
const SRGB = Uint8Array.from({ length: 4097 }, (_, i) => {
  const l = i / 4096;
  return Math.round(255 * (l <= 0.0031308 ? l * 12.92 : 1.055 * Math.pow(l, 1 / 2.4) - 0.055));
});

/** Directions to the lights (right, up, towards the eye) and their strengths. */
const KEY = unit(-0.55, 0.75, 0.6);
const FILL = unit(0.85, 0.1, 0.5);

function unit(x: number, y: number, z: number): [number, number, number] {
  const l = Math.hypot(x, y, z);
  return [x / l, y / l, z / l];
}

/** Lights every sample from its triangle, darkens hollows, and averages the samples of a pixel. */
function shade(mesh: DrawnMesh, view: View, size: number, layers: Layers, colors: Ramp): Picture {
  const { vertices: v, triangles } = mesh;
  const { owner, thin } = layers;
  const samples = size * SAMPLES;
  for (let p = 0; p < owner.length; p += 1) if (owner[p] === 0) owner[p] = thin[p]!;
  const hollow = hollows(layers.depth, size, view);
  const [rx, ry] = view.right;
  const [ux, uy, uz] = view.up;
  const [tx, ty, tz] = view.toward;
  const [kx, ky, kz] = KEY;
  const [fx, fy, fz] = FILL;
  const rgba = new Uint8Array(size * size * 4);
  let covered = 0;
  let known = 0;
  let light = 0;
  for (let py = 0; py < size; py += 1) {
    for (let px = 0; px < size; px += 1) {
      const first = py * SAMPLES * samples + px * SAMPLES;
      let red = 0;
      let green = 0;
      let blue = 0;
      let seen = 0;
      const occlusion = hollow[py * size + px]!;
      for (let k = 0; k < SAMPLES * SAMPLES; k += 1) {
        const id = owner[first + (k >> 1) * samples + (k & 1)]!;
        if (id === 0) continue;
        seen += 1;
        if (id !== known) {
          known = id;
          const t = id - 1;
          const a = triangles ? triangles[t * 3]! * 3 : t * 9;
          const b = triangles ? triangles[t * 3 + 1]! * 3 : a + 3;
          const c = triangles ? triangles[t * 3 + 2]! * 3 : a + 6;
          const x1 = v[b]! - v[a]!;
          const y1 = v[b + 1]! - v[a + 1]!;
          const z1 = v[b + 2]! - v[a + 2]!;
          const x2 = v[c]! - v[a]!;
          const y2 = v[c + 1]! - v[a + 1]!;
          const z2 = v[c + 2]! - v[a + 2]!;
          const nx = y1 * z2 - z1 * y2;
          const ny = z1 * x2 - x1 * z2;
          const nz = x1 * y2 - y1 * x2;
          const length = Math.sqrt(nx * nx + ny * ny + nz * nz);
          // In the camera's space, turned to the eye: wound either way, a face looks the same.
          let r = 0;
          let u = 0;
          let f = 1;
          if (length > 0 && length < Infinity) {
            r = (nx * rx + ny * ry) / length;
            u = (nx * ux + ny * uy + nz * uz) / length;
            f = (nx * tx + ny * ty + nz * tz) / length;
            if (f < 0) {
              r = -r;
              u = -u;
              f = -f;
            }
          }
          const key = r * kx + u * ky + f * kz;
          const fill = r * fx + u * fy + f * fz;
          const sky = 0.5 + 0.5 * (u * uz + f * tz);
          const gloss = 2 * key * f - kz;
          const gloss4 = gloss * gloss * gloss * gloss;
          light =
            0.06 +
            0.16 * sky +
            0.62 * (key > 0 ? key : 0) +
            0.16 * (fill > 0 ? fill : 0) +
            (gloss > 0 ? 0.1 * gloss4 * gloss4 * gloss4 : 0);
        }
        const s = light * (occlusion > 0 ? 1 - occlusion : 1) - (occlusion < 0 ? occlusion : 0);
        const step = (s >= 1 ? 255 : (s * 255) | 0) * 3;
        red += colors[step]!;
        green += colors[step + 1]!;
        blue += colors[step + 2]!;
      }
      if (seen === 0) continue;
      covered += 1;
      const at = (py * size + px) * 4;
      rgba[at] = SRGB[((red / seen) * 4096) | 0]!;
      rgba[at + 1] = SRGB[((green / seen) * 4096) | 0]!;
      rgba[at + 2] = SRGB[((blue / seen) * 4096) | 0]!;
      rgba[at + 3] = Math.round((seen * 255) / (SAMPLES * SAMPLES));
    }
  }
  return { width: size, height: size, rgba, covered };
}

/** Rings around a pixel: radius in pixels of a 512 picture (less than the margin), and weight. */
const RINGS = [
  { radius: 2.5, weight: 0.4 },
  { radius: 7, weight: 0.35 },
  { radius: 16, weight: 0.25 },
];

/**
 * How much lies around a pixel before it (+: in a hollow, darker) or behind (−: on an edge, lighter).
 * Opposite neighbours are taken together, so a slanted plane counts as flat.
 */
function hollows(depth: Float32Array, size: number, view: View): Float32Array {
  const samples = size * SAMPLES;
  const eye = EYE * view.radius;
  const pixel = (eye * SAMPLES) / view.scale;
  // Height towards the eye in pixels, of the nearest sample; far away where nothing is.
  const far = -Infinity;
  const height = new Float32Array(size * size).fill(far);
  for (let y = 0, at = 0; y < size; y += 1) {
    for (let p = y * SAMPLES * samples, end = p + samples; p < end; p += 2, at += 1) {
      let nearest = depth[p]!;
      if (depth[p + 1]! > nearest) nearest = depth[p + 1]!;
      if (depth[p + samples]! > nearest) nearest = depth[p + samples]!;
      if (depth[p + samples + 1]! > nearest) nearest = depth[p + samples + 1]!;
      if (nearest > 0) height[at] = (eye - 1 / nearest) / pixel;
    }
  }
  // Steps to the neighbours on one side; the margin keeps both sides within the picture.
  const count = RINGS.length * 4;
  const steps = new Int32Array(count);
  const weights = new Float64Array(count);
  const nearness = new Float64Array(count);
  RINGS.forEach(({ radius, weight }, ring) => {
    for (let i = 0; i < 4; i += 1) {
      const angle = (Math.PI * (i + ring / 3 + 0.2)) / 4;
      const reach = (radius * size) / 512;
      steps[ring * 4 + i] = Math.round(reach * Math.sin(angle)) * size + Math.round(reach * Math.cos(angle));
      weights[ring * 4 + i] = weight / 4;
      nearness[ring * 4 + i] = 0.5 / Math.max(1, reach);
    }
  });
  const out = new Float32Array(size * size);
  for (let p = 0; p < out.length; p += 1) {
    const here = height[p]!;
    if (here === far) continue;
    let sum = 0;
    for (let i = 0; i < count; i += 1) {
      const a = height[p + steps[i]!]!;
      const b = height[p - steps[i]!]!;
      if (!(a > far && b > far)) continue;
      const bend = (a + b - here - here) * nearness[i]!;
      // A step far beyond the reach is another part in front, not a corner.
      sum += (weights[i]! * bend) / (1 + bend * bend);
    }
    out[p] = sum > 0 ? Math.min(0.6, sum * 1.5) : Math.max(-0.12, sum * 0.35);
  }
  return out;
}
