import { type Failure, refuse } from '../base/failure.ts';
import type { AssetId, InstrumentId, Product } from '../product/product.ts';
import { refuseSurface } from './arbitrage.ts';
import type {
  AssetQuote,
  Depth,
  ForwardQuote,
  InstrumentQuote,
  Market,
  Price,
  UnderlyingQuote,
} from './market.ts';
import type { VolatilitySurface } from './surface.ts';

/** What a market is made of, in any order. */
export type MarketParts = {
  readonly revision: number;
  readonly timeMs: number;
  readonly assets: readonly AssetQuote[];
  readonly underlyings: readonly UnderlyingQuote[];
  readonly products: readonly Product[];
  readonly quotes: readonly (readonly [InstrumentId, InstrumentQuote])[];
};

const PLACES_MAX = 18;

/**
 * Checks the parts of a snapshot and puts them in order (MARKET-001 … MARKET-003): ids unique and ascending, prices finite and positive (an option's mark may be
 * 0), references known, no product past its expiry, surfaces free of arbitrage. SVI smiles without a time of fit are stamped with that of
 * the market. Refuses with the code of the first fault, in the order of the fields.
 */
export function buildMarket(parts: MarketParts): Market | Failure {
  const { revision, timeMs } = parts;
  if (!Number.isSafeInteger(timeMs)) {
    return refuse('NUMBER_OUT_OF_RANGE', { field: 'timeMs', value: timeMs, expected: 'whole milliseconds' });
  }
  if (!(Number.isSafeInteger(revision) && revision >= 0)) {
    return refuse('NUMBER_OUT_OF_RANGE', {
      field: 'revision',
      value: revision,
      expected: 'a whole number ≥ 0',
    });
  }
  const assets = byId(
    parts.assets.map((q) => [q.asset.id, q] as const),
    'assets',
  );
  if (!(assets instanceof Map)) return assets;
  const underlyings = byId(
    parts.underlyings.map((u) => [u.id, stamped(u, timeMs)] as const),
    'underlyings',
  );
  if (!(underlyings instanceof Map)) return underlyings;
  const products = byId(
    parts.products.map((p) => [p.id, p] as const),
    'products',
  );
  if (!(products instanceof Map)) return products;
  const quotes = byId(parts.quotes, 'quotes');
  if (!(quotes instanceof Map)) return quotes;
  const market: Market = { revision, timeMs, assets, underlyings, products, quotes };
  return refuseMarket(market) ?? market;
}

/** A map in ascending order of id (by code unit), or DUPLICATE_ID. */
function byId<T>(entries: readonly (readonly [string, T])[], field: string): Map<string, T> | Failure {
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const map = new Map<string, T>();
  for (const [id, entry] of sorted) {
    if (map.has(id))
      return refuse('DUPLICATE_ID', { field: `${field}.${id}`, value: id, expected: 'unique ids' });
    map.set(id, entry);
  }
  return map;
}

function stamped(quote: UnderlyingQuote, timeMs: number): UnderlyingQuote {
  if (quote.surface === null) return quote;
  const smiles = quote.surface.smiles.map((smile) =>
    smile.kind === 'svi' && smile.fittedMs === undefined && smile.expiryMs > timeMs
      ? { ...smile, fittedMs: timeMs }
      : smile,
  );
  return { ...quote, surface: { smiles } satisfies VolatilitySurface };
}

function refuseMarket(market: Market): Failure | null {
  for (const [id, quote] of market.assets) {
    const refused = refuseAsset(quote, `assets.${id}`);
    if (refused !== null) return refused;
  }
  for (const [id, quote] of market.underlyings) {
    const refused = refuseUnderlying(quote, market, `underlyings.${id}`);
    if (refused !== null) return refused;
  }
  for (const [id, product] of market.products) {
    const refused = refuseProduct(product, market, `products.${id}`);
    if (refused !== null) return refused;
  }
  for (const [id, quote] of market.quotes) {
    const refused = refuseQuote(quote, market.products.get(id), `quotes.${id}`);
    if (refused !== null) return refused;
  }
  return null;
}

/** Null where `value` is finite and `holds`, else the refusal. */
function refuseNumber(
  value: number,
  field: string,
  rule: { holds: boolean; expected: string },
): Failure | null {
  if (!Number.isFinite(value)) return refuse('NUMBER_NOT_FINITE', { field, value, expected: rule.expected });
  return rule.holds ? null : refuse('NUMBER_OUT_OF_RANGE', { field, value, expected: rule.expected });
}

function refusePositive(value: number, field: string): Failure | null {
  return refuseNumber(value, field, { holds: value > 0, expected: 'a finite number > 0' });
}

function refuseNegative(value: number, field: string): Failure | null {
  return refuseNumber(value, field, { holds: value >= 0, expected: 'a finite number ≥ 0' });
}

function refuseFraction(value: number, field: string): Failure | null {
  return refuseNumber(value, field, { holds: value >= 0 && value <= 1, expected: 'a number in [0, 1]' });
}

