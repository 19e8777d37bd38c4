import { exp } from '../base/elementary.ts';
import { type Failure, refuse } from '../base/failure.ts';
import { DAY_MS } from '../base/instant.ts';
import { drawNormal, makeUniform } from '../base/random.ts';
import type { Depth, ForwardQuote } from '../market/market.ts';
import type { SourceTick } from '../market/quality.ts';
import type { Smile } from '../market/surface.ts';
import type { Asset, AssetId, Derivative, InstrumentId, Product } from '../product/product.ts';
import { refuseSeed } from './draws.ts';
import {
  daysBetween,
  dailySd,
  openSpots,
  shockSpot,
  type SpotWalk,
  stepSpots,
  turmoilOf,
} from './generated-spot.ts';
import {
  type Curve,
  forwardAt,
  fundingAt,
  openCurve,
  perpetualAt,
  smilesAt,
  stepCurve,
} from './generated-surface.ts';
import { NUMERAIRE, ROOT } from './groups.ts';

/** Everything that a feed says of a market at one moment. */
export type Moment = {
  readonly assets: readonly { readonly asset: AssetId; readonly ticks: readonly SourceTick[] }[];
  readonly marks: readonly {
    readonly instrument: InstrumentId;
    readonly ticks: readonly SourceTick[];
    readonly fundingRate: number | null;
  }[];
  readonly underlyings: readonly {
    readonly id: AssetId;
    readonly forwards: readonly ForwardQuote[];
    readonly smiles: readonly Smile[];
    readonly depth: Depth;
  }[];
};

export type GeneratedMarketSpec = {
  readonly assets: readonly Asset[];
  readonly products: readonly Product[];
  readonly startMs: number;
  readonly seed: number;
  /** USD prices to begin at; a level of the table of habits where absent. */
  readonly prices: ReadonlyMap<AssetId, number>;
  /** Sources per price. */
  readonly sources: number;
};

/** A made-up market in motion. Plain state: what {@link stepMarket} and {@link shockMarket} write. */
export type GeneratedMarket = {
  readonly spec: GeneratedMarketSpec;
  readonly draw: () => number;
  readonly walk: SpotWalk;
  readonly curves: ReadonlyMap<AssetId, Curve>;
  /** Until when each source says nothing. */
  readonly silentMs: number[];
  timeMs: number;
};

/** Noise of a source as a fraction; bad prints per tick, and by which factors; silences per day and their length. */
const SOURCE_LAW = {
  noiseFrac: 0.00003,
  badPrints: 0.0003,
  badFactors: [0.65, 0.9, 1.25, 0.0001],
  silencesPerDay: 1,
  silenceMs: 120_000,
} as const;
const SOURCES_MAX = 16;

/** Daily turnover in USD, and what rests in the book within a band of mid as a share of it, in quiet times. */
const TURNOVER_USD: ReadonlyMap<AssetId, number> = new Map([
  ['BTC', 2e10],
  ['ETH', 1.2e10],
  ['SOL', 4e9],
  ['XRP', 2e9],
]);
const TURNOVER_OTHER_USD = 5e8;
const BANDS = [
  { bandFrac: 0.001, share: 1 / 3_000 },
  { bandFrac: 0.005, share: 1 / 600 },
  { bandFrac: 0.02, share: 1 / 100 },
] as const;
const HALF_SPREAD = 0.00005;

/**
 * A market to begin with (SCENARIO-035). Refuses NUMBER_OUT_OF_RANGE (seed, sources, a price that is not positive) and UNKNOWN_ASSET (a
 * product on an asset that is not there).
 */
export function openMarket(spec: GeneratedMarketSpec): GeneratedMarket | Failure {
  const refused = refuseMarket(spec);
  if (refused !== null) return refused;
  const draw = makeUniform(spec.seed);
  const walk = openSpots({ assets: spec.assets, prices: spec.prices, draw });
  const prices = stepSpots(walk, 0, new Map());
  const underlyings = [...new Set(spec.products.filter(isDerivative).map((p) => p.underlying))].sort();
  const curves = new Map(underlyings.map((id) => [id, openCurve(id, prices.get(id)!, dailySd(ROOT))]));
  return { spec, draw, walk, curves, silentMs: Array(spec.sources).fill(0), timeMs: spec.startMs };
}

