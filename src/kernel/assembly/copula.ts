/**
 * Monte Carlo of a t copula with tabulated margins. Counter-based (Philox4x32-10): counter = (scenario, 0, block, stream), so any
 * thread can make any scenario and the bits do not depend on who did.
 *
 * Four scenarios at a time. Block b gives two uniforms of 52 bits, Box–Muller two normals. y = C·z by rows of the Cholesky factor,
 * χ² of `freedom` degrees from further blocks, a = y/√(χ² + y²) = t/√(ν + t²) in (−1, 1), and the margin is a table over a.
 */
import { add, both, mul, sub } from './lanes';

const LOG: usize = memory.data<f64>([
  0.6666666666658706, 0.40000000052358725, 0.28571417114849135, 0.22223372815223574, 0.1812360402692939, 0.16820306063896806,
], 16);
const SINE: usize = memory.data<f64>([
  1.5707963267948966, -0.6459640975062443, 0.07969262624604308, -0.004681754132342262, 0.0001604411507521089,
  -3.598643388244672e-6, 5.63393848300936e-8,
], 16);
const COSINE: usize = memory.data<f64>([
  1.0, -1.2337005501361513, 0.25366950789986553, -0.02086348073496047, 0.0009192599501488973, -2.5200135645550167e-5,
  4.655301270811425e-7,
], 16);
/** ln 2, 1 − 2^-53, 2^52 + 1023, 1.5·2^52. */
const SHAPE: usize = memory.data<f64>([0.6931471805599453, 0.9999999999999999, 4503599627371519.0, 6755399441055744.0], 16);

/** The four words of one Philox block for scenarios s … s+3, as four vectors at `out`. */
function philox(scenario: i32, block: i32, stream: i32, key0: i32, key1: i32, out: usize): void {
  let a = i32x4.add(i32x4.splat(scenario), i32x4(0, 1, 2, 3)), b = i32x4.splat(0), c = i32x4.splat(block), d = i32x4.splat(stream);
  let k0 = i32x4.splat(key0), k1 = i32x4.splat(key1);
  const m0 = i32x4.splat(<i32>0xd2511f53), m1 = i32x4.splat(<i32>0xcd9e8d57);
  const w0 = i32x4.splat(<i32>0x9e3779b9), w1 = i32x4.splat(<i32>0xbb67ae85);
  for (let round = 0; round < 10; round++) {
    const p = i64x2.extmul_low_i32x4_u(a, m0), q = i64x2.extmul_high_i32x4_u(a, m0);
    const r = i64x2.extmul_low_i32x4_u(c, m1), s = i64x2.extmul_high_i32x4_u(c, m1);
    a = v128.xor(v128.xor(v128.shuffle<i32>(r, s, 1, 3, 5, 7), b), k0);
    b = v128.shuffle<i32>(r, s, 0, 2, 4, 6);
    c = v128.xor(v128.xor(v128.shuffle<i32>(p, q, 1, 3, 5, 7), d), k1);
    d = v128.shuffle<i32>(p, q, 0, 2, 4, 6);
    k0 = i32x4.add(k0, w0);
    k1 = i32x4.add(k1, w1);
  }
  v128.store(out, a);
  v128.store(out, b, 16);
  v128.store(out, c, 32);
  v128.store(out, d, 48);
}

/** Uniform in (0, 1) from 64 random bits a lane: (2k + 1)·2^-53 of the upper 52. */
// @ts-ignore: decorator
@inline function uniform(bits: v128): v128 {
  return sub(v128.or(i64x2.shr_u(bits, 12), i64x2.splat(0x3ff0000000000000)), both(SHAPE, 1));
}

