import type { PlannedTrade } from '../liquidation/reduction.ts';
import type { AssetId } from '../product/product.ts';
import { type EngineState, parametersOf, type Turn } from './state.ts';
import { find, put } from './table.ts';

function intervalOf(state: EngineState, timeMs: number): number {
  const { intervalMs } = parametersOf(state).rules.liquidation;
  return Math.floor(timeMs / intervalMs) * intervalMs;
}

/** What liquidations of all accounts have put to each underlying's market in the pacing interval of the moment, USD. */
export function spentNow(state: EngineState, timeMs: number): Map<AssetId, number> {
  const fromMs = intervalOf(state, timeMs);
  const spent = new Map<AssetId, number>();
  for (const [i, doc] of state.tables.pace.items.entries()) {
    if (doc.fromMs === fromMs) spent.set(state.tables.pace.keys[i]!, doc.spentUsd);
  }
  return spent;
}

/** Counts planned trades against the pace of their underlyings. */
export function spend(turn: Turn, trades: readonly PlannedTrade[]): void {
  const { state, timeMs } = turn;
  const fromMs = intervalOf(state, timeMs);
  for (const { underlying, notionalUsd } of trades) {
    const known = find(state.tables.pace, underlying);
    const before = known?.fromMs === fromMs ? known.spentUsd : 0;
    put(state.tables.pace, underlying, { fromMs, spentUsd: before + notionalUsd });
  }
}