function refuseTrust(price: Price, field: string): Failure | null {
  return (
    refuseNegative(price.ageMs, `${field}.ageMs`) ?? refuseFraction(price.confidence, `${field}.confidence`)
  );
}

function refuseAsset(quote: AssetQuote, field: string): Failure | null {
  const { asset, index, averageValue, redemptionValue } = quote;
  const placesSound = Number.isInteger(asset.places) && asset.places >= 0 && asset.places <= PLACES_MAX;
  if (!placesSound) {
    const expected = `a whole number from 0 to ${PLACES_MAX}`;
    return refuse('NUMBER_OUT_OF_RANGE', { field: `${field}.places`, value: asset.places, expected });
  }
  return (
    refusePositive(index.value, `${field}.index`) ??
    refuseTrust(index, `${field}.index`) ??
    refusePositive(averageValue, `${field}.averageValue`) ??
    (redemptionValue === null ? null : refusePositive(redemptionValue, `${field}.redemptionValue`))
  );
}

function refuseUnderlying(quote: UnderlyingQuote, market: Market, field: string): Failure | null {
  if (!market.assets.has(quote.id)) return unknownAsset(quote.id, field);
  let expiryBefore = -Infinity;
  for (const forward of quote.forwards) {
    const refused = refuseForward(forward, expiryBefore, `${field}.forwards`);
    if (refused !== null) return refused;
    expiryBefore = forward.expiryMs;
  }
  if (quote.depth !== null) {
    const refused = refuseDepth(quote.depth, `${field}.depth`);
    if (refused !== null) return refused;
  }
  return quote.surface === null ? null : refuseSurface(quote.surface, market.timeMs, `${field}.surface`);
}

function refuseForward(quote: ForwardQuote, expiryBefore: number, field: string): Failure | null {
  if (!(quote.expiryMs > expiryBefore && quote.expiryMs < Infinity)) {
    return refuse('SHAPE_INVALID', { field, value: quote.expiryMs, expected: 'expiries that ascend' });
  }
  const at = `${field}[${quote.expiryMs}]`;
  return (
    refusePositive(quote.forward, `${at}.forward`) ??
    refuseNumber(quote.rate, `${at}.rate`, { holds: true, expected: 'a finite number' }) ??
    refuseFraction(quote.confidence, `${at}.confidence`)
  );
}

function refuseDepth(depth: Depth, field: string): Failure | null {
  let refused = refuseNegative(depth.dailyVolume, `${field}.dailyVolume`);
  refused ??= refuseNegative(depth.halfSpreadFrac, `${field}.halfSpreadFrac`);
  let bandBefore = 0;
  for (const { bandFrac, quantity } of depth.bands) {
    const expected = 'bands that ascend from above 0';
    refused ??= refuseNumber(bandFrac, `${field}.bands`, { holds: bandFrac > bandBefore, expected });
    refused ??= refuseNegative(quantity, `${field}.bands[${bandFrac}].quantity`);
    bandBefore = bandFrac;
  }
  return refused;
}

function refuseProduct(product: Product, market: Market, field: string): Failure | null {
  for (const asset of [product.underlying, product.settle]) {
    if (!market.assets.has(asset)) return unknownAsset(asset, field);
  }
  if (product.lotAtoms <= 0n) {
    return refuse('NUMBER_OUT_OF_RANGE', {
      field: `${field}.lotAtoms`,
      value: product.lotAtoms,
      expected: '> 0',
    });
  }
  if (product.kind === 'spot') return null;
  if (product.form === 'inverse' && product.settle !== product.underlying) {
    const expected = `${product.underlying}, as inverse products are paid in their underlying`;
    return refuse('SHAPE_INVALID', { field: `${field}.settle`, value: product.settle, expected });
  }
  const refused = refusePositive(product.contractSize, `${field}.contractSize`);
  if (refused !== null || product.kind === 'perpetual') return refused;
  if (!(Number.isFinite(product.expiryMs) && product.expiryMs >= market.timeMs)) {
    const expected = `at or after the market's time ${market.timeMs}`;
    return refuse('INSTRUMENT_EXPIRED', { field: `${field}.expiryMs`, value: product.expiryMs, expected });
  }
  return product.kind === 'option' ? refusePositive(product.strike, `${field}.strike`) : null;
}

function refuseQuote(quote: InstrumentQuote, product: Product | undefined, field: string): Failure | null {
  if (product === undefined) {
    return refuse('UNKNOWN_INSTRUMENT', { field, value: field, expected: 'a listed product' });
  }
  const { mark, fundingRate } = quote;
  return (
    (product.kind === 'option'
      ? refuseNegative(mark.value, `${field}.mark`)
      : refusePositive(mark.value, `${field}.mark`)) ??
    refuseTrust(mark, `${field}.mark`) ??
    (fundingRate === null
      ? null
      : refuseNumber(fundingRate, `${field}.fundingRate`, {
          holds: Math.abs(fundingRate) <= 1,
          expected: 'a fraction in [−1, 1]',
        }))
  );
}

function unknownAsset(asset: AssetId, field: string): Failure {
  return refuse('UNKNOWN_ASSET', { field, value: asset, expected: 'an asset of the market' });
}
