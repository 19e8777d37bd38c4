import { toNumber } from '../base/amount.ts';
import { type Breaker, type BreakerOverride, openBreaker, stepBreaker } from '../breaker/breaker.ts';
import {
  type BreakerAct,
  type BreakerLevel,
  allowsAct,
  instrumentScope,
  underlyingScope,
  VENUE_SCOPE,
  worstLevel,
} from '../breaker/level.ts';
import type { BreakerParameters, BreakerSignals } from '../breaker/parameters.ts';
import {
  calledFrac,
  deviationFrac,
  divergenceFrac,
  fundDrawdownFrac,
  liquidationFrac,
  observePrice,
  type PriceRange,
  velocityFrac,
} from '../breaker/signals.ts';
import { type Failure, refuse } from '../base/failure.ts';
import { HOUSE, rowBalances } from '../ledger/ledger.ts';
import { depthWithin } from '../liquidation/pace.ts';
import type { Product } from '../product/product.ts';
import type { BreakerDoc, PriceDoc } from './documents.ts';
import { spentNow } from './pacing.ts';
import { priceAt, qualityOf } from './prices.ts';
import { type EngineState, parametersOf, type Turn } from './state.ts';
import { find, put } from './table.ts';

/** What is in force in one scope. */
function levelIn(state: EngineState, scope: string): BreakerLevel {
  return find(state.tables.breakers, scope)?.breaker.inForce ?? 'normal';
}

/** What bears on a product: the worst of the venue's breaker, its underlying's and its own. Null: the venue's alone. */
export function breakerOn(state: EngineState, product: Product | null): BreakerLevel {
  const venue = levelIn(state, VENUE_SCOPE);
  if (product === null) return venue;
  const underlying = levelIn(state, underlyingScope(product.underlying));
  return worstLevel([venue, underlying, levelIn(state, instrumentScope(product.id))]);
}

/** BREAKER_ACTIVE unless the breakers on a product (null: the venue's) allow an act. */
export function refuseAct(state: EngineState, product: Product | null, act: BreakerAct): Failure | null {
  const level = breakerOn(state, product);
  if (allowsAct(level, act)) return null;
  const field = product === null ? VENUE_SCOPE : product.id;
  return refuse('BREAKER_ACTIVE', { field, value: level, expected: `a breaker that allows to ${act}` });
}

/**
 * Moves every breaker on: after a new market, when time passes, and when an override changes. Each scope has its own memory; overrides in
 * force hold it.
 */
export function stirBreakers(turn: Turn): void {
  const { state } = turn;
  if (state.market === null) return;
  const { breakers } = parametersOf(state).rules;
  const held = new Set<string>();
  for (const doc of state.tables.instruments.items) {
    const { product } = doc;
    if (product.kind === 'spot' || doc.settlementPrice !== null) continue;
    held.add(product.underlying);
    if (product.kind === 'option') continue;
    const perpetual = product.kind === 'perpetual' ? product : null;
    stir(turn, instrumentScope(product.id), {
      parameters: breakers.instrument,
      price: doc.price,
      signals: { ...priceSignals(turn, doc.price, null), deviationFrac: deviation(state, perpetual) },
    });
  }
  for (const asset of [...held].sort()) {
    const doc = find(state.tables.assets, asset)!;
    stir(turn, underlyingScope(asset), {
      parameters: breakers.underlying,
      price: doc.price,
      signals: { ...priceSignals(turn, doc.price, asset), liquidationFrac: liquidations(turn, asset) },
    });
  }
  stir(turn, VENUE_SCOPE, { parameters: breakers.venue, price: null, signals: venueSignals(turn) });
}

type Stirred = {
  readonly parameters: BreakerParameters;
  readonly price: PriceDoc | null;
  readonly signals: BreakerSignals;
};

function stir(turn: Turn, scope: string, { parameters, price, signals }: Stirred): void {
  const { state, timeMs } = turn;
  const known = find(state.tables.breakers, scope);
  const doc: BreakerDoc = known ?? { breaker: openBreaker(timeMs), range: null, peakCents: 0n };
  const { windowMs } = parametersOf(state).rules.breakers;
  const range = price === null ? null : rangeOf(doc.range, price, { timeMs, windowMs });
  const all = price === null ? signals : { ...signals, velocityFrac: velocityFrac(range) };
  const override = overrideOf(state, scope);
  const step = stepBreaker(doc.breaker, { signals: all, parameters, override, timeMs });
  const peakCents = scope === VENUE_SCOPE ? peakOf(state, doc.peakCents) : 0n;
  if (
    known === undefined ||
    range !== doc.range ||
    !isSame(step.state, doc.breaker) ||
    peakCents !== doc.peakCents
  ) {
    put(state.tables.breakers, scope, { breaker: step.state, range, peakCents });
  }
  if (!step.changed) return;
  const from = doc.breaker.inForce;
  turn.events.push({ kind: 'BreakerChanged', scope, from, to: step.state.inForce, reason: step.reason });
}

