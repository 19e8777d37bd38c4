import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { SourceTick } from '../market/quality.ts';
import { judgeRedemption } from '../market/quality.ts';
import type { MarketFrame } from './command.ts';
import type { AssetDoc, InstrumentDoc } from './documents.ts';
import { isExpired, marketOf, updateUnderlying } from './market-state.ts';
import { observePrice, priceAt, qualityOf } from './prices.ts';
import { coversMarket, recordCloses, refit } from './refit.ts';
import { refreshRows, turnPage } from './scenarios.ts';
import { clockOf, type EngineState, ONLY, parametersOf, type Turn } from './state.ts';
import { find, put } from './table.ts';

const NO_FRAME: MarketFrame = { kind: 'MarketFrame', assets: [], marks: [], underlyings: [] };

/**
 * Takes a frame: ticks through the quality gate, forwards, surfaces and depth checked, the next revision of the market from what passed.
 * What does not pass leaves the last good value in force and is named in `degraded`. Refuses UNKNOWN_ASSET and UNKNOWN_INSTRUMENT.
 */
export function takeFrame(turn: Turn, frame: MarketFrame): Failure | null {
  const unknown = refuseUnknown(turn.state, frame);
  if (unknown !== null) return unknown;
  advance(turn, frame);
  return null;
}

/** Lets time pass over the market: prices go stale, days end, instruments expire. A new revision only where something changed. */
export function passTime(turn: Turn): void {
  advance(turn, NO_FRAME);
}

function refuseUnknown(state: EngineState, frame: MarketFrame): Failure | null {
  const expected = 'something that was listed';
  for (const [field, ids] of [
    ['assets', frame.assets.map((one) => one.asset)],
    ['underlyings', frame.underlyings.map((one) => one.id)],
  ] as const) {
    const bad = ids.find((id) => !state.tables.assets.indexOf.has(id));
    if (bad !== undefined) return refuse('UNKNOWN_ASSET', { field, value: bad, expected });
  }
  const bad = frame.marks.find(({ instrument }) => !state.tables.instruments.indexOf.has(instrument));
  if (bad === undefined) return null;
  return refuse('UNKNOWN_INSTRUMENT', { field: 'marks', value: bad.instrument, expected });
}

function advance(turn: Turn, frame: MarketFrame): void {
  const { state } = turn;
  const dayEnded = recordCloses(turn);
  const rejected: string[] = [];
  const expiredBefore = clockOf(state).marketMs;
  let changed = frame !== NO_FRAME;
  changed = observeAssets(turn, frame) || changed;
  changed = observeMarks(turn, frame) || changed;
  for (const update of frame.underlyings) {
    const bad = takeUnderlying(turn, update);
    if (bad !== null) rejected.push(bad);
  }
  changed ||= state.tables.instruments.items.some(
    (doc) => doc.settlementPrice === null && isExpired(doc, turn.timeMs) && !isExpired(doc, expiredBefore),
  );
  if (changed && state.tables.assets.items.some((doc) => doc.price.good !== null))
    reviseMarket(turn, rejected);
  if (dayEnded) refit(turn);
}

/** Makes the next revision of the market from the documents, and everything that follows from it. */
export function reviseMarket(turn: Turn, rejected: readonly string[]): void {
  const { state, timeMs } = turn;
  const clock = clockOf(state);
  const revision = clock.revision + 1;
  put(state.tables.clock, ONLY, { ...clock, revision, marketMs: timeMs });
  rebuildMarket(state);
  if (state.scenarios === null || !coversMarket(state.scenarios, state.market!)) refit(turn);
  turn.revised = { rejected };
  turn.watchAll = true;
}

/** The market and the rows of what is held, from the documents and the clock alone. */
export function rebuildMarket(state: EngineState): void {
  const { revision, marketMs } = clockOf(state);
  const market = marketOf(state, { revision, timeMs: marketMs });
  state.market = market;
  state.epoch += 1;
  if (state.scenarios === null) return;
  turnPage(state.scenarios);
  const held = [...state.holders].flatMap(([id, holders]) => {
    const product = holders.size === 0 ? undefined : market.products.get(id);
    return product === undefined || product.kind === 'spot' ? [] : [product];
  });
  refreshRows(state.scenarios, market, held);
}

