/**
 * Scenario aggregation: P&L vector of one account = Σ quantity · row, summed in position order, whatever the layout.
 *
 * Rows go through in chunks of eight with pointers and quantities in registers; the sum of the chunks before is read back from
 * `out`, so the order of additions is that of one plain loop. `T` is f64 (of record) or f32 (inside a bound).
 */
import { padded } from './lanes';

/** One vector of the sum over `count` rows; `count` and `first` are constants at every call and fold away. */
// @ts-ignore: decorator
@inline function dot<T>(count: i32, first: bool, out: usize, at: usize,
  r0: usize, r1: usize, r2: usize, r3: usize, r4: usize, r5: usize, r6: usize, r7: usize,
  q0: v128, q1: v128, q2: v128, q3: v128, q4: v128, q5: v128, q6: v128, q7: v128): void {
  let sum = v128.mul<T>(q0, v128.load(r0 + at));
  if (!first) sum = v128.add<T>(v128.load(out + at), sum);
  if (count > 1) sum = v128.add<T>(sum, v128.mul<T>(q1, v128.load(r1 + at)));
  if (count > 2) sum = v128.add<T>(sum, v128.mul<T>(q2, v128.load(r2 + at)));
  if (count > 3) sum = v128.add<T>(sum, v128.mul<T>(q3, v128.load(r3 + at)));
  if (count > 4) sum = v128.add<T>(sum, v128.mul<T>(q4, v128.load(r4 + at)));
  if (count > 5) sum = v128.add<T>(sum, v128.mul<T>(q5, v128.load(r5 + at)));
  if (count > 6) sum = v128.add<T>(sum, v128.mul<T>(q6, v128.load(r6 + at)));
  if (count > 7) sum = v128.add<T>(sum, v128.mul<T>(q7, v128.load(r7 + at)));
  v128.store(out + at, sum);
}

/** One chunk of `count` ≤ 8 rows over all scenarios. */
// @ts-ignore: decorator
@inline function chunk<T>(count: i32, first: bool, rows: usize, quantities: usize, matrix: usize, row: usize, out: usize, bytes: usize): void {
  let r0: usize = 0, q0 = v128.splat<T>(<T>0);
  let r1: usize = 0, q1 = v128.splat<T>(<T>0);
  let r2: usize = 0, q2 = v128.splat<T>(<T>0);
  let r3: usize = 0, q3 = v128.splat<T>(<T>0);
  let r4: usize = 0, q4 = v128.splat<T>(<T>0);
  let r5: usize = 0, q5 = v128.splat<T>(<T>0);
  let r6: usize = 0, q6 = v128.splat<T>(<T>0);
  let r7: usize = 0, q7 = v128.splat<T>(<T>0);
  { r0 = matrix + (<usize>load<u32>(rows, 0)) * row; q0 = v128.splat<T>(<T>load<f64>(quantities, 0)); }
  if (count > 1) { r1 = matrix + (<usize>load<u32>(rows, 4)) * row; q1 = v128.splat<T>(<T>load<f64>(quantities, 8)); }
  if (count > 2) { r2 = matrix + (<usize>load<u32>(rows, 8)) * row; q2 = v128.splat<T>(<T>load<f64>(quantities, 16)); }
  if (count > 3) { r3 = matrix + (<usize>load<u32>(rows, 12)) * row; q3 = v128.splat<T>(<T>load<f64>(quantities, 24)); }
  if (count > 4) { r4 = matrix + (<usize>load<u32>(rows, 16)) * row; q4 = v128.splat<T>(<T>load<f64>(quantities, 32)); }
  if (count > 5) { r5 = matrix + (<usize>load<u32>(rows, 20)) * row; q5 = v128.splat<T>(<T>load<f64>(quantities, 40)); }
  if (count > 6) { r6 = matrix + (<usize>load<u32>(rows, 24)) * row; q6 = v128.splat<T>(<T>load<f64>(quantities, 48)); }
  if (count > 7) { r7 = matrix + (<usize>load<u32>(rows, 28)) * row; q7 = v128.splat<T>(<T>load<f64>(quantities, 56)); }
  for (let at: usize = 0; at < bytes; at += 64) {
    dot<T>(count, first, out, at, r0, r1, r2, r3, r4, r5, r6, r7, q0, q1, q2, q3, q4, q5, q6, q7);
    dot<T>(count, first, out, at + 16, r0, r1, r2, r3, r4, r5, r6, r7, q0, q1, q2, q3, q4, q5, q6, q7);
    dot<T>(count, first, out, at + 32, r0, r1, r2, r3, r4, r5, r6, r7, q0, q1, q2, q3, q4, q5, q6, q7);
    dot<T>(count, first, out, at + 48, r0, r1, r2, r3, r4, r5, r6, r7, q0, q1, q2, q3, q4, q5, q6, q7);
  }
}

// @ts-ignore: decorator
@inline function start<T>(count: i32, rows: usize, quantities: usize, matrix: usize, row: usize, out: usize, bytes: usize): void {
  switch (count) {
    case 1: chunk<T>(1, true, rows, quantities, matrix, row, out, bytes); break;
    case 2: chunk<T>(2, true, rows, quantities, matrix, row, out, bytes); break;
    case 3: chunk<T>(3, true, rows, quantities, matrix, row, out, bytes); break;
    case 4: chunk<T>(4, true, rows, quantities, matrix, row, out, bytes); break;
    case 5: chunk<T>(5, true, rows, quantities, matrix, row, out, bytes); break;
    case 6: chunk<T>(6, true, rows, quantities, matrix, row, out, bytes); break;
    case 7: chunk<T>(7, true, rows, quantities, matrix, row, out, bytes); break;
    default: chunk<T>(8, true, rows, quantities, matrix, row, out, bytes);
  }
}

// @ts-ignore: decorator
@inline function extend<T>(count: i32, rows: usize, quantities: usize, matrix: usize, row: usize, out: usize, bytes: usize): void {
  switch (count) {
    case 1: chunk<T>(1, false, rows, quantities, matrix, row, out, bytes); break;
    case 2: chunk<T>(2, false, rows, quantities, matrix, row, out, bytes); break;
    case 3: chunk<T>(3, false, rows, quantities, matrix, row, out, bytes); break;
    case 4: chunk<T>(4, false, rows, quantities, matrix, row, out, bytes); break;
    case 5: chunk<T>(5, false, rows, quantities, matrix, row, out, bytes); break;
    case 6: chunk<T>(6, false, rows, quantities, matrix, row, out, bytes); break;
    case 7: chunk<T>(7, false, rows, quantities, matrix, row, out, bytes); break;
    default: chunk<T>(8, false, rows, quantities, matrix, row, out, bytes);
  }
}

/** `count` ≥ 1 positions into `out`; whole steps of the padded row are written. */
export function sumRows<T>(rows: usize, quantities: usize, count: i32, matrix: usize, stride: i32, scenarios: i32, out: usize): void {
  const row = (<usize>stride) * sizeof<T>();
  const bytes = (<usize>padded(scenarios)) * sizeof<T>();
  start<T>(min(count, 8), rows, quantities, matrix, row, out, bytes);
  for (let i = 8; i < count; i += 8) {
    extend<T>(min(count - i, 8), rows + ((<usize>i) << 2), quantities + ((<usize>i) << 3), matrix, row, out, bytes);
  }
}
