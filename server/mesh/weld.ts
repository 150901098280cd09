/** Growing arrays for vertices and triangles, and the exact weld of vertices that lie at the same place. */

/** 32-bit values one after the other; the array doubles when full. */
export class Growing {
  values: Uint32Array;
  length = 0;

  constructor(capacity: number) {
    this.values = new Uint32Array(Math.max(16, capacity));
  }

  push3(a: number, b: number, c: number): void {
    if (this.length + 3 > this.values.length) {
      const larger = new Uint32Array(this.values.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    const at = this.length;
    this.values[at] = a;
    this.values[at + 1] = b;
    this.values[at + 2] = c;
    this.length = at + 3;
  }

  /** The values without spare room; shares memory. */
  done(): Uint32Array {
    return this.values.subarray(0, this.length);
  }
}

const FLOAT = new Float32Array(1);
const BITS = new Int32Array(FLOAT.buffer);
/** The bits of -0, which is at the same place as 0. */
export const NEGATIVE_ZERO = -0x80000000;

/** The bits of a number as a 32-bit float, as a signed integer (which V8 never boxes); -0 becomes 0. */
export function floatBits(value: number): number {
  FLOAT[0] = value;
  const bits = BITS[0]!;
  return bits === NEGATIVE_ZERO ? 0 : bits;
}

/** True for the bits of NaN and of the infinities. */
export function isNotFinite(bits: number): boolean {
  return (bits & 0x7f800000) === 0x7f800000;
}

const odd = () => (Math.random() * 2 ** 32) | 1;

/**
 * Gives every place in space one number, in order of first appearance: open addressing on the bits of the
 * three floats (pass -0 as 0). The hash is seeded, so that no file can be made to collide.
 */
export class Welder {
  /** x, y, z bits of each vertex. */
  private bits: Int32Array;
  private table: Int32Array;
  private count = 0;
  private roomInBits: number;
  private roomInTable: number;
  private readonly a = odd();
  private readonly b = odd();
  private readonly c = odd();

  /** @param expected about how many different vertices will come */
  constructor(expected: number) {
    let slots = 1024;
    while (slots < expected * 1.8) slots *= 2;
    this.table = new Int32Array(slots);
    this.roomInTable = slots * 0.6;
    this.roomInBits = Math.max(256, Math.ceil(expected));
    this.bits = new Int32Array(this.roomInBits * 3);
  }

  /** @returns the number of the vertex with these bits */
  add(x: number, y: number, z: number): number {
    const { table, bits } = this;
    const mask = table.length - 1;
    for (let slot = this.hash(x, y, z) & mask; ; slot = (slot + 1) & mask) {
      const found = table[slot]!;
      if (found === 0) {
        const index = this.count;
        if (index >= this.roomInTable || index >= this.roomInBits) {
          this.grow();
          return this.add(x, y, z);
        }
        bits[index * 3] = x;
        bits[index * 3 + 1] = y;
        bits[index * 3 + 2] = z;
        this.count = table[slot] = index + 1;
        return index;
      }
      const at = (found - 1) * 3;
      if (bits[at] === x && bits[at + 1] === y && bits[at + 2] === z) return found - 1;
    }
  }

  /** The vertices as floats, x y z each; shares memory. */
  vertices(): Float32Array {
    return new Float32Array(this.bits.buffer, 0, this.count * 3);
  }

  // Each coordinate is folded before the next comes: whole numbers differ in their high bits only.
  private hash(x: number, y: number, z: number): number {
    let h = Math.imul(x, this.a);
    h = Math.imul(h ^ (h >>> 15) ^ y, this.b);
    h = Math.imul(h ^ (h >>> 15) ^ z, this.c);
    return h ^ (h >>> 15);
  }

  private grow(): void {
    if (this.count >= this.roomInBits) {
      this.roomInBits *= 2;
      const larger = new Int32Array(this.roomInBits * 3);
      larger.set(this.bits);
      this.bits = larger;
    }
    if (this.count < this.roomInTable) return;
    const { bits } = this;
    const table = new Int32Array(this.table.length * 2);
    const mask = table.length - 1;
    for (let index = 0; index < this.count; index += 1) {
      let slot = this.hash(bits[index * 3]!, bits[index * 3 + 1]!, bits[index * 3 + 2]!) & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = index + 1;
    }
    this.table = table;
    this.roomInTable = table.length * 0.6;
  }
}

/**
 * Welds a mesh: vertices at exactly the same place become one.
 * @param vertices x, y, z each, mm
 * @param triangles three indices each, or null when the vertices are a soup
 */
export function weld(
  vertices: Float32Array,
  triangles: Uint32Array | null,
): { vertices: Float32Array; triangles: Uint32Array } {
  const count = vertices.length / 3;
  const bits = new Int32Array(vertices.buffer, vertices.byteOffset, vertices.length);
  const welder = new Welder(triangles ? count : count / 6);
  const names = new Uint32Array(count);
  for (let v = 0; v < count; v += 1) {
    const [x, y, z] = [bits[v * 3]!, bits[v * 3 + 1]!, bits[v * 3 + 2]!];
    names[v] = welder.add(
      x === NEGATIVE_ZERO ? 0 : x,
      y === NEGATIVE_ZERO ? 0 : y,
      z === NEGATIVE_ZERO ? 0 : z,
    );
  }
  if (!triangles) return { vertices: welder.vertices(), triangles: names };
  const renamed = new Uint32Array(triangles.length);
  for (let i = 0; i < triangles.length; i += 1) renamed[i] = names[triangles[i]!]!;
  return { vertices: welder.vertices(), triangles: renamed };
}
