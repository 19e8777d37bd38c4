import { sumPositions } from './account.ts';
import { readTail, writeTail } from './tail.ts';
import type { Views } from './views.ts';

export function rollTail(
  views: Views,
  starts: number,
  rows: number,
  quantities: number,
  matrix: number,
  realised: number,
  tail: number,
  results: number,
  breaches: number,
  stride: number,
  window: number,
  lo: number,
  hi: number,
  scratch: number,
): void {
  const { f64, i32 } = views;
  const shape = readTail(f64, tail);
  for (let d = lo; d < hi; d++) {
    const from = i32[starts / 4 + d]!;
    const count = i32[starts / 4 + d + 1]! - from;
    const out = results + d * 16;
    if (count === 0) {
      f64[out / 8] = 0;
      f64[out / 8 + 1] = 0;
    } else {
      const at = matrix + d * 8;
      sumPositions(views, rows + from * 4, quantities + from * 8, count, at, stride, window, scratch);
      writeTail(f64, out, f64.slice(scratch / 8, scratch / 8 + window), shape);
    }
    const loss = -f64[realised / 8 + d]!;
    const beyond = loss > f64[out / 8]!;
    i32[breaches / 4 + d] = beyond ? (loss > f64[out / 8 + 1]! ? 2 : 1) : 0;
  }
}
