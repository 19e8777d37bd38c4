import { isFailure } from '../base/failure.ts';
import type { Market, Price } from '../market/market.ts';
import { creditUsd, levelsOf, type Place } from './levels.ts';
import { markOf } from './scenarios.ts';
import type { EngineState } from './state.ts';
import { type Unit, unitOf } from './unit.ts';

const TRUSTING: WeakMap<Market, Place> = new WeakMap();

/** The same market with every price that is kept alive taken at its word. */
function trusting(place: Place): Place {
  const known = TRUSTING.get(place.market);
  if (known !== undefined && known.methodology === place.methodology) return known;
  const { market } = place;
  const trust = (price: Price): Price => (price.degraded ? { ...price, confidence: 1 } : price);
  const assets = [...market.assets].map(([id, q]) => [id, { ...q, index: trust(q.index) }] as const);
  const quotes = [...market.quotes].map(([id, q]) => [id, { ...q, mark: trust(q.mark) }] as const);
  const made = {
    ...place,
    market: { ...market, assets: new Map(assets), quotes: new Map(quotes) },
    scenarios: { ...place.scenarios, marks: new Map() },
  };
  TRUSTING.set(market, made);
  return made;
}

/**
 * Whether an account that rests on prices kept alive may be liquidated all the same: only if it is below maintenance both with those
 * prices taken at their word and without the positions that hang on them. So no stale price liquidates anybody, and nobody hides behind a
 * crumb of something that has none.
 */
export function isShortWithoutDegraded(state: EngineState, index: number, place: Place): boolean {
  const unit = unitOf(state, index);
  const at = trusting(place);
  return (
    isShort(state, index, { unit, at }) && isShort(state, index, { unit: withoutDegraded(unit, at), at })
  );
}

function withoutDegraded(unit: Unit, { market, scenarios }: Place): Unit {
  const positions = unit.positions.filter(({ instrument }) => {
    const product = market.products.get(instrument);
    if (product === undefined || product.kind === 'spot') return false;
    const mark = markOf(scenarios, market, product);
    return !isFailure(mark) && !mark.degraded;
  });
  return { ...unit, positions };
}

function isShort(
  state: EngineState,
  index: number,
  { unit, at }: { readonly unit: Unit; readonly at: Place },
): boolean {
  const levels = levelsOf(state, unit, at);
  if (isFailure(levels)) return false;
  const backing = levels.equityUsd + creditUsd(state, index, at.market.timeMs);
  return backing < 0 || levels.maintenanceUsd >= at.methodology.health.liquidation.enter * backing;
}
