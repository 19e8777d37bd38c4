/**
 * Option P&L over scenarios: Black-76 in the Mills-ratio form, one exponential and one division a cell.
 *
 * With w = vol·√τ, A = ln(F/K) + w²/2, B = ln(F/K) − w²/2 and N(−x) = e^(−x²/2)·R(x), F·φ(A/w) = K·φ(B/w) leaves
 * price = ω·(F·[A ≥ 0 ⊕ put] − K·[B ≥ 0 ⊕ put]) + F·e^(−A²/2w²)·(±R(|B|/w) ∓ R(|A|/w)).
 * R is a polynomial in t = 1/(1 + 0.28·x) = w/(w + 0.28·|A|): minimax, degree 11, 7e-15 weighted by e^(−x²/2).
 * w is floored at 1e-16, where the formula is the intrinsic value to the last bit that matters: no branch for zero time or vol.
 *
 * Stages of 128 scenarios through a scratch that stays in the first-level cache; chains interleaved by four.
 */
import { add, both, mul, padded, sub } from './lanes';

const EXP2: usize = memory.data<f64>([
  1.0000000000000127, 0.693147180559871, 0.24022650695649664, 0.05550410866868546, 0.009618129192066154,
  0.00133335576176315, 0.00015403434948436855, 1.5252984824027742e-5, 1.3259405583746954e-6, 1.0150339103814158e-7,
], 16);
const MILLS: usize = memory.data<f64>([
  -0.00012719075361486128, 0.11398636704068829, 0.09306179052689638, 0.19440934102216104, -0.21387405533345868,
  0.7457580076921784, -1.0769427315714613, 1.278520869612329, -0.9806441046999168, 0.44518549224921034,
  -0.11132742342779023, 0.011993637642785885,
], 16);
/** Mills slope, vol·√τ floor, one half, one, −½·log2 e, smallest exponent, 1.5·2^52 + 1023. */
const SHAPE: usize = memory.data<f64>([0.28, 1e-16, 0.5, 1.0, -0.7213475204444817, -1022.0, 6755399441056767.0], 16);

/** Bytes of one f64 array of a block, and the arrays of the scratch: t(A), t(B), d², R(A), R(B), e. */
// @ts-ignore: decorator
@inline const BLOCK: usize = 1024;
/** Bytes of one instrument record: fourteen f64, see `OptionRecord` beside the loader. */
// @ts-ignore: decorator
@inline const RECORD: usize = 112;
// @ts-ignore: decorator
@inline function index(record: usize, field: usize): usize { return <usize>load<f64>(record + (field << 3)); }

/** d² and the two signed t of one block. */
function distances(record: usize, vectors: usize, row: usize, scratch: usize, bytes: usize): void {
  const moneyness = both(record, 0), volRoot = both(record, 1), skewRoot = both(record, 2);
  const logs = vectors + index(record, 9) * row, vols = vectors + index(record, 10) * row, skews = vectors + index(record, 11) * row;
  const sign = f64x2.splat(-0.0);
  for (let s: usize = 0; s < bytes; s += 32) {
    const to = scratch + s;
    let w0 = add(mul(volRoot, v128.load(vols + s, 0)), mul(skewRoot, v128.load(skews + s, 0)));
    let w1 = add(mul(volRoot, v128.load(vols + s, 16)), mul(skewRoot, v128.load(skews + s, 16)));
    w0 = f64x2.pmax(w0, both(SHAPE, 1));
    w1 = f64x2.pmax(w1, both(SHAPE, 1));
    let q0 = mul(w0, w0), a0 = add(moneyness, v128.load(logs + s, 0));
    let q1 = mul(w1, w1), a1 = add(moneyness, v128.load(logs + s, 16));
    let h0 = mul(q0, both(SHAPE, 2));
    let h1 = mul(q1, both(SHAPE, 2));
    const b0 = sub(a0, h0);
    const b1 = sub(a1, h1);
    a0 = add(a0, h0);
    a1 = add(a1, h1);
    const u0 = add(w0, mul(both(SHAPE, 0), f64x2.abs(a0)));
    const u1 = add(w1, mul(both(SHAPE, 0), f64x2.abs(a1)));
    const v0 = add(w0, mul(both(SHAPE, 0), f64x2.abs(b0)));
    const v1 = add(w1, mul(both(SHAPE, 0), f64x2.abs(b1)));
    h0 = mul(u0, v0);
    h1 = mul(u1, v1);
    w0 = f64x2.div(both(SHAPE, 3), mul(h0, w0));
    w1 = f64x2.div(both(SHAPE, 3), mul(h1, w1));
    h0 = mul(a0, mul(h0, w0));
    h1 = mul(a1, mul(h1, w1));
    q0 = mul(q0, w0);
    q1 = mul(q1, w1);
    v128.store(to, v128.or(mul(q0, v0), v128.and(a0, sign)), 0);
    v128.store(to, v128.or(mul(q1, v1), v128.and(a1, sign)), 16);
    v128.store(to, v128.or(mul(q0, u0), v128.and(b0, sign)), BLOCK + 0);
    v128.store(to, v128.or(mul(q1, u1), v128.and(b1, sign)), BLOCK + 16);
    v128.store(to, mul(h0, h0), 2 * BLOCK + 0);
    v128.store(to, mul(h1, h1), 2 * BLOCK + 16);
  }
}

