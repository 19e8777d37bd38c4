import { philox } from '../../base/random.ts';
import type { Views } from './views.ts';

const LOG = [
  0.6666666666658706, 0.40000000052358725, 0.28571417114849135, 0.22223372815223574, 0.1812360402692939,
  0.16820306063896806,
] as const;
const SINE = [
  1.5707963267948966, -0.6459640975062443, 0.07969262624604308, -0.004681754132342262, 0.0001604411507521089,
  -3.598643388244672e-6, 5.63393848300936e-8,
] as const;
const COSINE = [
  1.0, -1.2337005501361513, 0.25366950789986553, -0.02086348073496047, 0.0009192599501488973,
  -2.5200135645550167e-5, 4.655301270811425e-7,
] as const;
const LN2 = 0.6931471805599453;
const SQRT_HALF_HIGH = 0x3fe6a09e;
const SQRT_HALF_LOW = 0x667f3bcd;

/** Even powers of x by Horner in x², odd ones likewise, then x·odd + even. */
function evenOdd(c: readonly number[], x: number): number {
  const square = x * x;
  const top = c.length - 1;
  let even = c[top - (top & 1)]!;
  for (let i = top - (top & 1) - 2; i >= 0; i -= 2) even = even * square + c[i]!;
  let odd = c[top - 1 + (top & 1)]!;
  for (let i = top - 3 + (top & 1); i >= 1; i -= 2) odd = odd * square + c[i]!;
  return odd * x + even;
}

const bits = new DataView(new ArrayBuffer(8));

/** Natural logarithm of a normal number in (0, 1). */
export function logOf(x: number): number {
  bits.setFloat64(0, x);
  const high = bits.getUint32(0);
  const low = bits.getUint32(4);
  const borrow = low < SQRT_HALF_LOW ? 1 : 0;
  const exponent = (high + 0x3ff00000 - SQRT_HALF_HIGH - borrow) >>> 20;
  bits.setUint32(0, high - (exponent << 20) + 0x3ff00000);
  const m = bits.getFloat64(0);
  const k = exponent - 1023;
  const s = (m - 1) / (m + 1);
  const u = s * s;
  return k * LN2 + (s + s + s * u * evenOdd(LOG, u));
}

/** Two independent standard normals from two uniforms. */
function normalsOf(u: number, v: number): { readonly cosine: number; readonly sine: number } {
  const radius = Math.sqrt(-2 * logOf(u));
  const turn = v * 4;
  const quarter = turn + 6755399441055744 - 6755399441055744;
  const g = turn - quarter;
  const w = g * g;
  const sine = evenOdd(SINE, w) * g;
  const cosine = evenOdd(COSINE, w);
  const swapped = (quarter & 1) === 1;
  const c = swapped ? sine : cosine;
  const s = swapped ? cosine : sine;
  return {
    cosine: radius * (((quarter + 1) & 2) === 2 ? -c : c),
    sine: radius * ((quarter & 2) === 2 ? -s : s),
  };
}

/** Uniform in (0, 1): (2k + 1)·2^-53 of the upper 52 of 64 bits. */
function uniformOf(high: number, low: number): number {
  return (high * 1048576 + (low >>> 12)) * 2.220446049250313e-16 + 1.1102230246251565e-16;
}

type Draw = {
  readonly scenario: number;
  readonly stream: number;
  readonly keyLow: number;
  readonly keyHigh: number;
};

const words = new Uint32Array(4);

/** The two uniforms of a block: counter (scenario, 0, block, stream). */
function uniforms(draw: Draw, block: number): { readonly first: number; readonly second: number } {
  words[0] = draw.scenario;
  words[1] = 0;
  words[2] = block;
  words[3] = draw.stream;
  philox(words, draw.keyLow, draw.keyHigh);
  return { first: uniformOf(words[0]!, words[1]!), second: uniformOf(words[2]!, words[3]!) };
}

function chiSquare(draw: Draw, from: number, freedom: number): number {
  let sum = 0;
  let block = from;
  let left = freedom;
  for (; left >= 4; left -= 4) {
    const { first, second } = uniforms(draw, block++);
    sum += -2 * logOf(first * second);
  }
  if (left >= 2) sum += -2 * logOf(uniforms(draw, block++).first);
  if ((left & 1) === 1) {
    const { first, second } = uniforms(draw, block);
    const z = normalsOf(first, second).cosine;
    sum += z * z;
  }
  return sum;
}

function lookUp(f64: Float64Array, table: number, cells: number, a: number): number {
  const p = (a + 1) * (cells * 0.5);
  const cell = Math.min(cells - 1, Math.floor(p));
  const low = f64[table + cell]!;
  return low + (p - cell) * (f64[table + cell + 1]! - low);
}

export function drawCopula(
  views: Views,
  cholesky: number,
  tables: number,
  out: number,
  factors: number,
  freedom: number,
  cells: number,
  stride: number,
  key0: number,
  key1: number,
  stream: number,
  lo: number,
  hi: number,
): void {
  const { f64 } = views;
  const blocks = (factors + 1) >> 1;
  const z = new Float64Array(blocks * 2);
  for (let s = lo; s < hi; s++) {
    const draw = { scenario: s, stream, keyLow: key0 >>> 0, keyHigh: key1 >>> 0 };
    for (let b = 0; b < blocks; b++) {
      const { first, second } = uniforms(draw, b);
      const pair = normalsOf(first, second);
      z[2 * b] = pair.cosine;
      z[2 * b + 1] = pair.sine;
    }
    const chi = chiSquare(draw, blocks, freedom);
    for (let i = 0; i < factors; i++) {
      let y = 0;
      for (let j = 0; j <= i; j++) y += f64[cholesky / 8 + i * factors + j]! * z[j]!;
      const a = y / Math.sqrt(chi + y * y);
      f64[out / 8 + i * stride + s] = lookUp(f64, tables / 8 + i * (cells + 1), cells, a);
    }
  }
}
