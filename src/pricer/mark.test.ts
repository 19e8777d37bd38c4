import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp } from '../base/elementary.ts';
import { isFailure } from '../base/failure.ts';
import { buildMarket } from '../market/build.ts';
import type { AssetQuote, InstrumentQuote, Market, Price, UnderlyingQuote } from '../market/market.ts';
import { type Future, type Option, type Perpetual, type Product, YEAR_MS } from '../product/product.ts';
import { priceBlack76 } from './black76.ts';
import { contractCost } from './cost.ts';
import { markContract } from './mark.ts';
import { greeksUsd, valueInSettle } from './value.ts';
import { type PricingView, forwardAt, viewProduct } from './view.ts';

const price = (value: number, confidence = 1): Price => ({ value, ageMs: 0, confidence, degraded: false });
const asset = (id: string, value: number): AssetQuote => ({
  asset: { id, places: 8, kind: 'coin', issuer: null, pegTo: null },
  index: price(value),
  averageValue: value,
  redemptionValue: null,
});
const inverse = { underlying: 'BTC', settle: 'BTC', form: 'inverse', lotAtoms: 1n } as const;
const linear = { ...inverse, settle: 'USDC', form: 'linear' } as const;
const expiryMs = 0.5 * YEAR_MS;
const perpetual: Perpetual = { ...inverse, kind: 'perpetual', id: 'BTC-PERPETUAL', contractSize: 10 };
const linearPerpetual: Perpetual = {
  ...linear,
  kind: 'perpetual',
  id: 'BTC_USDC-PERPETUAL',
  contractSize: 0.001,
};
const future: Future = { ...inverse, kind: 'future', id: 'BTC-F', contractSize: 10, expiryMs };
const coinCall: Option = {
  ...inverse,
  kind: 'option',
  id: 'BTC-C',
  contractSize: 1,
  expiryMs,
  strike: 55_000,
  right: 'call',
};
const cashPut: Option = {
  ...linear,
  kind: 'option',
  id: 'BTC_USDC-P',
  contractSize: 0.1,
  expiryMs,
  strike: 48_000,
  right: 'put',
};
const products: Product[] = [perpetual, linearPerpetual, future, coinCall, cashPut];
const underlying: UnderlyingQuote = {
  id: 'BTC',
  forwards: [{ expiryMs, forward: 51_000, rate: 0.04, confidence: 0.9 }],
  surface: { smiles: [{ kind: 'grid', expiryMs, logMoneyness: [-0.5, 0, 0.5], vols: [0.61, 0.6, 0.61] }] },
  depth: null,
};

function marketOf(
  change: { underlying?: Partial<UnderlyingQuote>; quotes?: [string, InstrumentQuote][] } = {},
): Market {
  const built = buildMarket({
    revision: 0,
    timeMs: 0,
    assets: [asset('BTC', 50_000), asset('USDC', 0.98)],
    underlyings: [{ ...underlying, ...change.underlying }],
    products,
    quotes: change.quotes ?? [],
  });
  if (isFailure(built)) throw new Error(built.field);
  return built;
}

function marked(
  product: Product,
  market = marketOf(),
): Exclude<ReturnType<typeof markContract>, { failure: string }> {
  const mark = markContract(product, market);
  if (isFailure(mark)) throw new Error(mark.failure);
  return mark;
}

