import { type Failure, isFailure } from '../base/failure.ts';
import { buildMarket } from '../market/build.ts';
import type { AssetQuote, ForwardQuote, InstrumentQuote, Market, UnderlyingQuote } from '../market/market.ts';
import type { Smile } from '../market/surface.ts';
import type { Product } from '../product/product.ts';
import type { AssetDoc, InstrumentDoc, UnderlyingDoc } from './documents.ts';
import type { MarketFrame } from './command.ts';
import { priceAt } from './prices.ts';
import type { EngineState } from './state.ts';
import { find } from './table.ts';

/**
 * The market as the documents have it at a moment: assets that have a price, and products whose assets have. A product past its expiry
 * that is not settled yet is held at this very moment, at its payoff on the index, and its last mark no longer counts.
 */
export function marketOf(
  state: EngineState,
  at: { readonly revision: number; readonly timeMs: number },
): Market {
  const { tables } = state;
  const { timeMs } = at;
  const assets = new Map<string, AssetQuote>();
  for (const doc of byId(tables.assets.items, (d) => d.asset.id)) {
    const quote = toQuote(doc, timeMs);
    if (quote !== null) assets.set(doc.asset.id, quote);
  }
  const products = new Map<string, Product>();
  const quotes = new Map<string, InstrumentQuote>();
  const underlyings = new Set<string>();
  for (const doc of byId(tables.instruments.items, (d) => d.product.id)) {
    const { product, price, fundingRate } = doc;
    if (doc.settlementPrice !== null || !assets.has(product.underlying) || !assets.has(product.settle))
      continue;
    if (product.kind !== 'spot') underlyings.add(product.underlying);
    if ('expiryMs' in product && product.expiryMs < timeMs) {
      products.set(product.id, { ...product, expiryMs: timeMs });
      continue;
    }
    products.set(product.id, product);
    const mark = priceAt(price, timeMs);
    if (mark !== null) quotes.set(product.id, { mark, fundingRate });
  }
  const quoted = [...underlyings].sort().map((id) => [id, underlyingOf(state, id)] as const);
  return { ...at, assets, underlyings: new Map(quoted), products, quotes };
}

function byId<T>(items: readonly T[], idOf: (item: T) => string): T[] {
  return items.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
}

function toQuote(doc: AssetDoc, timeMs: number): AssetQuote | null {
  const index = priceAt(doc.price, timeMs);
  if (index === null) return null;
  return { asset: doc.asset, index, averageValue: doc.averageValue, redemptionValue: doc.redemptionValue };
}

const QUOTES: WeakMap<UnderlyingDoc, UnderlyingQuote> = new WeakMap();

/** The quote of an underlying; the same object as long as its document is, so that rows know a surface that did not change. */
function underlyingOf(state: EngineState, id: string): UnderlyingQuote {
  const doc = find(state.tables.underlyings, id);
  if (doc === undefined) return { id, forwards: [], surface: null, depth: null };
  let quote = QUOTES.get(doc);
  if (quote === undefined) {
    const { forwards, smiles, depth } = doc;
    quote = { id, forwards, surface: smiles.length === 0 ? null : { smiles }, depth };
    QUOTES.set(doc, quote);
  }
  return quote;
}

type Update = MarketFrame['underlyings'][number];

/**
 * An underlying with what a frame says of it: forwards and smiles replace those of their expiry, expired ones go, a depth that is null
 * stays as it was. Checked as a market is (no arbitrage in the surface). Refuses as `buildMarket` does.
 */
export function updateUnderlying(
  before: UnderlyingDoc | undefined,
  update: Update,
  at: { readonly timeMs: number; readonly asset: AssetQuote },
): UnderlyingDoc | Failure {
  const { timeMs, asset } = at;
  const forwards = merged<ForwardQuote>(before?.forwards ?? [], update.forwards, timeMs);
  const smiles = merged<Smile>(before?.smiles ?? [], update.smiles, timeMs);
  const depth = update.depth ?? before?.depth ?? null;
  const surface = smiles.length === 0 ? null : { smiles };
  const market = buildMarket({
    revision: 0,
    timeMs,
    assets: [asset],
    underlyings: [{ id: update.id, forwards, surface, depth }],
    products: [],
    quotes: [],
  });
  if (isFailure(market)) return market;
  const quote = market.underlyings.get(update.id)!;
  return { id: update.id, forwards, smiles: quote.surface?.smiles ?? [], depth };
}

function merged<T extends { readonly expiryMs: number }>(
  before: readonly T[],
  update: readonly T[],
  timeMs: number,
): T[] {
  const alive = before.filter((old) => old.expiryMs > timeMs);
  const kept = alive.filter((old) => !update.some((one) => one.expiryMs === old.expiryMs));
  return [...kept, ...update.filter((one) => one.expiryMs > timeMs)].sort((a, b) => a.expiryMs - b.expiryMs);
}

/** Whether an instrument that is still listed has come to its expiry. */
export function isExpired(doc: InstrumentDoc, timeMs: number): boolean {
  return 'expiryMs' in doc.product && doc.product.expiryMs <= timeMs;
}