/** Natural logarithm of a normal number in (0, 1). */
// @ts-ignore: decorator
@inline function log(x: v128): v128 {
  const e = i64x2.shr_u(i64x2.add(x, i64x2.splat(0x3ff0000000000000 - 0x3fe6a09e667f3bcd)), 52);
  const k = sub(v128.or(e, i64x2.splat(0x4330000000000000)), both(SHAPE, 2));
  const m = i64x2.add(i64x2.sub(x, i64x2.shl(e, 52)), i64x2.splat(0x3ff0000000000000));
  const one = f64x2.splat(1.0);
  const s = f64x2.div(sub(m, one), add(m, one)), u = mul(s, s), v = mul(u, u);
  const even = add(mul(add(mul(both(LOG, 4), v), both(LOG, 2)), v), both(LOG, 0));
  const odd = add(mul(add(mul(both(LOG, 5), v), both(LOG, 3)), v), both(LOG, 1));
  const p = add(mul(odd, u), even);
  return add(mul(k, both(SHAPE, 0)), add(add(s, s), mul(mul(s, u), p)));
}

/** Two independent normals from two uniforms: √(−2 ln u)·cos 2πv and ·sin 2πv, at `out` and `out` + 32. */
// @ts-ignore: decorator
@inline function normals(u: v128, v: v128, out: usize): void {
  const radius = f64x2.sqrt(mul(f64x2.splat(-2.0), log(u)));
  const turn = mul(v, f64x2.splat(4.0)), magic = both(SHAPE, 3);
  const z = add(turn, magic), g = sub(turn, sub(z, magic)), w = mul(g, g), x = mul(w, w);
  let se = add(mul(add(mul(both(SINE, 6), x), both(SINE, 4)), x), both(SINE, 2));
  let so = add(mul(add(mul(both(SINE, 5), x), both(SINE, 3)), x), both(SINE, 1));
  se = add(mul(se, x), both(SINE, 0));
  const sine = mul(add(mul(so, w), se), g);
  let ce = add(mul(add(mul(both(COSINE, 6), x), both(COSINE, 4)), x), both(COSINE, 2));
  let co = add(mul(add(mul(both(COSINE, 5), x), both(COSINE, 3)), x), both(COSINE, 1));
  ce = add(mul(ce, x), both(COSINE, 0));
  const cosine = add(mul(co, w), ce);
  const swap = i64x2.neg(v128.and(z, i64x2.splat(1))), top = i64x2.splat(0x8000000000000000);
  const cosSign = v128.and(i64x2.shl(i64x2.add(z, i64x2.splat(1)), 62), top);
  const sinSign = v128.and(i64x2.shl(z, 62), top);
  v128.store(out, mul(radius, v128.xor(v128.bitselect(sine, cosine, swap), cosSign)));
  v128.store(out, mul(radius, v128.xor(v128.bitselect(cosine, sine, swap), sinSign)), 32);
}

/** The two uniforms of a block for scenarios `half` and `half` + 1 of the four. */
// @ts-ignore: decorator
@inline function first(words: usize, half: bool): v128 {
  const a = v128.load(words), b = v128.load(words, 16);
  return uniform(half ? v128.shuffle<i32>(b, a, 2, 6, 3, 7) : v128.shuffle<i32>(b, a, 0, 4, 1, 5));
}
// @ts-ignore: decorator
@inline function second(words: usize, half: bool): v128 {
  const a = v128.load(words, 32), b = v128.load(words, 48);
  return uniform(half ? v128.shuffle<i32>(b, a, 2, 6, 3, 7) : v128.shuffle<i32>(b, a, 0, 4, 1, 5));
}