/** Everything whose price is kept alive by the gate, in order of listing. */
export function degradedIds({ tables }: EngineState): string[] {
  return [
    ...tables.assets.items.filter((doc) => doc.price.degraded).map((doc) => doc.asset.id),
    ...tables.instruments.items
      .filter((doc) => doc.price.degraded && doc.settlementPrice === null)
      .map((doc) => doc.product.id),
  ];
}

function observeAssets(turn: Turn, frame: MarketFrame): boolean {
  const { state } = turn;
  const updates = new Map(frame.assets.map((one) => [one.asset, one]));
  let changed = false;
  for (const doc of state.tables.assets.items) {
    const update = updates.get(doc.asset.id);
    const next = observeAsset(turn, doc, update ?? { asset: doc.asset.id, ticks: [] });
    if (next === doc) continue;
    put(state.tables.assets, doc.asset.id, next);
    changed = true;
  }
  return changed;
}

function observeAsset(turn: Turn, doc: AssetDoc, update: MarketFrame['assets'][number]): AssetDoc {
  const { timeMs } = turn;
  const { rules } = parametersOf(turn.state);
  const parameters = qualityOf(rules, 'assets', doc.asset.id);
  const price = observePrice(doc.price, update.ticks, { timeMs, parameters });
  const index = priceAt(price, timeMs);
  const published = update.redemption;
  if ((price === doc.price && published === undefined) || index === null) {
    return price === doc.price ? doc : { ...doc, price };
  }
  const redemptionValue =
    published === undefined
      ? doc.redemptionValue
      : published === null
        ? null
        : judgeRedemption(published, { timeMs, index, ...rules.redemption });
  return { ...doc, price, ...averaged(doc, index, { timeMs, averageMs: rules.averageMs }), redemptionValue };
}

/** The short average moves towards the index by the share of its time constant that passed; a degraded price does not move it. */
function averaged(
  doc: AssetDoc,
  index: { readonly value: number; readonly degraded: boolean },
  at: { readonly timeMs: number; readonly averageMs: number },
): Pick<AssetDoc, 'averageValue' | 'averageMs'> {
  if (doc.averageValue === 0) return { averageValue: index.value, averageMs: at.timeMs };
  if (index.degraded) return { averageValue: doc.averageValue, averageMs: doc.averageMs };
  const elapsed = at.timeMs - doc.averageMs;
  const share = elapsed / (elapsed + at.averageMs);
  const averageValue =
    elapsed > 0 ? doc.averageValue + (index.value - doc.averageValue) * share : doc.averageValue;
  return { averageValue, averageMs: at.timeMs };
}

function observeMarks(turn: Turn, frame: MarketFrame): boolean {
  const { state, timeMs } = turn;
  const { rules } = parametersOf(state);
  const updates = new Map(frame.marks.map((one) => [one.instrument, one]));
  const none: readonly SourceTick[] = [];
  let changed = false;
  for (const doc of state.tables.instruments.items) {
    if (doc.settlementPrice !== null || isExpired(doc, timeMs)) continue;
    const id = doc.product.id;
    const update = updates.get(id);
    const parameters = qualityOf(rules, 'marks', id);
    const price = observePrice(doc.price, update?.ticks ?? none, { timeMs, parameters });
    const next = withFunding({ ...doc, price }, update?.fundingRate ?? null, timeMs);
    if (price === doc.price && next.fundingRate === doc.fundingRate) continue;
    put(state.tables.instruments, id, next);
    changed = true;
  }
  return changed;
}

/** A funding rate outside [−1, 1] is none. Funding runs from the first rate on. */
function withFunding(doc: InstrumentDoc, rate: number | null, timeMs: number): InstrumentDoc {
  if (rate === null || doc.product.kind !== 'perpetual' || !(Math.abs(rate) <= 1)) return doc;
  return { ...doc, fundingRate: rate, fundedMs: doc.fundedMs === 0 ? timeMs : doc.fundedMs };
}

/** Null where it was taken, else what to call it among the degraded. */
function takeUnderlying(turn: Turn, update: MarketFrame['underlyings'][number]): string | null {
  const { state, timeMs } = turn;
  const doc = find(state.tables.assets, update.id)!;
  const index = priceAt(doc.price, timeMs);
  if (index === null) return `underlying ${update.id}`;
  const { asset, averageValue, redemptionValue } = doc;
  const next = updateUnderlying(find(state.tables.underlyings, update.id), update, {
    timeMs,
    asset: { asset, index, averageValue, redemptionValue },
  });
  if (isFailure(next)) return `underlying ${update.id}`;
  put(state.tables.underlyings, update.id, next);
  return null;
}
