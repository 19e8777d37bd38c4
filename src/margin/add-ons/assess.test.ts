import { describe, expect, it } from 'vitest';
import { isFailure } from '../../base/failure.ts';
import { assessPool } from '../../collateral/pool.ts';
import type { Market } from '../../market/market.ts';
import type { Account } from '../../portfolio/account.ts';
import { YEAR_MS } from '../../product/product.ts';
import { assess } from '../assess.ts';
import {
  FAR_MS,
  type Holding,
  inputOf,
  makeAccount,
  makeMarket,
  MARKET,
  PLAIN,
  TIME_MS,
} from '../universe.fixture.ts';
import { valueBook } from '../valued-book.ts';
import { type AddOn, type AddOnInput, splitByWeight } from './add-on.ts';
import { assessAddOns } from './assess.ts';

const IMPACT = new Map([
  ['BTC', 0.03],
  ['ETH', 0.04],
  ['LUNA', 0.07],
]);

function inputFor(account: Account, market: Market = MARKET, change: Partial<AddOnInput> = {}): AddOnInput {
  const book = valueBook(account, market);
  if (isFailure(book)) throw new Error(book.expected);
  const pool = assessPool(book.holdings, market, PLAIN.collateral);
  if (isFailure(pool)) throw new Error(pool.expected);
  const shared = { parameters: PLAIN.addOns, coreUsd: 0, linked: new Map(), dailyVol: IMPACT };
  return { book, pool, ...shared, ...change };
}

/** Every charge, its split checked: no part is lost (ADDON-010). */
function chargesOf(input: AddOnInput): Map<string, AddOn> {
  const addOns = assessAddOns(input);
  for (const { id, usd, byPosition, byAsset } of addOns) {
    const parts = [...byPosition, ...byAsset.values()].reduce((sum, x) => sum + x, 0);
    expect(usd, id).toBeGreaterThanOrEqual(0);
    expect(parts, id).toBeCloseTo(usd, 6);
  }
  return new Map(addOns.map((addOn) => [addOn.id, addOn]));
}

const usd = (id: string, holdings: readonly Holding[], balances?: Record<string, number>): number =>
  chargesOf(inputFor(makeAccount(holdings, balances)))!.get(id)!.usd;

/** The underlyings of the market, BTC without a known depth. */
const SHALLOW = makeMarket({
  underlyings: [...MARKET.underlyings.values()].map((u) => (u.id === 'BTC' ? { ...u, depth: null } : u)),
});

describe('a liquidity charge (ADDON-001)', () => {
  it('is half the spread and the square-root impact of the net delta', () => {
    const size = 50 * 100_050 * 0.9998;
    const impact = size * 0.03 * Math.sqrt(size / (20_000 * 100_000));
    expect(usd('liquidity', [['BTC-P', 50]])).toBeCloseTo(0.0001 * 50 * 100_000 + impact, 4);
    expect(
      usd('liquidity', [
        ['BTC-P', 50],
        ['BTC-P-TWIN', -50],
      ]),
    ).toBeCloseTo(0.0001 * 100 * 100_000, 4);
  });

  it('is by vega for options, and a flat fraction where depth is not known', () => {
    const input = inputFor(
      makeAccount([
        ['BTC-C', 10],
        ['BTC-C-TWIN', -10],
      ]),
    );
    const vega = input.book.pooled.reduce((sum, p) => sum + Math.abs(p.vegaUsd), 0);
    expect(chargesOf(input).get('liquidity')!.usd).toBeCloseTo(0.005 * vega, 6);
    const unknown = chargesOf(inputFor(makeAccount([['BTC-P', 2]]), SHALLOW)).get('liquidity')!;
    expect(unknown.usd).toBeCloseTo(0.02 * 2 * 100_000, 6);
  });
});

describe('charges along the curve', () => {
  it('move the basis in parallel and in a twist (ADDON-002)', () => {
    const deltaYears = (3 * 101_500 * (FAR_MS - TIME_MS)) / YEAR_MS;
    expect(usd('basis', [['BTC-F', 3]])).toBeCloseTo(0.02 * deltaYears, 4);
    expect(usd('basis', [['BTC-P', 3]])).toBe(0);
    const input = inputFor(
      makeAccount([
        ['BTC-F', 3],
        ['BTC-C', -10],
      ]),
    );
    const [far, near] = input.book.pooled.map((p) => {
      const expiryMs = 'expiryMs' in p.product ? p.product.expiryMs : TIME_MS;
      return (p.deltaUsd * (expiryMs - TIME_MS)) / YEAR_MS;
    });
    const net = Math.abs(far! + near!);
    const twist = Math.abs(far!) + Math.abs(near!) - net;
    expect(chargesOf(input).get('basis')!.usd).toBeCloseTo(0.02 * net + 0.04 * twist, 4);
  });

  it('charge vegas that offset each other across expiries, and only those (ADDON-003)', () => {
    expect(usd('vega-term', [['BTC-PUT', -5]])).toBe(0);
    const input = inputFor(
      makeAccount([
        ['BTC-PUT', -5],
        ['BTC-PUT-FAR', 5],
      ]),
    );
    const [near, far] = input.book.pooled.map((p) => p.vegaUsd);
    const twist = Math.abs(near!) + Math.abs(far!) - Math.abs(near! + far!);
    expect(chargesOf(input).get('vega-term')!.usd).toBeCloseTo(0.02 * twist, 6);
  });
});

