import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { DAY_MS, toIsoDate } from '../base/instant.ts';
import type { Market } from '../market/market.ts';
import type { Asset, Product } from '../product/product.ts';
import { changesAt, type FactorModel, factorsOfMarket, fitFactors } from './factors.ts';
import { factorId, type History, parseHistory } from './history.ts';
import type { Factor } from './set.ts';
import { SPOT_VOL, shocksOfMove, volResponse } from './spot-vol.ts';

const START_MS = Date.UTC(2020, 0, 1);
const DAYS = 200;

function coin(id: string, pegTo: string | null = null): Asset {
  return { id, places: 8, kind: 'coin', issuer: null, pegTo };
}
function stable(id: string): Asset {
  return { ...coin(id, 'USD'), kind: 'stable' };
}
function spot(asset: string): Factor {
  return { asset, kind: 'spot' };
}

/** A repeatable wobble in (−1, 1). */
function noise(seed: number, day: number): number {
  const x = Math.abs(((day + 1) * 9301 + seed * 49297 + day * day * 233) % 233280);
  return (2 * x) / 233280 - 1;
}

type Levels = Readonly<Record<string, (day: number) => number | null>>;

function historyOf(levels: Levels, days: number = DAYS): History {
  const history = parseHistory({
    times: Array.from({ length: days }, (_, day) => toIsoDate(START_MS + day * DAY_MS)),
    columns: Object.entries(levels).map(([name, level]) => {
      const [asset, kind = 'spot'] = name.split(':') as [string, Factor['kind']?];
      return { factor: { asset, kind }, values: Array.from({ length: days }, (_, day) => level(day)) };
    }),
  });
  if (isFailure(history)) throw new Error(JSON.stringify(history));
  return history;
}

const btc = (day: number): number => 100 * (1 + 0.2 * noise(1, day));
const eth = (day: number): number => 10 * (1 + 0.3 * noise(2, day));
const sol = (day: number): number => 5 * (1 + 0.4 * noise(3, day));

type Ask = {
  history: History;
  factors: readonly Factor[];
  assets?: readonly Asset[];
  day?: number;
  seed?: number;
};

function fit({ history, factors, assets = [], day = DAYS, seed = 7 }: Ask): FactorModel {
  const model = fitFactors({ history, factors, assets, asOfMs: START_MS + day * DAY_MS, seed });
  if (isFailure(model)) throw new Error(JSON.stringify(model));
  return model;
}

describe('changes of the factors', () => {
  it('are the log returns of the prices where these are known', () => {
    const model = fit({ history: historyOf({ BTC: btc, ETH: eth }), factors: [spot('BTC'), spot('ETH')] });
    expect(model.count).toBe(DAYS - 1);
    for (const t of [0, 57, DAYS - 2]) {
      expect(changesAt(model, 0)[t]).toBeCloseTo(Math.log(btc(t + 1) / btc(t)), 14);
      expect(changesAt(model, 1)[t]).toBeCloseTo(Math.log(eth(t + 1) / eth(t)), 14);
    }
    expect(model.endLabels[0]).toBe('2020-01-02');
  });

  it('refuse a history that is too short, also one that only begins after the moment (SCENARIO-012)', () => {
    const history = historyOf({ BTC: btc });
    const ask = { history, factors: [spot('BTC')], assets: [], seed: 1 };
    for (const day of [0, 30, 60]) {
      const model = fitFactors({ ...ask, asOfMs: START_MS + day * DAY_MS });
      expect(isFailure(model) && model.failure).toBe('HISTORY_TOO_SHORT');
    }
    expect(isFailure(fitFactors({ ...ask, asOfMs: START_MS + 61 * DAY_MS }))).toBe(false);
    const badSeed = fitFactors({ ...ask, asOfMs: START_MS + DAYS * DAY_MS, seed: 1.5 });
    expect(isFailure(badSeed) && badSeed.field).toBe('seed');
  });
});

