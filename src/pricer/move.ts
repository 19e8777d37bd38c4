import { type Failure, isFailure } from '../base/failure.ts';
import type { AssetQuote, InstrumentQuote, Market, UnderlyingQuote } from '../market/market.ts';
import type { Smile, VolatilitySurface } from '../market/surface.ts';
import type { AssetId, Product } from '../product/product.ts';
import { priceInUnit } from './value.ts';
import { viewProduct } from './view.ts';

/** An instantaneous move of a market. Fractions: −0.1 = −10 %; vol relative; `daysForward` passes time. */
export type MarketMove = {
  readonly spotFrac: ReadonlyMap<AssetId, number>;
  readonly volFrac: ReadonlyMap<AssetId, number>;
  readonly daysForward: number;
};

const DAY_MS = 86_400_000;

/**
 * Moves prices with their forwards and marks, volatilities, and time (PRICE-011). An option's quoted mark moves by what its model value moves
 * and keeps its difference to the model. What expires meanwhile loses its mark, so that only a position in it is refused. Refuses what the
 * moved market cannot price.
 */
export function moveMarket(market: Market, move: MarketMove): Market | Failure {
  const factor = (asset: AssetId): number => 1 + (move.spotFrac.get(asset) ?? 0);
  const assets = new Map(
    [...market.assets].map(([id, quote]): [AssetId, AssetQuote] => [id, scaleAsset(quote, factor(id))]),
  );
  const underlyings = new Map(
    [...market.underlyings].map(([id, quote]): [AssetId, UnderlyingQuote] => [
      id,
      {
        ...quote,
        forwards: quote.forwards.map((f) => ({ ...f, forward: f.forward * factor(id) })),
        surface: scaleSurface(quote.surface, 1 + (move.volFrac.get(id) ?? 0)),
      },
    ]),
  );
  const timeMs = market.timeMs + move.daysForward * DAY_MS;
  const unquoted: Market = { ...market, timeMs, assets, underlyings, quotes: new Map() };
  const quotes = moveQuotes(market, unquoted, factor);
  return isFailure(quotes) ? quotes : { ...unquoted, quotes };
}

/** {@link moveMarket} for one asset's price alone. */
export function moveSpot(market: Market, asset: AssetId, spotFrac: number): Market | Failure {
  return moveMarket(market, {
    spotFrac: new Map([[asset, spotFrac]]),
    volFrac: new Map(),
    daysForward: 0,
  });
}

function scaleAsset(quote: AssetQuote, by: number): AssetQuote {
  return {
    ...quote,
    index: { ...quote.index, value: quote.index.value * by },
    averageValue: quote.averageValue * by,
    redemptionValue: quote.redemptionValue === null ? null : quote.redemptionValue * by,
  };
}

/** Every vol times `by`: total variance scales by its square, and so do the raw SVI parameters a and b. */
function scaleSurface(surface: VolatilitySurface | null, by: number): VolatilitySurface | null {
  if (surface === null || by === 1) return surface;
  const smiles = surface.smiles.map((smile): Smile =>
    smile.kind === 'svi'
      ? { ...smile, a: smile.a * by * by, b: smile.b * by * by }
      : { ...smile, vols: smile.vols.map((vol) => vol * by) },
  );
  return { ...surface, smiles };
}

function moveQuotes(
  before: Market,
  after: Market,
  factor: (asset: AssetId) => number,
): Map<string, InstrumentQuote> | Failure {
  const quotes = new Map<string, InstrumentQuote>();
  for (const [id, quote] of before.quotes) {
    const product = before.products.get(id)!;
    if ('expiryMs' in product && product.expiryMs < after.timeMs) continue;
    const value = movedMark(product, { before, after, quote, factor });
    if (isFailure(value)) return value;
    quotes.set(id, { ...quote, mark: { ...quote.mark, value } });
  }
  return quotes;
}

function movedMark(
  product: Product,
  at: {
    readonly before: Market;
    readonly after: Market;
    readonly quote: InstrumentQuote;
    readonly factor: (asset: AssetId) => number;
  },
): number | Failure {
  const mark = at.quote.mark.value;
  if (product.kind !== 'option') {
    const spot = at.factor(product.underlying);
    const linear = product.kind === 'spot' || product.form === 'linear';
    return linear ? (mark * spot) / at.factor(product.settle) : mark * spot;
  }
  const now = viewProduct(product, at.before);
  if (isFailure(now)) return now;
  const then = viewProduct(product, at.after);
  if (isFailure(then)) return then;
  return Math.max(0, mark + (priceInUnit(product, then) - priceInUnit(product, now)));
}
