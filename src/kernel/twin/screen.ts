import { readTail, tailBySort } from './tail.ts';
import type { Views } from './views.ts';

const ROUNDING = 1e-12;

export function moveRows(
  views: Views,
  now: number,
  then: number,
  marks: number,
  pairs: number,
  results: number,
  tail: number,
  stride: number,
  scenarios: number,
  lo: number,
  hi: number,
): void {
  const { f64 } = views;
  const shape = readTail(f64, tail);
  const padded = Math.ceil(scenarios / 16) * 16;
  for (let i = lo; i < hi; i++) {
    const a = now / 8 + i * stride;
    const b = then / 8 + i * stride;
    let size = 0;
    for (let s = 0; s < padded; s++) size = Math.max(size, Math.abs(f64[a + s]!), Math.abs(f64[b + s]!));
    const up = new Float64Array(scenarios);
    for (let s = 0; s < scenarios; s++) up[s] = f64[a + s]! - f64[b + s]!;
    const long = tailBySort(up, shape);
    const short = tailBySort(
      up.map((x) => -x),
      shape,
    );
    const four = [long.valueAtRisk, long.shortfall, short.valueAtRisk, short.shortfall];
    f64.set(four, results / 8 + i * 4);
    const mark = f64[marks / 8 + i]!;
    f64[pairs / 8 + i * 2] = 0.5 * (long.shortfall - short.shortfall) - mark;
    f64[pairs / 8 + i * 2 + 1] =
      0.5 * (long.shortfall + short.shortfall) +
      ROUNDING * (size + Math.abs(mark) + Math.abs(long.shortfall) + Math.abs(short.shortfall));
  }
}

export function screenAccounts(
  views: Views,
  starts: number,
  rows: number,
  quantities: number,
  pairs: number,
  reserves: number,
  flagged: number,
  lo: number,
  hi: number,
): number {
  const { f64, i32, u32 } = views;
  let count = 0;
  for (let a = lo; a < hi; a++) {
    let mid = 0;
    let half = 0;
    for (let p = i32[starts / 4 + a]!; p < i32[starts / 4 + a + 1]!; p++) {
      const q = f64[quantities / 8 + p]!;
      const pair = pairs / 8 + u32[rows / 4 + p]! * 2;
      mid += q * f64[pair]!;
      half += Math.abs(q) * f64[pair + 1]!;
    }
    const left = f64[reserves / 8 + a]! - (mid + half);
    if (!(left >= 0)) i32[flagged / 4 + lo + count++] = a;
  }
  return count;
}
