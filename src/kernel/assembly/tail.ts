/**
 * Tail of a P&L vector without a sort: a threshold that at least `k` scenarios reach, the scenarios that reach it in index order,
 * then exact ranks among those few. Worst first; equal losses by scenario index. The answer is that of a full sort, to the bit.
 */
import { STEP, padded } from './lanes';
import { kthSmallest, rankAll, sort } from './select';

/** Candidates up to this many are ranked by counting, more by selection. */
// @ts-ignore: decorator
@inline const COUNTING_MAX: i32 = 96;
/** A warm threshold that lets through more than this many times k is replaced by a cold one. */
// @ts-ignore: decorator
@inline export const SLACK: i32 = 3;

/** Tail record: var rank (1-based), whole scenarios of the tail, fraction of the next one, mass (divisor). Four f64. */
// @ts-ignore: decorator
@inline export function varRank(tail: usize): i32 { return <i32>load<f64>(tail); }
// @ts-ignore: decorator
@inline export function wholeCount(tail: usize): i32 { return <i32>load<f64>(tail, 8); }
/** Scenarios that must be found. */
// @ts-ignore: decorator
@inline export function needed(tail: usize): i32 {
  return max(varRank(tail), wholeCount(tail) + (load<f64>(tail, 16) > 0 ? 1 : 0));
}

/** Sizes of the parts of a scratch for `stride` scenarios: vector, masks, candidate indices, values, spare values, ranks. */
// @ts-ignore: decorator
@inline export function masksAt(scratch: usize, stride: i32): usize { return scratch + ((<usize>stride) << 3); }
// @ts-ignore: decorator
@inline export function indicesAt(scratch: usize, stride: i32): usize { return scratch + (<usize>stride) * 9; }
// @ts-ignore: decorator
@inline export function valuesAt(scratch: usize, stride: i32): usize { return scratch + (<usize>stride) * 13 + 128; }
// @ts-ignore: decorator
@inline export function spareAt(scratch: usize, stride: i32): usize { return scratch + (<usize>stride) * 21 + 256; }
// @ts-ignore: decorator
@inline export function ranksAt(scratch: usize, stride: i32): usize { return scratch + (<usize>stride) * 29 + 384; }

/** Puts +∞ into the scenarios that only pad. */
// @ts-ignore: decorator
@inline export function closePad<T>(vector: usize, scenarios: i32): void {
  for (let s = scenarios, end = padded(scenarios); s < end; s++) store<T>(vector + (<usize>s) * sizeof<T>(), <T>Infinity);
}

/** A value that at least `k` scenarios do not exceed: the k-th smallest of the minima of interleaved groups. */
export function coldThreshold<T>(vector: usize, scenarios: i32, k: i32, spare: usize): f64 {
  const n = padded(scenarios);
  let groups = 64;
  while (groups < 2 * k) groups += STEP;
  groups = min(groups, n);
  const bytes = (<usize>groups) * sizeof<T>(), end = (<usize>n) * sizeof<T>();
  const minima = spare + (sizeof<T>() == 8 ? 0 : (<usize>groups) << 2);
  memory.copy(minima, vector, bytes);
  for (let from = bytes; from < end; from += bytes) {
    const len = min(bytes, end - from);
    for (let at: usize = 0; at < len; at += 16) {
      v128.store(minima + at, v128.pmin<T>(v128.load(minima + at), v128.load(vector + from + at)));
    }
  }
  if (sizeof<T>() == 4) {
    for (let g = 0; g < groups; g++) store<f64>(spare + ((<usize>g) << 3), <f64>load<f32>(minima + ((<usize>g) << 2)));
  }
  return kthSmallest(spare, groups, k);
}

// @ts-ignore: decorator
@inline function reach16<T>(at: usize, limit: v128): i32 {
  if (sizeof<T>() == 4) {
    const a = i16x8.narrow_i32x4_s(f32x4.le(v128.load(at), limit), f32x4.le(v128.load(at, 16), limit));
    const b = i16x8.narrow_i32x4_s(f32x4.le(v128.load(at, 32), limit), f32x4.le(v128.load(at, 48), limit));
    return i8x16.bitmask(i8x16.narrow_i16x8_s(a, b));
  }
  const a = pair(f64x2.le(v128.load(at), limit), f64x2.le(v128.load(at, 16), limit));
  const b = pair(f64x2.le(v128.load(at, 32), limit), f64x2.le(v128.load(at, 48), limit));
  const c = pair(f64x2.le(v128.load(at, 64), limit), f64x2.le(v128.load(at, 80), limit));
  const d = pair(f64x2.le(v128.load(at, 96), limit), f64x2.le(v128.load(at, 112), limit));
  return i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)));
}
// @ts-ignore: decorator
@inline function pair(a: v128, b: v128): v128 { return v128.shuffle<i32>(a, b, 0, 2, 4, 6); }

