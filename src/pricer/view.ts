import { exp, log } from '../base/elementary.ts';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { ForwardQuote, Market, UnderlyingQuote } from '../market/market.ts';
import { surfaceVol } from '../market/surface.ts';
import { type Product, YEAR_MS, tauYears } from '../product/product.ts';
import { logMoneyness } from './black76.ts';

/**
 * All that one product's value depends on, in one market or scenario. Prices in USD, > 0: `indexUsd` of the underlying,
 * `settleUsd` of the settlement asset, `forwardUsd` of the product's expiry (for a perpetual: its own mark; for spot: the
 * index). `tauYears` is Infinity without expiry; `vol` and `rate` are 0 for what is no option.
 */
export type PricingView = {
  readonly indexUsd: number;
  readonly settleUsd: number;
  readonly forwardUsd: number;
  readonly tauYears: number;
  readonly vol: number;
  readonly rate: number;
};

/** Forward and rate of an expiry. */
export type ForwardPoint = { readonly forward: number; readonly rate: number };

/** Annualised basis ln(F / index) / τ of one quote at `timeMs` (per year). */
function basisOf(quote: ForwardQuote, indexUsd: number, timeMs: number): number {
  return (log(quote.forward / indexUsd) * YEAR_MS) / (quote.expiryMs - timeMs);
}

/**
 * Forward (USD) and rate of any expiry (PRICE-008): the quote of that expiry where there is one, else index · e^(basis·τ) with the annualised
 * basis interpolated linearly in time between the quoted expiries and held flat beyond them; the index itself where none is
 * quoted, and from expiry on.
 */
export function forwardAt(
  underlying: UnderlyingQuote,
  at: { readonly expiryMs: number; readonly timeMs: number; readonly indexUsd: number },
): ForwardPoint {
  const { expiryMs, timeMs, indexUsd } = at;
  if (expiryMs <= timeMs) return { forward: indexUsd, rate: 0 };
  let below: ForwardQuote | undefined;
  let above: ForwardQuote | undefined;
  for (const quote of underlying.forwards) {
    if (quote.expiryMs === expiryMs) return quote;
    if (quote.expiryMs <= timeMs) continue;
    if (quote.expiryMs < expiryMs) below = quote;
    else above ??= quote;
  }
  const near = below ?? above;
  if (near === undefined) return { forward: indexUsd, rate: 0 };
  const far = above ?? near;
  const span = far.expiryMs - near.expiryMs;
  const share = span === 0 ? 0 : (expiryMs - near.expiryMs) / span;
  const nearBasis = basisOf(near, indexUsd, timeMs);
  const basis = nearBasis + share * (basisOf(far, indexUsd, timeMs) - nearBasis);
  const years = (expiryMs - timeMs) / YEAR_MS;
  return { forward: indexUsd * exp(basis * years), rate: near.rate + share * (far.rate - near.rate) };
}

/** Strike of an option in USD. */
function strikeUsd(product: Product & { kind: 'option' }, settleUsd: number): number {
  return product.form === 'inverse' ? product.strike : product.strike * settleUsd;
}

/**
 * What a product's model value depends on, read from a market. Refuses INSTRUMENT_EXPIRED (expiry before the time of the market),
 * PRICE_MISSING (underlying, settlement asset, or an option's surface not quoted) and VOLATILITY_INVALID.
 */
export function viewProduct(product: Product, market: Market): PricingView | Failure {
  const { timeMs } = market;
  if ('expiryMs' in product && product.expiryMs < timeMs) {
    const expected = `an expiry at or after ${timeMs}`;
    return refuse('INSTRUMENT_EXPIRED', { field: product.id, value: product.expiryMs, expected });
  }
  const index = market.assets.get(product.underlying);
  if (index === undefined) return missing(`assets.${product.underlying}`, 'an index price');
  const settle = market.assets.get(product.settle);
  if (settle === undefined) return missing(`assets.${product.settle}`, 'a price of the settlement asset');
  const indexUsd = index.index.value;
  const settleUsd = settle.index.value;
  if (product.kind === 'spot' || product.kind === 'perpetual') {
    const forwardUsd =
      product.kind === 'spot' ? indexUsd : perpetualUsd(product, { market, indexUsd, settleUsd });
    return { indexUsd, settleUsd, forwardUsd, tauYears: Infinity, vol: 0, rate: 0 };
  }
  const underlying = market.underlyings.get(product.underlying);
  if (underlying === undefined)
    return missing(`underlyings.${product.underlying}`, 'forwards of the underlying');
  const { forward, rate } = forwardAt(underlying, { expiryMs: product.expiryMs, timeMs, indexUsd });
  const flat = { indexUsd, settleUsd, forwardUsd: forward, tauYears: tauYears(product, timeMs) };
  if (product.kind === 'future') return { ...flat, vol: 0, rate: 0 };
  if (flat.tauYears === 0) return { ...flat, vol: 0, rate };
  if (underlying.surface === null)
    return missing(`underlyings.${product.underlying}.surface`, 'a volatility surface');
  const k = -logMoneyness(forward, strikeUsd(product, settleUsd));
  const vol = surfaceVol(underlying.surface, { logMoneyness: k, expiryMs: product.expiryMs, timeMs });
  return isFailure(vol) ? vol : { ...flat, vol, rate };
}

/** USD mark of a perpetual: its quote where there is one, else the index. */
function perpetualUsd(
  product: Product & { kind: 'perpetual' },
  at: { market: Market; indexUsd: number; settleUsd: number },
): number {
  const quote = at.market.quotes.get(product.id);
  if (quote === undefined) return at.indexUsd;
  return product.form === 'inverse' ? quote.mark.value : quote.mark.value * at.settleUsd;
}

function missing(field: string, expected: string): Failure {
  return refuse('PRICE_MISSING', { field, value: 'nothing', expected });
}
