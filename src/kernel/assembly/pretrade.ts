/** One account's cached P&L vector: what one more trade would make of it, and taking the trade in. */
import { padded } from './lanes';
import { closePad, tailOf } from './tail';

/** out = vector + quantity · row over whole steps. */
function shift(vector: usize, row: usize, quantity: f64, scenarios: i32, out: usize): void {
  const q = f64x2.splat(quantity),
    bytes = (<usize>padded(scenarios)) << 3;
  for (let at: usize = 0; at < bytes; at += 64) {
    v128.store(out + at, f64x2.add(v128.load(vector + at), f64x2.mul(q, v128.load(row + at))));
    v128.store(out + at, f64x2.add(v128.load(vector + at, 16), f64x2.mul(q, v128.load(row + at, 16))), 16);
    v128.store(out + at, f64x2.add(v128.load(vector + at, 32), f64x2.mul(q, v128.load(row + at, 32))), 32);
    v128.store(out + at, f64x2.add(v128.load(vector + at, 48), f64x2.mul(q, v128.load(row + at, 48))), 48);
  }
}

/** VaR and ES at `out` of vector + quantity · row; the vector and its threshold at `warm` stay as they are. */
export function assessTrade(
  vector: usize,
  row: usize,
  quantity: f64,
  tail: usize,
  stride: i32,
  scenarios: i32,
  out: usize,
  warm: usize,
  scratch: usize,
): void {
  shift(vector, row, quantity, scenarios, scratch);
  closePad<f64>(scratch, scenarios);
  const own = load<f64>(warm);
  tailOf<f64>(scratch, scenarios, tail, scratch, stride, out, warm);
  if (own === own) store<f64>(warm, own);
}

/** vector += quantity · row. */
export function applyTrade(vector: usize, row: usize, quantity: f64, scenarios: i32): void {
  shift(vector, row, quantity, scenarios, vector);
}

/** VaR and ES at `out` and the next threshold at `warm` of one vector. */
export function assessVector(
  vector: usize,
  tail: usize,
  stride: i32,
  scenarios: i32,
  out: usize,
  warm: usize,
  scratch: usize,
): void {
  memory.copy(scratch, vector, (<usize>scenarios) << 3);
  closePad<f64>(scratch, scenarios);
  tailOf<f64>(scratch, scenarios, tail, scratch, stride, out, warm);
}
