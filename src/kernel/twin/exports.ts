import type { KernelExports, WasmMemory } from '../wasm.ts';
import { assessPlain, assessSingle, sumPositions } from './account.ts';
import { rollTail } from './backtest.ts';
import { drawCopula } from './copula.ts';
import { mirrorRows } from './mirror.ts';
import { repriceOptions } from './reprice.ts';
import { moveRows, screenAccounts } from './screen.ts';
import { applyTrade, assessTrade, assessVector } from './trade.ts';
import { type Views, viewMemory } from './views.ts';

/**
 * The kernels in plain TypeScript over the same memory: slow, short, and the same bits. Results only; thresholds (`warms`), which
 * change no result, stay as they are.
 */
export function createTwinExports(memory: WasmMemory): KernelExports {
  let views = viewMemory(memory);
  const now = (): Views => {
    if (views.f64.buffer !== memory.buffer) views = viewMemory(memory);
    return views;
  };
  return {
    repriceOptions: (records, vectors, out, stride, scenarios, lo, hi) =>
      repriceOptions(now(), records, vectors, out, stride, scenarios, lo, hi),
    mirrorRows: (exact, single, columns, norms, stride, column, scenarios, lo, hi) =>
      mirrorRows(now(), exact, single, columns, norms, stride, column, scenarios, lo, hi),
    sumPositions: (rows, quantities, count, matrix, stride, scenarios, out) =>
      sumPositions(now(), rows, quantities, count, matrix, stride, scenarios, out),
    assessPlain: (book, lo, hi) => assessPlain(now(), book, lo, hi),
    assessScreened: (book, lo, hi) => {
      assessPlain(now(), book, lo, hi);
      return 0;
    },
    assessSingle: (book, errors, lo, hi) => assessSingle(now(), book, errors, lo, hi),
    assessTrade: (vector, row, quantity, tail, _stride, scenarios, out) =>
      assessTrade(now(), vector, row, quantity, tail, scenarios, out),
    assessVector: (vector, tail, _stride, scenarios, out) =>
      assessVector(now(), vector, tail, scenarios, out),
    applyTrade: (vector, row, quantity, scenarios) => applyTrade(now(), vector, row, quantity, scenarios),
    moveRows: (nowRows, then, marks, pairs, results, _warms, tail, stride, scenarios, lo, hi) =>
      moveRows(now(), nowRows, then, marks, pairs, results, tail, stride, scenarios, lo, hi),
    screenAccounts: (starts, rows, quantities, pairs, reserves, flagged, lo, hi) =>
      screenAccounts(now(), starts, rows, quantities, pairs, reserves, flagged, lo, hi),
    rollTail: (starts, rows, quantities, matrix, realised, tail, results, _warms, breaches, ...rest) =>
      rollTail(now(), starts, rows, quantities, matrix, realised, tail, results, breaches, ...rest),
    drawCopula: (cholesky, tables, out, factors, freedom, cells, stride, key0, key1, stream, lo, hi) =>
      drawCopula(now(), cholesky, tables, out, factors, freedom, cells, stride, key0, key1, stream, lo, hi),
    dataEnd: () => 0,
  };
}