describe('a least requirement for net short options (ADDON-004)', () => {
  it('counts calls and puts apart, and charges what the core lacks', () => {
    expect(
      usd('short-option-minimum', [
        ['BTC-C', -10],
        ['BTC-PUT', -4],
      ]),
    ).toBeCloseTo(0.01 * 14 * 100_000, 6);
    expect(
      usd('short-option-minimum', [
        ['BTC-C', -10],
        ['BTC-INV-C', 10],
      ]),
    ).toBe(0);
    const enough = inputFor(makeAccount([['BTC-C', -10]]), MARKET, { coreUsd: 4_000 });
    expect(chargesOf(enough).get('short-option-minimum')!.usd).toBeCloseTo(6_000, 6);
  });
});

describe('charges for trust', () => {
  it('see collateral and position of one issuer (ADDON-005)', () => {
    const wrongWay = (holdings: readonly Holding[], ust: number): number =>
      usd('wrong-way', holdings, { UST: ust });
    expect(wrongWay([['LUNA-P', 1_000]], 1_000_000)).toBeCloseTo(0.6 * 50_000, 6);
    expect(wrongWay([['LUNA-P', 1_000]], 10_000)).toBeCloseTo(0.6 * 9_900, 6);
    expect(wrongWay([['LUNA-P', -1_000]], 1_000_000)).toBe(0);
    expect(wrongWay([['BTC-P', 1]], 1_000_000)).toBe(0);
  });

  it('see a stablecoin below its peg, measured in what it is pegged to (ADDON-006)', () => {
    const at = (value: number, pegTo: string): number => {
      const ust = MARKET.assets.get('UST')!;
      const asset = { ...ust.asset, pegTo };
      const market = makeMarket({
        assets: [{ ...ust, asset, index: { ...ust.index, value }, averageValue: value }],
      });
      return chargesOf(inputFor(makeAccount([], { UST: 1_000 }), market)).get('depeg')!.usd;
    };
    expect(at(0.95, 'USD')).toBeCloseTo(1.2 * (0.98 - 0.95) * 1_000, 6);
    expect(at(0.98, 'USD')).toBe(0);
    expect(at(3_900, 'ETH')).toBeCloseTo(1.2 * (0.98 * 4_000 - 3_900) * 1_000, 4);
  });

  it('see prices of low confidence (ADDON-007)', () => {
    const btc = MARKET.assets.get('BTC')!;
    const market = makeMarket({ assets: [{ ...btc, index: { ...btc.index, confidence: 0.4 } }] });
    const charged = chargesOf(inputFor(makeAccount([['BTC-P', -2]], { BTC: 1 }), market)).get('oracle')!;
    expect(charged.byPosition[0]).toBeCloseTo(0.6 * 0.5 * 200_000, 6);
    expect(charged.byAsset.get('BTC')).toBeCloseTo(0.6 * 0.5 * 100_000, 6);
    expect(usd('oracle', [['BTC-P', -2]])).toBe(0);
  });
});

describe('charges from outside the book', () => {
  it('multiply the core by the outcome of a backtest (ADDON-008)', () => {
    const parameters = { ...PLAIN.addOns, modelMultiplier: 1.25 };
    const charged = (account: Account): number =>
      chargesOf(inputFor(account, MARKET, { parameters, coreUsd: 8_000 })).get('model-multiplier')!.usd;
    expect(
      charged(
        makeAccount([
          ['BTC-P', 1],
          ['ETH-P', 1],
        ]),
      ),
    ).toBeCloseTo(2_000, 9);
    expect(charged(makeAccount([]))).toBe(0);
  });

  it('raise the impact rate to that of the whole owner (ADDON-009)', () => {
    const linkedUsd = (units: number): number =>
      chargesOf(inputFor(makeAccount([['BTC-P', 10]]), MARKET, { linked: new Map([['BTC', units]]) })).get(
        'linked-accounts',
      )!.usd;
    const own = 10 * 100_050 * 0.9998;
    const rate = (size: number): number => 0.03 * Math.sqrt(size / 2e9);
    expect(linkedUsd(30)).toBeCloseTo(own * (rate(own + 3_000_000) - rate(own)), 6);
    expect([linkedUsd(-30), linkedUsd(0)]).toEqual([0, 0]);
  });

  it('refuse the report where a linked account cannot be valued (ADDON-009)', () => {
    const broken = makeAccount([], {}, { id: 'b', balances: new Map([['DOGE', 1n]]) });
    const report = assess('unified', inputOf(makeAccount([['BTC-P', 1]]), { linked: [broken] }));
    expect(isFailure(report) && report.failure).toBe('UNKNOWN_ASSET');
  });
});

describe('a split (ADDON-010)', () => {
  it('is in proportion, and even where nothing weighs', () => {
    expect([...splitByWeight(6, Float64Array.of(1, 2, 0))]).toEqual([2, 4, 0]);
    expect([...splitByWeight(6, Float64Array.of(0, 0, 0))]).toEqual([2, 2, 2]);
    expect(splitByWeight(6, new Float64Array(0)).length).toBe(0);
  });
});
