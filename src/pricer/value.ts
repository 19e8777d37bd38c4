import { unreachable } from '../base/assert.ts';
import type { Option, Product } from '../product/product.ts';
import { type Black76, greeksBlack76, priceBlack76 } from './black76.ts';
import { futureValue } from './futures.ts';
import { type InverseOption, greeksInverse, priceInverse } from './inverse.ts';
import type { PricingView } from './view.ts';

/**
 * Sensitivities of the P&L of one long contract entered now, in USD (PRICE-010). A P&L paid in a coin is converted at the moved price of that
 * coin, so inverse products show their premium-adjusted risk. Forward and index move together.
 */
export type GreeksUsd = {
  /** Per unit of relative move of the underlying (a +1 % move wins 0.01 of it). */
  readonly deltaUsd: number;
  /** Change of `deltaUsd` per unit of relative move, second order: P&L(x) ≈ deltaUsd·x + ½·gammaUsd·x². */
  readonly gammaUsd: number;
  /** Per 1.00 of vol. */
  readonly vegaUsd: number;
  /** Per calendar day, forward and vol fixed. */
  readonly thetaUsd: number;
  /** Per 1.00 of rate, forward fixed. */
  readonly rhoUsd: number;
  /** Change of `deltaUsd` per 1.00 of vol. */
  readonly vannaUsd: number;
  /** Change of `vegaUsd` per 1.00 of vol. */
  readonly volgaUsd: number;
};

const DAYS_PER_YEAR = 365;

function linearOption(product: Option, view: PricingView): Black76 {
  return {
    right: product.right,
    forward: view.forwardUsd / view.settleUsd,
    strike: product.strike,
    tauYears: view.tauYears,
    vol: view.vol,
    rate: view.rate,
  };
}

function inverseOption(product: Option, view: PricingView): InverseOption {
  const { forwardUsd: forward, tauYears, vol } = view;
  return { right: product.right, forward, strike: product.strike, tauYears, vol };
}

/**
 * Price in the product's own unit: settlement asset for spot and linear products, USD for inverse futures and perpetuals, coin
 * (per unit of the underlying) for inverse options.
 */
export function priceInUnit(product: Product, view: PricingView): number {
  switch (product.kind) {
    case 'spot':
      return view.indexUsd / view.settleUsd;
    case 'perpetual':
    case 'future':
      return product.form === 'inverse' ? view.forwardUsd : view.forwardUsd / view.settleUsd;
    case 'option':
      return product.form === 'inverse'
        ? priceInverse(inverseOption(product, view))
        : priceBlack76(linearOption(product, view));
    default:
      return unreachable(product);
  }
}

/** Value of one contract in the settlement asset at a price in the product's own unit; P&L is a difference of such values. */
export function settleValueAt(product: Product, price: number): number {
  switch (product.kind) {
    case 'spot':
      return price;
    case 'perpetual':
    case 'future':
      return futureValue(product.form, product.contractSize, price);
    case 'option':
      return product.contractSize * price;
    default:
      return unreachable(product);
  }
}

/**
 * Value of one contract in the settlement asset: option V·m (linear, discounted) or V/F·m coin (inverse); perpetual and future
 * m·P or −m/P, of which only differences are money; spot its price (PRODUCT-003).
 */
export function valueInSettle(product: Product, view: PricingView): number {
  return settleValueAt(product, priceInUnit(product, view));
}

/** Size of one contract in USD (PRODUCT-004): m·index, or m for inverse perpetuals and futures. */
export function notionalUsd(product: Product, view: PricingView): number {
  if (product.kind === 'spot') return view.indexUsd;
  const inUsd = product.form === 'inverse' && product.kind !== 'option';
  return inUsd ? product.contractSize : product.contractSize * view.indexUsd;
}

/** Sensitivities of one contract in USD. */
export function greeksUsd(product: Product, view: PricingView): GreeksUsd {
  switch (product.kind) {
    case 'spot':
      return flatGreeks(view.indexUsd);
    case 'perpetual':
    case 'future':
      return flatGreeks(
        product.form === 'linear'
          ? product.contractSize * view.forwardUsd
          : (product.contractSize / view.forwardUsd) * view.settleUsd,
      );
    case 'option':
      return product.form === 'linear' ? linearGreeks(product, view) : inverseGreeks(product, view);
    default:
      return unreachable(product);
  }
}

/** Linear in the relative move; an inverse contract too, once its coins are turned into USD at the moved price. */
function flatGreeks(deltaUsd: number): GreeksUsd {
  return { deltaUsd, gammaUsd: 0, vegaUsd: 0, thetaUsd: 0, rhoUsd: 0, vannaUsd: 0, volgaUsd: 0 };
}

function linearGreeks(product: Option, view: PricingView): GreeksUsd {
  const option = linearOption(product, view);
  const greeks = greeksBlack76(option);
  const scale = product.contractSize * view.settleUsd;
  const { forward } = option;
  return {
    deltaUsd: scale * greeks.deltaForward * forward,
    gammaUsd: scale * greeks.gammaForward * forward * forward,
    vegaUsd: scale * greeks.vega,
    thetaUsd: (scale * greeks.theta) / DAYS_PER_YEAR,
    rhoUsd: scale * greeks.rho,
    vannaUsd: scale * greeks.vanna * forward,
    volgaUsd: scale * greeks.volga,
  };
}

/** With coin value v(F) and the coin itself moving by x, P&L = (v(F(1 + x)) − v(F))·S(1 + x): its slope is F·v′, its curvature F²·v″ + 2F·v′. */
function inverseGreeks(product: Option, view: PricingView): GreeksUsd {
  const greeks = greeksInverse(inverseOption(product, view));
  const scale = product.contractSize * view.settleUsd;
  const forward = view.forwardUsd;
  const curvature = forward * forward * greeks.coinByForwardTwice + 2 * greeks.premiumAdjustedDelta;
  return {
    deltaUsd: scale * greeks.premiumAdjustedDelta,
    gammaUsd: scale * curvature,
    vegaUsd: scale * greeks.vegaCoin,
    thetaUsd: (scale * greeks.thetaCoin) / DAYS_PER_YEAR,
    rhoUsd: 0,
    vannaUsd: scale * greeks.vannaCoin,
    volgaUsd: scale * greeks.volgaCoin,
  };
}