/**
 * The market at a later moment. Ticks that are `imposed` are passed on as they are and their median is the asset's price; everything else
 * is drawn around it; an asset with no ticks stands still. A moment that is not later lets no time pass.
 */
export function stepMarket(
  market: GeneratedMarket,
  timeMs: number,
  imposed: ReadonlyMap<AssetId, readonly SourceTick[]> = new Map(),
): Moment {
  const days = Math.max(0, daysBetween(market.timeMs, timeMs));
  market.timeMs = Math.max(market.timeMs, timeMs);
  const medians = new Map([...imposed].map(([id, ticks]) => [id, median(ticks)] as const));
  const prices = stepSpots(market.walk, days, medians);
  for (const [id, curve] of market.curves) {
    stepCurve(curve, { days, price: prices.get(id)!, draw: market.draw });
  }
  silence(market, days);
  const assets = market.spec.assets.map(({ id }) => {
    return { asset: id, ticks: imposed.get(id) ?? ticksOf(market, prices.get(id)!, id === NUMERAIRE) };
  });
  return { assets, marks: marksOf(market, prices), underlyings: underlyingsOf(market, prices) };
}

/** Moves an asset by a fraction at the next step. Refuses UNKNOWN_ASSET and NUMBER_OUT_OF_RANGE (not in (−1, 10]). */
export function shockMarket(market: GeneratedMarket, asset: AssetId, frac: number): Failure | null {
  if (!market.spec.assets.some(({ id }) => id === asset)) {
    return refuse('UNKNOWN_ASSET', { field: 'asset', value: asset, expected: 'an asset of the market' });
  }
  if (!(frac > -1 && frac <= 10)) {
    return refuse('NUMBER_OUT_OF_RANGE', { field: 'frac', value: frac, expected: 'above −1, at most 10' });
  }
  shockSpot(market.walk, asset, frac);
  return null;
}

function isDerivative(product: Product): product is Derivative {
  return product.kind !== 'spot';
}

function median(ticks: readonly SourceTick[]): number | null {
  if (ticks.length === 0) return null;
  const values = ticks.map(({ value }) => value).sort((a, b) => a - b);
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle]! : 0.5 * (values[middle - 1]! + values[middle]!);
}

function silence(market: GeneratedMarket, days: number): void {
  const chance = 1 - exp(-SOURCE_LAW.silencesPerDay * days);
  for (let i = 0; i < market.silentMs.length; i += 1) {
    const draws = market.draw();
    if (draws < chance)
      market.silentMs[i] = market.timeMs + Math.round(2 * SOURCE_LAW.silenceMs * market.draw());
  }
}

/** What each source that speaks says of a price; of the numeraire all say 1. */
function ticksOf(market: GeneratedMarket, price: number, isFixed: boolean): SourceTick[] {
  const { draw, silentMs, timeMs, walk } = market;
  const noise = SOURCE_LAW.noiseFrac * turmoilOf(walk);
  const ticks: SourceTick[] = [];
  for (let i = 0; i < silentMs.length; i += 1) {
    if (silentMs[i]! > timeMs) continue;
    const { badFactors, badPrints } = SOURCE_LAW;
    const isBad = !isFixed && draw() < badPrints;
    const factor = isBad ? badFactors[Math.floor(draw() * badFactors.length)]! : 1;
    const value = isFixed ? price : price * factor * (1 + noise * drawNormal(draw));
    ticks.push({ source: `source-${i + 1}`, value, timeMs });
  }
  return ticks;
}

type Prices = ReadonlyMap<AssetId, number>;

