import { type Failure, isFailure } from '../base/failure.ts';
import type { InstrumentQuote, Market, UnderlyingQuote } from '../market/market.ts';
import type { AssetId } from '../product/product.ts';
import { priceInUnit } from './value.ts';
import { viewProduct } from './view.ts';

/** Which market each kind of input is taken from; what a source lacks comes from `listing`. */
export type MarketSources = {
  readonly listing: Market;
  readonly time: Market;
  readonly prices: Market;
  readonly vols: Market;
};

/**
 * A market that never was (PRICE-012): prices of one moment, volatilities of another, at the time of a third, for explanations. An option's mark
 * is its model value there plus the difference between quote and model in the market that prices come from. What has expired at the
 * new time is left out. Refuses what cannot be priced.
 */
export function combineMarkets(sources: MarketSources): Market | Failure {
  const { listing, time, prices, vols } = sources;
  const assets = new Map(union(listing.assets, prices.assets));
  const underlyings = new Map(
    union(listing.underlyings, prices.underlyings).map(([id, own]): [AssetId, UnderlyingQuote] => [
      id,
      { ...own, surface: (vols.underlyings.get(id) ?? own).surface },
    ]),
  );
  const products = new Map(union(prices.products, listing.products));
  const bare: Market = { ...listing, timeMs: time.timeMs, assets, underlyings, products, quotes: new Map() };
  const quotes = new Map<string, InstrumentQuote>();
  for (const [id, quote] of union(listing.quotes, prices.quotes)) {
    const value = combinedMark(id, { bare, source: prices.quotes.has(id) ? prices : listing });
    if (isFailure(value)) return value;
    if (value !== null) quotes.set(id, { ...quote, mark: { ...quote.mark, value } });
  }
  return { ...bare, quotes };
}

/** Entries of both in ascending order of id; of the second where both have one. */
function union<T>(first: ReadonlyMap<string, T>, second: ReadonlyMap<string, T>): [string, T][] {
  const both = new Map([...first, ...second]);
  return [...both.keys()].sort().map((id) => [id, both.get(id)!]);
}

function combinedMark(
  id: string,
  { bare, source }: { readonly bare: Market; readonly source: Market },
): number | null | Failure {
  const product = bare.products.get(id)!;
  const mark = source.quotes.get(id)!.mark.value;
  if (product.kind !== 'option') return mark;
  if (product.expiryMs < bare.timeMs) return null;
  const then = viewProduct(product, source);
  if (isFailure(then)) return then;
  const now = viewProduct(product, bare);
  if (isFailure(now)) return now;
  return Math.max(0, mark + (priceInUnit(product, now) - priceInUnit(product, then)));
}
