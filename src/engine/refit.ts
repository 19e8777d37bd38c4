import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { DAY_MS, toIsoDate } from '../base/instant.ts';
import type { Market } from '../market/market.ts';
import { fitScenarios } from '../margin/scenario-sets.ts';
import { factorsOfMarket } from '../scenario/factors.ts';
import { factorId, type History, parseHistory } from '../scenario/history.ts';
import type { CloseDoc, FitDoc } from './documents.ts';
import { openScenarios, type Scenarios } from './scenarios.ts';
import { clockOf, type EngineState, ONLY, parametersOf, type Turn } from './state.ts';
import { find, put } from './table.ts';

/** The day that a moment is in, by its first millisecond. */
export function dayOf(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS) * DAY_MS;
}

/**
 * Records the last good prices as the close of the day that ended, when the first command of a later day comes. An asset whose price was
 * not fresh at the end of the day has no close. Gives whether a day ended.
 */
export function recordCloses(turn: Turn): boolean {
  const { state, timeMs } = turn;
  const clock = clockOf(state);
  const today = dayOf(timeMs);
  if (today <= clock.dayMs) return false;
  const endMs = clock.dayMs + DAY_MS;
  const closes = state.tables.assets.items.flatMap(({ asset, price }) =>
    price.good === null || price.degraded || price.dueMs < endMs
      ? []
      : [{ asset: asset.id, value: price.good.value }],
  );
  const isFirst = clock.dayMs === 0;
  if (!isFirst && closes.length > 0) addClose(state, { dayMs: clock.dayMs, closes });
  put(state.tables.clock, ONLY, { ...clock, dayMs: today });
  return !isFirst;
}

/** Adds the closes of a day, unless the day has some. */
export function addClose(state: EngineState, doc: CloseDoc): void {
  const key = String(doc.dayMs);
  if (find(state.tables.closes, key) === undefined) put(state.tables.closes, key, doc);
}

/**
 * Fits the scenario sets anew: daily, after a change of parameters, and when something is listed that the sets do not move. Without
 * enough history the old sets stay; without old sets nothing can be margined by scenarios yet.
 */
export function refit(turn: Turn): void {
  const { state, timeMs } = turn;
  const { market } = state;
  if (market === null) return;
  const doc: FitDoc = {
    asOfMs: timeMs,
    methodology: parametersOf(state).methodology,
    assets: [...market.assets.keys()],
    instruments: [...market.products.keys()],
  };
  const scenarios = fitAs(state, doc, market);
  if (isFailure(scenarios)) return;
  state.scenarios = scenarios;
  state.epoch += 1;
  put(state.tables.fit, ONLY, doc);
  turn.events.push({ kind: 'ScenariosRefitted', asOfMs: timeMs, sets: scenarios.fitted.sets.size });
}

/** Whether the sets in use move everything that the market lists. */
export function coversMarket(scenarios: Scenarios, market: Market): boolean {
  const moved = new Set(scenarios.views[0]!.base.set.factors.map(factorId));
  return factorsOfMarket(market).every((factor) => moved.has(factorId(factor)));
}

/** The scenarios of a fit, from the state alone: what {@link refit} made, made again. Refuses as fitting does. */
export function fitAs(state: EngineState, doc: FitDoc, market: Market): Scenarios | Failure {
  const history = historyOf(state);
  if (isFailure(history)) return history;
  const products = doc.instruments.map((id) => [id, find(state.tables.instruments, id)!.product] as const);
  const assets = doc.assets.map((id) => [id, market.assets.get(id)!] as const);
  const { methodology } = doc;
  const then = { ...market, timeMs: doc.asOfMs, assets: new Map(assets), products: new Map(products) };
  const fitted = fitScenarios(then, history, methodology);
  return isFailure(fitted) ? fitted : openScenarios(fitted, methodology);
}

/** All closes as a history. Refuses HISTORY_TOO_SHORT with fewer than two days. */
export function historyOf(state: EngineState): History | Failure {
  const days = state.tables.closes.items.toSorted((a, b) => a.dayMs - b.dayMs);
  if (days.length < 2) {
    return refuse('HISTORY_TOO_SHORT', {
      field: 'closes',
      value: days.length,
      expected: 'two days at least',
    });
  }
  const columns = state.tables.assets.items.map(({ asset }) => ({
    factor: { asset: asset.id, kind: 'spot' as const },
    values: days.map((): number | null => null),
  }));
  const columnOf = new Map(columns.map((column) => [column.factor.asset, column]));
  for (const [row, { closes }] of days.entries()) {
    for (const { asset, value } of closes) columnOf.get(asset)!.values[row] = value;
  }
  return parseHistory({ times: days.map(({ dayMs }) => toIsoDate(dayMs)), columns });
}