/** Perpetuals and futures are quoted; options are valued on the surface. A mark is in the product's own unit. */
function marksOf(market: GeneratedMarket, prices: Prices): Moment['marks'] {
  const { spec, curves, timeMs } = market;
  return spec.products.flatMap((product): Moment['marks'][number][] => {
    if (product.kind !== 'perpetual' && product.kind !== 'future') return [];
    if (product.kind === 'future' && product.expiryMs <= timeMs) return [];
    const curve = curves.get(product.underlying)!;
    const price = prices.get(product.underlying)!;
    const usd =
      product.kind === 'perpetual'
        ? perpetualAt(curve, price)
        : forwardAt(curve, price, { expiryMs: product.expiryMs, timeMs }).forward;
    const mark = product.form === 'linear' ? usd / prices.get(product.settle)! : usd;
    const fundingRate = product.kind === 'perpetual' ? fundingAt(curve) : null;
    return [{ instrument: product.id, ticks: ticksOf(market, mark, false), fundingRate }];
  });
}

function underlyingsOf(market: GeneratedMarket, prices: Prices): Moment['underlyings'] {
  const { spec, timeMs } = market;
  return [...market.curves].map(([id, curve]) => {
    const expiriesOf = (kinds: readonly Product['kind'][]): number[] => {
      const own = spec.products.filter((p) => p.underlying === id && kinds.includes(p.kind));
      const ends = own.flatMap((p) => ('expiryMs' in p && p.expiryMs > timeMs ? [p.expiryMs] : []));
      return [...new Set(ends)].sort((a, b) => a - b);
    };
    const price = prices.get(id)!;
    return {
      id,
      forwards: expiriesOf(['future', 'option']).map((expiryMs) =>
        forwardAt(curve, price, { expiryMs, timeMs }),
      ),
      smiles: smilesAt(curve, price, { expiries: expiriesOf(['option']), timeMs }),
      depth: depthOf(id, price, turmoilOf(market.walk)),
    };
  });
}

/** Books thin out as the market is stirred, spreads widen, and more is traded. */
function depthOf(id: AssetId, price: number, turmoil: number): Depth {
  const quietVolume = (TURNOVER_USD.get(id) ?? TURNOVER_OTHER_USD) / price;
  const thin = Math.max(1, turmoil);
  return {
    dailyVolume: quietVolume * Math.max(0.5, Math.sqrt(turmoil)),
    halfSpreadFrac: HALF_SPREAD * thin,
    bands: BANDS.map(({ bandFrac, share }) => {
      return { bandFrac, quantity: (quietVolume * share) / (thin * Math.sqrt(thin)) };
    }),
  };
}

function refuseMarket(spec: GeneratedMarketSpec): Failure | null {
  if (!(Number.isInteger(spec.sources) && spec.sources >= 1 && spec.sources <= SOURCES_MAX)) {
    const expected = `a whole number from 1 to ${SOURCES_MAX}`;
    return refuse('NUMBER_OUT_OF_RANGE', { field: 'sources', value: spec.sources, expected });
  }
  if (!(Number.isSafeInteger(spec.startMs) && Math.abs(spec.startMs) < 1e5 * DAY_MS)) {
    const expected = 'whole milliseconds';
    return refuse('NUMBER_OUT_OF_RANGE', { field: 'startMs', value: spec.startMs, expected });
  }
  for (const [id, price] of spec.prices) {
    if (price > 0 && price < 1e15) continue;
    return refuse('NUMBER_OUT_OF_RANGE', {
      field: `prices.${id}`,
      value: price,
      expected: 'a positive price',
    });
  }
  for (const { id, underlying, settle } of spec.products) {
    const missing = [underlying, settle].find((asset) => !spec.assets.some((one) => one.id === asset));
    if (missing === undefined) continue;
    return refuse('UNKNOWN_ASSET', {
      field: `products.${id}`,
      value: missing,
      expected: 'an asset of the market',
    });
  }
  return refuseSeed(spec.seed);
}