describe('a missing return', () => {
  it('is beta times the leader plus a residual of a peer on the same day, scaled to its own size (SCENARIO-013)', () => {
    const litecoin = (day: number): number => btc(day) * Math.exp(0.01 * noise(5, day));
    const ripple = (day: number): number => btc(day) ** 2 * Math.exp(0.03 * noise(6, day));
    const model = fit({
      history: historyOf({ BTC: btc, LTC: litecoin, XRP: (day) => (day < 100 ? null : ripple(day)) }),
      factors: [spot('BTC'), spot('LTC'), spot('XRP')],
    });
    const [own, peer] = [model.followers.get('XRP')!, model.followers.get('LTC')!];
    expect(own.beta).toBeGreaterThan(1.9);
    expect(own.borrowed).toBe(false);
    for (let t = 0; t < 99; t += 1) {
      const leader = changesAt(model, 0)[t]!;
      const residual = (changesAt(model, 1)[t]! - peer.beta * leader) / peer.residualSd;
      expect(changesAt(model, 2)[t]).toBeCloseTo(own.beta * leader + own.residualSd * residual, 14);
    }
  });

  it('of a young asset borrows beta and residual from the riskier of its peers (SCENARIO-014)', () => {
    const model = fit({
      history: historyOf({
        BTC: btc,
        LTC: (day) => btc(day) ** 1.5 * Math.exp(0.02 * noise(5, day)),
        XRP: (day) => btc(day) * Math.exp(0.01 * noise(6, day)),
        XLM: (day) => (day < 190 ? null : 1),
      }),
      factors: [spot('BTC'), spot('XLM'), spot('LTC')],
    });
    const young = model.followers.get('XLM')!;
    const litecoin = model.followers.get('LTC')!;
    expect(young).toEqual({ ...litecoin, borrowed: true });
    const leader = changesAt(model, 0);
    const own = changesAt(model, 1);
    const residuals = own.subarray(0, 188).map((r, t) => r - young.beta * leader[t]!);
    const size = Math.sqrt(residuals.reduce((sum, e) => sum + e * e, 0) / 188);
    expect(size).toBeGreaterThan(0.7 * young.residualSd);
    expect(size).toBeLessThan(1.3 * young.residualSd);
  });

  it('inside a gap agrees with the prices on both sides (SCENARIO-013)', () => {
    const holed = (day: number): number | null => (day >= 50 && day < 57 ? null : eth(day));
    const model = fit({ history: historyOf({ BTC: btc, ETH: holed, SOL: sol }), factors: [spot('ETH')] });
    let sum = 0;
    for (let t = 49; t <= 56; t += 1) sum += changesAt(model, 0)[t]!;
    expect(sum).toBeCloseTo(Math.log(eth(57) / eth(49)), 13);
    expect(Array.from(model.seen.subarray(48, 58))).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  });

  it('of the root loses no move: the rows without it are passed over (SCENARIO-012)', () => {
    const outage = (day: number): number | null => (day >= 80 && day < 83 ? null : btc(day));
    const model = fit({ history: historyOf({ BTC: outage, ETH: eth }), factors: [spot('BTC'), spot('ETH')] });
    expect(model.count).toBe(DAYS - 4);
    expect(changesAt(model, 0)[79]).toBeCloseTo(Math.log(btc(83) / btc(79)), 14);
    expect(changesAt(model, 1)[79]).toBeCloseTo(Math.log(eth(83) / eth(79)), 14);
  });

  it('is never zero, not even of an asset that nobody has ever seen', () => {
    const model = fit({
      history: historyOf({ BTC: btc }),
      factors: [spot('NEVER'), spot('USDX')],
      assets: [stable('USDX')],
    });
    expect(changesAt(model, 0).every((r) => r !== 0)).toBe(true);
    expect(changesAt(model, 1).every((r) => r !== 0 && Math.abs(r) < 0.05)).toBe(true);
    expect(model.followers.get('NEVER')).toMatchObject({ leader: 'BTC', beta: 1, borrowed: true });
  });

  it('of a wrapped coin follows the coin; pegs in a circle are held to the numeraire (SCENARIO-015)', () => {
    const assets = [coin('WBTC', 'BTC'), coin('A', 'B'), coin('B', 'A')];
    const factors = [spot('BTC'), spot('WBTC'), spot('A'), spot('B')];
    const model = fit({ history: historyOf({ BTC: btc }), factors, assets });
    for (let t = 0; t < model.count; t += 1) {
      expect(Math.abs(changesAt(model, 1)[t]! - changesAt(model, 0)[t]!)).toBeLessThan(0.02);
      expect(Math.abs(changesAt(model, 2)[t]!)).toBeLessThan(0.02);
    }
    expect([...model.pegs]).toEqual([
      ['WBTC', 'BTC'],
      ['A', null],
      ['B', null],
    ]);
  });
});