/** One bit a scenario for vector[s] ≤ limit; gives how many. */
export function mark<T>(vector: usize, scenarios: i32, limit: T, masks: usize): i32 {
  const limits = v128.splat<T>(limit);
  let count = 0, at = vector;
  const whole = scenarios >> 4;
  for (let w = 0; w < whole; w++) {
    const bits = reach16<T>(at, limits);
    store<u16>(masks + ((<usize>w) << 1), <u16>bits);
    count += popcnt(bits);
    at += <usize>STEP * sizeof<T>();
  }
  let used = whole;
  if ((scenarios & 15) !== 0) {
    const bits = reach16<T>(at, limits) & ((1 << (scenarios & 15)) - 1);
    store<u16>(masks + ((<usize>used) << 1), <u16>bits);
    count += popcnt(bits);
    used++;
  }
  while ((used & 3) !== 0) { store<u16>(masks + ((<usize>used) << 1), 0); used++; }
  return count;
}

/** Indices of the marked scenarios in rising order, the last one repeated up to a multiple of eight. */
export function collect(masks: usize, scenarios: i32, indices: usize): void {
  let to = indices;
  for (let base = 0, at = masks; base < scenarios; base += 64, at += 8) {
    let word = load<u64>(at);
    while (word !== 0) {
      store<i32>(to, base + <i32>ctz(word));
      word &= word - 1;
      to += 4;
    }
  }
  const last = load<i32>(to - 4);
  const pad = i32x4.splat(last);
  v128.store(to, pad);
  v128.store(to, pad, 16);
}

/** The smallest number of type T that is not below `x`. */
// @ts-ignore: decorator
@inline export function above<T>(x: f64): T {
  if (sizeof<T>() == 8) return <T>x;
  const y = <f32>x;
  if (<f64>y >= x) return <T>y;
  return <T>(y + (abs(y) * <f32>1.2e-7 + <f32>1e-37));
}

/**
 * VaR and ES of the shortlist at `out`, the next threshold at `warm`; gives the k-th smallest value. The tail is summed worst first,
 * the fractional scenario last; the threshold lets a few more than k through, `widen` further.
 */
export function finish(count: i32, tail: usize, widen: f64, scratch: usize, stride: i32, out: usize, warm: usize): f64 {
  const values = valuesAt(scratch, stride), sorted = spareAt(scratch, stride);
  if (count > COUNTING_MAX) {
    memory.copy(sorted, values, (<usize>count) << 3);
    sort(sorted, count);
  } else {
    const ranks = ranksAt(scratch, stride);
    rankAll(values, count, ranks);
    for (let i: usize = 0, n = <usize>count; i < n; i++) {
      store<i64>(sorted + ((<usize>load<i32>(ranks + (i << 2))) << 3), load<i64>(values + (i << 3)));
    }
  }
  const k = needed(tail), whole = wholeCount(tail), fraction = load<f64>(tail, 16);
  let sum = 0.0;
  for (let at = sorted, end = sorted + ((<usize>whole) << 3); at < end; at += 8) sum += load<f64>(at);
  if (fraction > 0) sum += fraction * load<f64>(sorted + ((<usize>whole) << 3));
  store<f64>(out, 0.0 - load<f64>(sorted + ((<usize>(varRank(tail) - 1)) << 3)));
  store<f64>(out, 0.0 - sum / load<f64>(tail, 24), 8);
  store<f64>(warm, load<f64>(sorted + ((<usize>min(count - 1, k + 2 + (k >> 4))) << 3)) + widen);
  return load<f64>(sorted + ((<usize>(k - 1)) << 3));
}

/** Tail of a vector of type T whose values are taken as they are: the shortlist is complete as soon as k scenarios reach it. */
export function tailOf<T>(vector: usize, scenarios: i32, tail: usize, scratch: usize, stride: i32, out: usize, warmAt: usize): void {
  const k = needed(tail), masks = masksAt(scratch, stride), warm = load<f64>(warmAt);
  let count = 0;
  if (warm === warm) count = mark<T>(vector, scenarios, above<T>(warm), masks);
  if (count < k || count > SLACK * k) {
    count = mark<T>(vector, scenarios, above<T>(coldThreshold<T>(vector, scenarios, k, spareAt(scratch, stride))), masks);
  }
  const indices = indicesAt(scratch, stride), values = valuesAt(scratch, stride);
  collect(masks, scenarios, indices);
  for (let i = 0; i < count; i++) {
    const s = <usize>load<i32>(indices + ((<usize>i) << 2));
    store<f64>(values + ((<usize>i) << 3), <f64>load<T>(vector + s * sizeof<T>()));
  }
  finish(count, tail, 0.0, scratch, stride, out, warmAt);
}