/** χ² of `freedom` degrees for the four scenarios, at `out`; blocks from `block` on, whose words stand at `words`. */
function chiSquare(scenario: i32, block: i32, freedom: i32, stream: i32, key0: i32, key1: i32, words: usize, out: usize): void {
  let lower = f64x2.splat(0), upper = lower;
  const minusTwo = f64x2.splat(-2.0);
  let left = freedom;
  for (; left >= 4; left -= 4) {
    philox(scenario, block++, stream, key0, key1, words);
    lower = add(lower, mul(minusTwo, log(mul(first(words, false), second(words, false)))));
    upper = add(upper, mul(minusTwo, log(mul(first(words, true), second(words, true)))));
  }
  if (left >= 2) {
    philox(scenario, block++, stream, key0, key1, words);
    lower = add(lower, mul(minusTwo, log(first(words, false))));
    upper = add(upper, mul(minusTwo, log(first(words, true))));
  }
  if ((left & 1) !== 0) {
    philox(scenario, block, stream, key0, key1, words);
    const z = words + 64;
    normals(first(words, false), second(words, false), z);
    normals(first(words, true), second(words, true), z + 16);
    lower = add(lower, mul(v128.load(z), v128.load(z)));
    upper = add(upper, mul(v128.load(z, 16), v128.load(z, 16)));
  }
  v128.store(out, lower);
  v128.store(out, upper, 16);
}

/** Linear interpolation of a table of `cells` + 1 numbers at a in (−1, 1). */
// @ts-ignore: decorator
@inline function lookUp(table: usize, a: v128, half: v128, most: v128): v128 {
  const p = mul(add(a, f64x2.splat(1.0)), half);
  const cell = f64x2.pmin(most, f64x2.floor(p)), part = sub(p, cell);
  const i = i32x4.trunc_sat_f64x2_s_zero(cell);
  const x = v128.load(table + ((<usize>i32x4.extract_lane(i, 0)) << 3)), y = v128.load(table + ((<usize>i32x4.extract_lane(i, 1)) << 3));
  const low = v128.shuffle<f64>(x, y, 0, 2), high = v128.shuffle<f64>(x, y, 1, 3);
  return add(low, mul(part, sub(high, low)));
}

/**
 * Scenarios `lo` ≤ s < `hi` (multiples of four) of `factors` margins into rows of `stride`. `cholesky`: lower triangle by rows of
 * `factors`; `tables`: `cells` + 1 numbers a factor.
 */
export function drawCopula(
  cholesky: usize, tables: usize, out: usize, factors: i32, freedom: i32, cells: i32, stride: i32,
  key0: i32, key1: i32, stream: i32, lo: i32, hi: i32, scratch: usize,
): void {
  const words = scratch, chi = scratch + 192, normal = scratch + 256;
  const half = f64x2.splat(<f64>cells * 0.5), most = f64x2.splat(<f64>(cells - 1));
  const blocks = (factors + 1) >> 1, table = (<usize>(cells + 1)) << 3, row = (<usize>stride) << 3;
  for (let s = lo; s < hi; s += 4) {
    for (let b = 0; b < blocks; b++) {
      philox(s, b, stream, key0, key1, words);
      const to = normal + ((<usize>b) << 6);
      normals(first(words, false), second(words, false), to);
      normals(first(words, true), second(words, true), to + 16);
    }
    chiSquare(s, blocks, freedom, stream, key0, key1, words, chi);
    const lowerChi = v128.load(chi), upperChi = v128.load(chi, 16);
    for (let i = 0; i < factors; i++) {
      const weights = cholesky + ((<usize>(i * factors)) << 3);
      let lower = f64x2.splat(0), upper = lower;
      for (let j = 0; j <= i; j++) {
        const c = v128.load_splat<f64>(weights + ((<usize>j) << 3)), z = normal + ((<usize>j) << 5);
        lower = add(lower, mul(c, v128.load(z)));
        upper = add(upper, mul(c, v128.load(z, 16)));
      }
      const p = f64x2.div(lower, f64x2.sqrt(add(lowerChi, mul(lower, lower))));
      const q = f64x2.div(upper, f64x2.sqrt(add(upperChi, mul(upper, upper))));
      const to = out + <usize>i * row + ((<usize>s) << 3), at = tables + <usize>i * table;
      v128.store(to, lookUp(at, p, half, most));
      v128.store(to, lookUp(at, q, half, most), 16);
    }
  }
}