describe('the value of a contract', () => {
  it('is Black-76 on the forward in the settlement asset for a linear option', () => {
    const mark = marked(cashPut);
    const o = { right: 'put', forward: 51_000 / 0.98, strike: 48_000, tauYears: 0.5, rate: 0.04 } as const;
    const value = 0.1 * priceBlack76({ ...o, vol: mark.view.vol });
    expect(mark.valueSettle).toBeCloseTo(value, 10);
    expect(mark.valueUsd).toBeCloseTo(0.98 * value, 10);
    expect(mark.notionalUsd).toBe(5_000);
    expect(mark.indexInStrikeUnit).toBe(50_000 / 0.98);
    expect(mark.source).toBe('model');
    expect(mark.confidence).toBe(0.9);
  });

  it('is V/F in coin, undiscounted, for an inverse option', () => {
    const { valueSettle, view, notionalUsd } = marked(coinCall);
    const o = { right: 'call', forward: 51_000, strike: 55_000, tauYears: 0.5, rate: 0 } as const;
    expect(valueSettle).toBeCloseTo(priceBlack76({ ...o, vol: view.vol }) / 51_000, 14);
    expect(notionalUsd).toBe(50_000);
  });

  it('is m·P or −m/P for futures and perpetuals', () => {
    expect(marked(future).valueSettle).toBe(-10 / 51_000);
    expect(marked(perpetual).valueSettle).toBe(-10 / 50_000);
    expect(marked(perpetual).notionalUsd).toBe(10);
    expect(marked(linearPerpetual).valueSettle).toBeCloseTo(50 / 0.98, 12);
    expect(marked({ ...linear, kind: 'spot', id: 'BTC_USDC' }).mark).toBeCloseTo(50_000 / 0.98, 9);
  });

  it('follows the quoted mark where there is one, and the trust in it (PRICE-009)', () => {
    const quotes: [string, InstrumentQuote][] = [['BTC-C', { mark: price(0.123, 0.4), fundingRate: null }]];
    const mark = marked(coinCall, marketOf({ quotes }));
    expect([mark.mark, mark.valueSettle, mark.source, mark.confidence]).toEqual([0.123, 0.123, 'quote', 0.4]);
  });

  it('is what the contract cost where it was entered at the mark (AMOUNT-004)', () => {
    const at = { market: marketOf(), field: 'entryPrice' };
    expect(contractCost(perpetual, null, at)).toBe(marked(perpetual).valueSettle);
    expect(contractCost(perpetual, 40_000, at)).toBe(-10 / 40_000);
    expect(contractCost(cashPut, 100, at)).toBe(10);
    expect(contractCost(cashPut, 0, at)).toBe(0);
    expect(contractCost(future, 0, at)).toMatchObject({ failure: 'NUMBER_OUT_OF_RANGE' });
    expect(contractCost(coinCall, -1, at)).toMatchObject({ failure: 'NUMBER_OUT_OF_RANGE' });
    expect(contractCost(perpetual, 5e-324, at)).toMatchObject({ failure: 'NUMBER_OUT_OF_RANGE' });
  });

  it('is refused after expiry, without an index, a forward market or a surface (PRODUCT-009)', () => {
    const market = marketOf();
    const codeOf = (product: Product, own: Market): string | null => {
      const mark = markContract(product, own);
      return isFailure(mark) ? mark.failure : null;
    };
    expect(codeOf(coinCall, { ...market, timeMs: expiryMs + 1 })).toBe('INSTRUMENT_EXPIRED');
    expect(codeOf(coinCall, { ...market, timeMs: expiryMs })).toBeNull();
    expect(codeOf({ ...perpetual, underlying: 'DOGE' }, market)).toBe('PRICE_MISSING');
    expect(codeOf({ ...perpetual, settle: 'DOGE' }, market)).toBe('PRICE_MISSING');
    expect(codeOf(coinCall, { ...market, underlyings: new Map() })).toBe('PRICE_MISSING');
    expect(codeOf(coinCall, marketOf({ underlying: { surface: null } }))).toBe('PRICE_MISSING');
    expect(codeOf(future, marketOf({ underlying: { surface: null } }))).toBeNull();
  });
});