function isSame(a: Breaker, b: Breaker): boolean {
  return a.level === b.level && a.sinceMs === b.sinceMs && a.inForce === b.inForce;
}

/** A price that is kept alive adds nothing to the range. */
function rangeOf(
  range: PriceRange | null,
  price: PriceDoc,
  at: { readonly timeMs: number; readonly windowMs: number },
): PriceRange | null {
  if (price.good === null || price.degraded) return range;
  const next = observePrice(range, { timeMs: at.timeMs, price: price.good.value }, at.windowMs);
  const isEqual =
    range !== null &&
    next !== null &&
    (Object.keys(range) as (keyof PriceRange)[]).every((field) => range[field] === next[field]);
  return isEqual ? range : next;
}

function overrideOf(state: EngineState, scope: string): BreakerOverride | null {
  const { overrides } = state.tables;
  const at = overrides.items.findIndex((doc) => doc.scope === scope && doc.stage === 'in-force');
  if (at < 0) return null;
  const { state: held, untilMs } = overrides.items[at]!;
  return { id: overrides.keys[at]!, state: held, untilMs };
}

/** Age counts while the gate keeps the price alive; sources that it believes are compared with one another. */
function priceSignals({ state, timeMs }: Turn, price: PriceDoc, asset: string | null): BreakerSignals {
  const now = priceAt(price, timeMs);
  if (now === null) return {};
  const staleMs = now.degraded ? now.ageMs : 0;
  if (asset === null) return { staleMs };
  const { spreadFracMax, ageMsMax } = qualityOf(parametersOf(state).rules, 'assets', asset);
  const believed = price.sources
    .filter(({ timeMs: seen }) => timeMs - seen <= ageMsMax)
    .filter(({ value }) => Math.abs(value - now.value) <= spreadFracMax * now.value)
    .map(({ value }) => value);
  return { staleMs, divergenceFrac: believed.length > 1 ? divergenceFrac(believed) : 0 };
}

function deviation({ market }: EngineState, product: (Product & { kind: 'perpetual' }) | null): number {
  const quote = product === null ? undefined : market!.quotes.get(product.id);
  if (product === null || quote === undefined) return 0;
  const settle = product.form === 'inverse' ? 1 : market!.assets.get(product.settle)!.index.value;
  return deviationFrac(quote.mark.value * settle, market!.assets.get(product.underlying)!.index.value) ?? 0;
}

function liquidations({ state, timeMs }: Turn, asset: string): number | null {
  const volume = spentNow(state, timeMs).get(asset) ?? 0;
  const depth = state.market!.underlyings.get(asset)?.depth ?? null;
  const { bandFrac } = parametersOf(state).rules.liquidation;
  const index = state.market!.assets.get(asset)?.index.value ?? 0;
  return liquidationFrac(volume, depth === null ? null : depthWithin(depth, bandFrac) * index);
}

function venueSignals({ state, lagMs }: Turn): BreakerSignals {
  let count = 0;
  for (const { positions } of state.tables.accounts.items) if (positions.length > 0) count += 1;
  const { countMin } = parametersOf(state).rules.breakers;
  const peak = find(state.tables.breakers, VENUE_SCOPE)?.peakCents ?? 0n;
  const signals = {
    fundDrawdownFrac: fundDrawdownFrac(peak, fundCents(state)),
    calledFrac: calledFrac(state.called.size, count, countMin),
  };
  return lagMs === null ? signals : { ...signals, lagMs };
}

function fundCents({ ledger, market }: EngineState): bigint {
  let usd = 0;
  for (const { asset, atoms } of rowBalances(ledger, ledger.rowOf.get(HOUSE.insurance)!)) {
    usd += toNumber(atoms, asset.places) * (market!.assets.get(asset.id)?.index.value ?? 0);
  }
  return BigInt(Math.floor(usd * 100));
}

function peakOf(state: EngineState, before: bigint): bigint {
  const now = fundCents(state);
  return now > before ? now : before;
}