/** R of both distances of one block; even and odd powers apart. */
function ratios(scratch: usize, bytes: usize): void {
  for (let s: usize = 0; s < bytes; s += 32) {
    const to = scratch + s;
    const t0 = f64x2.abs(v128.load(to, 0));
    const t1 = f64x2.abs(v128.load(to, 16));
    const t2 = f64x2.abs(v128.load(to, BLOCK));
    const t3 = f64x2.abs(v128.load(to, BLOCK + 16));
    const u0 = mul(t0, t0);
    const u1 = mul(t1, t1);
    const u2 = mul(t2, t2);
    const u3 = mul(t3, t3);
    let k = both(MILLS, 11), m = both(MILLS, 10);
    let o0 = mul(k, u0), e0 = mul(m, u0);
    let o1 = mul(k, u1), e1 = mul(m, u1);
    let o2 = mul(k, u2), e2 = mul(m, u2);
    let o3 = mul(k, u3), e3 = mul(m, u3);
    k = both(MILLS, 9); m = both(MILLS, 8);
    o0 = add(o0, k); e0 = add(e0, m);
    o1 = add(o1, k); e1 = add(e1, m);
    o2 = add(o2, k); e2 = add(e2, m);
    o3 = add(o3, k); e3 = add(e3, m);
    o0 = mul(o0, u0); e0 = mul(e0, u0);
    o1 = mul(o1, u1); e1 = mul(e1, u1);
    o2 = mul(o2, u2); e2 = mul(e2, u2);
    o3 = mul(o3, u3); e3 = mul(e3, u3);
    k = both(MILLS, 7); m = both(MILLS, 6);
    o0 = add(o0, k); e0 = add(e0, m);
    o1 = add(o1, k); e1 = add(e1, m);
    o2 = add(o2, k); e2 = add(e2, m);
    o3 = add(o3, k); e3 = add(e3, m);
    o0 = mul(o0, u0); e0 = mul(e0, u0);
    o1 = mul(o1, u1); e1 = mul(e1, u1);
    o2 = mul(o2, u2); e2 = mul(e2, u2);
    o3 = mul(o3, u3); e3 = mul(e3, u3);
    k = both(MILLS, 5); m = both(MILLS, 4);
    o0 = add(o0, k); e0 = add(e0, m);
    o1 = add(o1, k); e1 = add(e1, m);
    o2 = add(o2, k); e2 = add(e2, m);
    o3 = add(o3, k); e3 = add(e3, m);
    o0 = mul(o0, u0); e0 = mul(e0, u0);
    o1 = mul(o1, u1); e1 = mul(e1, u1);
    o2 = mul(o2, u2); e2 = mul(e2, u2);
    o3 = mul(o3, u3); e3 = mul(e3, u3);
    k = both(MILLS, 3); m = both(MILLS, 2);
    o0 = add(o0, k); e0 = add(e0, m);
    o1 = add(o1, k); e1 = add(e1, m);
    o2 = add(o2, k); e2 = add(e2, m);
    o3 = add(o3, k); e3 = add(e3, m);
    o0 = mul(o0, u0); e0 = mul(e0, u0);
    o1 = mul(o1, u1); e1 = mul(e1, u1);
    o2 = mul(o2, u2); e2 = mul(e2, u2);
    o3 = mul(o3, u3); e3 = mul(e3, u3);
    k = both(MILLS, 1); m = both(MILLS, 0);
    o0 = add(o0, k); e0 = add(e0, m);
    o1 = add(o1, k); e1 = add(e1, m);
    o2 = add(o2, k); e2 = add(e2, m);
    o3 = add(o3, k); e3 = add(e3, m);
    e0 = add(mul(o0, t0), e0);
    e1 = add(mul(o1, t1), e1);
    e2 = add(mul(o2, t2), e2);
    e3 = add(mul(o3, t3), e3);
    v128.store(to, e0, 3 * BLOCK);
    v128.store(to, e1, 3 * BLOCK + 16);
    v128.store(to, e2, 4 * BLOCK);
    v128.store(to, e3, 4 * BLOCK + 16);
  }
}