describe('volatility, skew and basis', () => {
  const kinds = ['volShort', 'volLong', 'skew', 'basis'] as const;
  const factors = kinds.map((kind): Factor => ({ asset: 'BTC', kind }));

  it('are never frozen where only prices are known', () => {
    const model = fit({ history: historyOf({ BTC: btc }), factors });
    for (let f = 0; f < 4; f += 1) expect(changesAt(model, f).every((change) => change !== 0)).toBe(true);
  });

  it('rise with a fall of the spot', () => {
    const crash = (day: number): number => (day < 120 ? 100 : 60) * (1 + 0.001 * noise(1, day));
    const model = fit({ history: historyOf({ BTC: crash }), factors });
    expect(changesAt(model, 0)[119]!).toBeGreaterThan(0.8);
    expect(changesAt(model, 1)[119]!).toBeGreaterThan(0.2);
    expect(changesAt(model, 2)[119]!).toBeLessThan(-0.05);
  });

  it('are taken from the history where it has them', () => {
    const vol = (day: number): number => 0.5 * (1 + 0.1 * noise(9, day));
    const skew = (day: number): number => -0.05 + 0.01 * noise(4, day);
    const model = fit({ history: historyOf({ BTC: btc, 'BTC:volShort': vol, 'BTC:skew': skew }), factors });
    expect(changesAt(model, 0)[10]).toBeCloseTo(Math.log(vol(11) / vol(10)), 14);
    expect(changesAt(model, 2)[10]).toBeCloseTo(skew(11) - skew(10), 14);
  });

  it('answer a fall as the calibration says (SCENARIO-016)', () => {
    expect(volResponse(-0.04, 1)).toBeCloseTo(0.04, 15);
    expect(volResponse(-0.153, 1)).toBeCloseTo(0.05 + 3 * 0.103, 12);
    expect(volResponse(0.1, 1)).toBe(0);
    expect(volResponse(-5, 1)).toBe(SPOT_VOL.responseMax);
    const shocks = shocksOfMove(-0.2, 1);
    const response = volResponse(Math.log(0.8), 1);
    expect(shocks.volShort).toBeCloseTo(Math.exp(response) - 1, 14);
    expect(shocks.volLong).toBeCloseTo(Math.exp(0.35 * response) - 1, 14);
    expect(shocks.skew).toBeCloseTo(0.35 * Math.log(0.8), 14);
  });
});

describe('a fitted model', () => {
  const factors = [spot('BTC'), spot('ETH'), spot('SOL'), spot('NEW'), spot('USDX')].concat(
    (['volShort', 'volLong', 'skew', 'basis'] as const).map((kind): Factor => ({ asset: 'SOL', kind })),
  );
  const assets = [stable('USDX')];
  const late = (day: number): number | null => (day < 60 ? null : sol(day));

  it('does not look ahead: later rows change nothing at all (SCENARIO-010)', () => {
    const before = fit({ history: historyOf({ BTC: btc, ETH: eth, SOL: late }), factors, assets, day: 150 });
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 50, noNaN: true }),
        fc.integer({ min: 150, max: 190 }),
        (wild, from) => {
          const twist =
            (level: (day: number) => number | null) =>
            (day: number): number | null =>
              day >= from ? wild * (1 + 0.9 * noise(8, day)) : level(day);
          const levels = {
            BTC: twist(btc),
            ETH: twist(eth),
            SOL: twist(late),
            NEW: (day: number) => (day >= from ? wild : null),
          };
          const after = fit({ history: historyOf(levels), factors, assets, day: 150 });
          expect(after.changes).toEqual(before.changes);
          expect(after.followers).toEqual(before.followers);
        },
      ),
      { seed: 3, numRuns: 20 },
    );
  });

  it('is the same bits every time, and another for another seed', () => {
    const history = historyOf({ BTC: btc, ETH: eth, SOL: late });
    const first = fit({ history, factors, assets });
    expect(fit({ history, factors, assets }).changes).toEqual(first.changes);
    expect(fit({ history, factors, assets, seed: 8 }).changes).not.toEqual(first.changes);
  });

  it('gives a factor the same changes whichever others are asked for', () => {
    const history = historyOf({ BTC: btc, ETH: eth, SOL: late });
    const all = fit({ history, factors, assets });
    const alone = fit({ history, factors: [factors[2]!], assets });
    expect(changesAt(alone, 0)).toEqual(changesAt(all, 2));
  });
});

describe('the factors of a market (SCENARIO-002)', () => {
  it('are all prices but the dollar, and what its options and futures hang on', () => {
    const listed = { lotAtoms: 1n, form: 'linear' as const, contractSize: 1, expiryMs: 1 };
    const products: Product[] = [
      { ...listed, kind: 'option', id: 'o', underlying: 'ETH', settle: 'USDC', strike: 1, right: 'call' },
      { ...listed, kind: 'future', id: 'f', underlying: 'BTC', settle: 'USD' },
      { ...listed, kind: 'perpetual', id: 'p', underlying: 'SOL', settle: 'USDC' },
    ];
    const price = { value: 1, ageMs: 0, confidence: 1, degraded: false };
    const quote = (id: string) =>
      [id, { asset: coin(id), index: price, averageValue: 1, redemptionValue: null }] as const;
    const market: Market = {
      revision: 1,
      timeMs: 0,
      assets: new Map([quote('GOLD'), quote('USD')]),
      underlyings: new Map(),
      products: new Map(products.map((product) => [product.id, product])),
      quotes: new Map(),
    };
    expect(factorsOfMarket(market).map(factorId)).toEqual([
      'BTC', 'BTC:basis', 'ETH', 'ETH:basis', 'ETH:skew', 'ETH:volLong', 'ETH:volShort', 'GOLD', 'SOL', 'USDC',
    ]); // prettier-ignore
  });
});
