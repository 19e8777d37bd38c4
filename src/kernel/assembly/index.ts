/** The exports of the kernel module. Pointers are byte offsets into the imported memory; nothing is allocated here. */
export { assessPlain, assessScreened, assessSingle } from './account';
export { rollTail } from './backtest';
export { drawCopula } from './copula';
export { mirrorRows } from './mirror';
export { applyTrade, assessTrade, assessVector } from './pretrade';
export { repriceOptions } from './reprice';
export { moveRows, screenAccounts } from './screen';
import { sumRows } from './aggregate';

/** P&L vector of one account in f64. */
export function sumPositions(
  rows: usize,
  quantities: usize,
  count: i32,
  matrix: usize,
  stride: i32,
  scenarios: i32,
  out: usize,
): void {
  sumRows<f64>(rows, quantities, count, matrix, stride, scenarios, out);
}

/** First byte that the constants of the module leave free. */
export function dataEnd(): usize {
  return __heap_base;
}