/** e^(−d²/2) of one block. */
function exponentials(scratch: usize, bytes: usize): void {
  for (let s: usize = 0; s < bytes; s += 64) {
    const to = scratch + s;
    const scale = both(SHAPE, 4), least = both(SHAPE, 5), magic = both(SHAPE, 6);
    const y0 = f64x2.pmax(mul(v128.load(to, 2 * BLOCK + 0), scale), least);
    const y1 = f64x2.pmax(mul(v128.load(to, 2 * BLOCK + 16), scale), least);
    const y2 = f64x2.pmax(mul(v128.load(to, 2 * BLOCK + 32), scale), least);
    const y3 = f64x2.pmax(mul(v128.load(to, 2 * BLOCK + 48), scale), least);
    const z0 = add(y0, magic);
    const z1 = add(y1, magic);
    const z2 = add(y2, magic);
    const z3 = add(y3, magic);
    const f0 = sub(y0, sub(z0, magic));
    const f1 = sub(y1, sub(z1, magic));
    const f2 = sub(y2, sub(z2, magic));
    const f3 = sub(y3, sub(z3, magic));
    const u0 = mul(f0, f0);
    const u1 = mul(f1, f1);
    const u2 = mul(f2, f2);
    const u3 = mul(f3, f3);
    let k = both(EXP2, 9), m = both(EXP2, 8);
    let o0 = mul(k, u0), e0 = mul(m, u0);
    let o1 = mul(k, u1), e1 = mul(m, u1);
    let o2 = mul(k, u2), e2 = mul(m, u2);
    let o3 = mul(k, u3), e3 = mul(m, u3);
    k = both(EXP2, 7); m = both(EXP2, 6);
    o0 = add(o0, k); e0 = add(e0, m);
    o1 = add(o1, k); e1 = add(e1, m);
    o2 = add(o2, k); e2 = add(e2, m);
    o3 = add(o3, k); e3 = add(e3, m);
    o0 = mul(o0, u0); e0 = mul(e0, u0);
    o1 = mul(o1, u1); e1 = mul(e1, u1);
    o2 = mul(o2, u2); e2 = mul(e2, u2);
    o3 = mul(o3, u3); e3 = mul(e3, u3);
    k = both(EXP2, 5); m = both(EXP2, 4);
    o0 = add(o0, k); e0 = add(e0, m);
    o1 = add(o1, k); e1 = add(e1, m);
    o2 = add(o2, k); e2 = add(e2, m);
    o3 = add(o3, k); e3 = add(e3, m);
    o0 = mul(o0, u0); e0 = mul(e0, u0);
    o1 = mul(o1, u1); e1 = mul(e1, u1);
    o2 = mul(o2, u2); e2 = mul(e2, u2);
    o3 = mul(o3, u3); e3 = mul(e3, u3);
    k = both(EXP2, 3); m = both(EXP2, 2);
    o0 = add(o0, k); e0 = add(e0, m);
    o1 = add(o1, k); e1 = add(e1, m);
    o2 = add(o2, k); e2 = add(e2, m);
    o3 = add(o3, k); e3 = add(e3, m);
    o0 = mul(o0, u0); e0 = mul(e0, u0);
    o1 = mul(o1, u1); e1 = mul(e1, u1);
    o2 = mul(o2, u2); e2 = mul(e2, u2);
    o3 = mul(o3, u3); e3 = mul(e3, u3);
    k = both(EXP2, 1); m = both(EXP2, 0);
    o0 = add(o0, k); e0 = add(e0, m);
    o1 = add(o1, k); e1 = add(e1, m);
    o2 = add(o2, k); e2 = add(e2, m);
    o3 = add(o3, k); e3 = add(e3, m);
    e0 = add(mul(o0, f0), e0);
    e1 = add(mul(o1, f1), e1);
    e2 = add(mul(o2, f2), e2);
    e3 = add(mul(o3, f3), e3);
    v128.store(to, mul(e0, i64x2.shl(z0, 52)), 5 * BLOCK + 0);
    v128.store(to, mul(e1, i64x2.shl(z1, 52)), 5 * BLOCK + 16);
    v128.store(to, mul(e2, i64x2.shl(z2, 52)), 5 * BLOCK + 32);
    v128.store(to, mul(e3, i64x2.shl(z3, 52)), 5 * BLOCK + 48);
  }
}