describe('a forward (PRICE-008)', () => {
  const at = (expiry: number, own: Partial<UnderlyingQuote> = {}) =>
    forwardAt({ ...underlying, ...own }, { expiryMs: expiry, timeMs: 0, indexUsd: 50_000 });

  it('is the quoted one of its expiry', () => {
    expect(at(expiryMs)).toMatchObject({ forward: 51_000, rate: 0.04 });
  });

  it('has the annualised basis of its neighbours between and beyond quotes', () => {
    const two = [
      { expiryMs: 0.5 * YEAR_MS, forward: 50_000 * exp(0.02 * 0.5), rate: 0.02, confidence: 1 },
      { expiryMs: YEAR_MS, forward: 50_000 * exp(0.06), rate: 0.06, confidence: 1 },
    ];
    const middle = at(0.75 * YEAR_MS, { forwards: two });
    expect(middle.forward).toBeCloseTo(50_000 * exp(0.04 * 0.75), 6);
    expect(middle.rate).toBeCloseTo(0.04, 15);
    expect(at(0.1 * YEAR_MS, { forwards: two }).forward).toBeCloseTo(50_000 * exp(0.002), 6);
    expect(at(2 * YEAR_MS, { forwards: two }).forward).toBeCloseTo(50_000 * exp(0.12), 6);
  });

  it('is the index where none is quoted', () => {
    expect(at(expiryMs, { forwards: [] })).toEqual({ forward: 50_000, rate: 0 });
  });
});

describe('Greeks in USD (PRICE-010)', () => {
  const moved = (product: Product, view: PricingView, by: number): number => {
    const next = {
      ...view,
      indexUsd: view.indexUsd * (1 + by),
      forwardUsd: view.forwardUsd * (1 + by),
      settleUsd: product.settle === product.underlying ? view.settleUsd * (1 + by) : view.settleUsd,
    };
    return (valueInSettle(product, next) - valueInSettle(product, view)) * next.settleUsd;
  };

  it('are the slope and curvature of the P&L of a position entered now, coins revalued', () => {
    for (const product of products) {
      const view = viewProduct(product, marketOf());
      if (isFailure(view)) throw new Error(view.failure);
      const g = greeksUsd(product, view);
      const h = 1e-4;
      const slope = (moved(product, view, h) - moved(product, view, -h)) / (2 * h);
      const curve = (moved(product, view, h) + moved(product, view, -h)) / (h * h);
      expect(g.deltaUsd / slope).toBeCloseTo(1, 6);
      expect(Math.abs(g.gammaUsd - curve)).toBeLessThan(2e-3 * Math.abs(g.deltaUsd));
    }
  });

  it('carry vega, theta and cross terms per contract', () => {
    for (const product of [coinCall, cashPut]) {
      const view = viewProduct(product, marketOf());
      if (isFailure(view)) throw new Error(view.failure);
      const usd = (change: Partial<PricingView>): number =>
        valueInSettle(product, { ...view, ...change }) * view.settleUsd;
      const g = greeksUsd(product, view);
      const h = 1e-5;
      expect(g.vegaUsd / ((usd({ vol: view.vol + h }) - usd({ vol: view.vol - h })) / (2 * h))).toBeCloseTo(
        1,
        6,
      );
      const decay = (usd({ tauYears: 0.5 - h }) - usd({ tauYears: 0.5 + h })) / (2 * h) / 365;
      expect(g.thetaUsd / decay).toBeCloseTo(1, 6);
      const delta = (vol: number): number => greeksUsd(product, { ...view, vol }).deltaUsd;
      expect(g.vannaUsd / ((delta(view.vol + h) - delta(view.vol - h)) / (2 * h))).toBeCloseTo(1, 5);
      const vega = (vol: number): number => greeksUsd(product, { ...view, vol }).vegaUsd;
      expect(g.volgaUsd / ((vega(view.vol + h) - vega(view.vol - h)) / (2 * h))).toBeCloseTo(1, 4);
      const byRate = (usd({ rate: view.rate + h }) - usd({ rate: view.rate - h })) / (2 * h);
      expect(g.rhoUsd).toBeCloseTo(byRate, 4);
    }
  });

  it('show an inverse contract as linear in USD: the coins of a rise are worth more', () => {
    fc.assert(
      fc.property(fc.double({ min: -0.9, max: 3, noNaN: true }), (by) => {
        const view: PricingView = {
          indexUsd: 5e4,
          settleUsd: 5e4,
          forwardUsd: 5e4,
          tauYears: Infinity,
          vol: 0,
          rate: 0,
        };
        expect(moved(perpetual, view, by)).toBeCloseTo(10 * by, 9);
      }),
      { seed: 10, numRuns: 100 },
    );
  });
});