/** P&L of one block: (price · scale) · conversion − base. */
function gains(record: usize, vectors: usize, row: usize, scratch: usize, out: usize, bytes: usize): void {
  const forward = both(record, 3), strike = both(record, 4), scale = both(record, 5), base = both(record, 6);
  const right = both(record, 7), sign = f64x2.splat(-0.0), zero = f64x2.splat(0.0);
  const put = f64x2.lt(right, zero);
  const growths = vectors + index(record, 8) * row, conversions = vectors + index(record, 12) * row;
  for (let s: usize = 0; s < bytes; s += 16) {
    const from = scratch + s;
    const ta = v128.load(from), tb = v128.load(from, BLOCK);
    const ra = v128.xor(v128.load(from, 3 * BLOCK), v128.and(ta, sign));
    const rb = v128.xor(v128.load(from, 4 * BLOCK), v128.and(tb, sign));
    const f = mul(forward, v128.load(growths + s));
    const time = mul(mul(f, v128.load(from, 5 * BLOCK)), sub(rb, ra));
    const ia = v128.and(f, v128.xor(f64x2.ge(ta, zero), put));
    const ib = v128.and(strike, v128.xor(f64x2.ge(tb, zero), put));
    const price = add(mul(sub(ia, ib), right), time);
    v128.store(out + s, sub(mul(mul(price, scale), v128.load(conversions + s)), base));
  }
}

/**
 * Rows of the instruments `lo` ≤ i < `hi`. `vectors` are rows of `stride` scenarios: forward growth, its logarithm, vol multiplier, skew
 * shift and conversion, shared by as many instruments as like; fields 8 … 12 of a record name them, field 13 the row of `out`.
 */
export function repriceOptions(
  records: usize, vectors: usize, out: usize, stride: i32, scenarios: i32, lo: i32, hi: i32, scratch: usize,
): void {
  const row = (<usize>stride) << 3;
  const bytes = (<usize>padded(scenarios)) << 3;
  for (let i = lo; i < hi; i++) {
    const record = records + <usize>i * RECORD;
    const to = out + index(record, 13) * row;
    for (let b: usize = 0; b < bytes; b += BLOCK) {
      const len = min<usize>(BLOCK, bytes - b);
      distances(record, vectors + b, row, scratch, len);
      ratios(scratch, len);
      exponentials(scratch, len);
      gains(record, vectors + b, row, scratch, to + b, len);
    }
  }
}
