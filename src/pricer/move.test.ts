import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { buildMarket } from '../market/build.ts';
import type { AssetQuote, InstrumentQuote, Market, Price } from '../market/market.ts';
import type { Option, Perpetual, Product } from '../product/product.ts';
import { combineMarkets } from './combine.ts';
import { markContract } from './mark.ts';
import { moveMarket, moveSpot } from './move.ts';
import { viewProduct } from './view.ts';

const DAY_MS = 86_400_000;
const TIME_MS = Date.UTC(2026, 0, 1);
const expiryMs = TIME_MS + 10 * DAY_MS;
const price = (value: number): Price => ({ value, ageMs: 0, confidence: 1, degraded: false });
const asset = (id: string, value: number): AssetQuote => ({
  asset: { id, places: 8, kind: 'coin', issuer: null, pegTo: null },
  index: price(value),
  averageValue: value * 0.99,
  redemptionValue: null,
});
const linear = { underlying: 'BTC', settle: 'USDC', form: 'linear', lotAtoms: 1n, contractSize: 1 } as const;
const perpetual: Perpetual = { ...linear, kind: 'perpetual', id: 'P' };
const option = (id: string, strike: number, days = 10): Option => ({
  ...linear,
  kind: 'option',
  id,
  strike,
  right: 'call',
  expiryMs: TIME_MS + days * DAY_MS,
});
const products: readonly Product[] = [
  perpetual,
  option('C', 52_000),
  option('SOON', 50_000, 3),
  option('FREE', 90_000),
];
const quote = (value: number): InstrumentQuote => ({ mark: price(value), fundingRate: null });

function marketOf(
  change: {
    index?: number;
    vol?: number;
    settle?: number;
    timeMs?: number;
    listed?: readonly Product[];
  } = {},
): Market {
  const { index = 50_000, vol = 0.5, settle = 1, timeMs = TIME_MS, listed = products } = change;
  const marks: readonly (readonly [string, number])[] = [
    ['P', 50_100],
    ['C', 700],
    ['SOON', 900],
  ];
  const market = buildMarket({
    revision: 1,
    timeMs,
    assets: [asset('BTC', index), asset('USDC', settle)],
    underlyings: [
      {
        id: 'BTC',
        forwards: [{ expiryMs, forward: index * 1.001, rate: 0, confidence: 1 }],
        surface: {
          smiles: [
            { kind: 'grid', expiryMs, logMoneyness: [-0.2, 0, 0.2], vols: [vol + 0.02, vol, vol + 0.02] },
          ],
        },
        depth: null,
      },
    ],
    products: listed,
    quotes: marks.filter(([id]) => listed.some((p) => p.id === id)).map(([id, mark]) => [id, quote(mark)]),
  });
  if (isFailure(market)) throw new Error(JSON.stringify(market));
  return market;
}

const accept = <T>(value: T): Exclude<T, { failure: unknown }> => {
  if (isFailure(value)) throw new Error(value.expected);
  return value as Exclude<T, { failure: unknown }>;
};
const markOf = (market: Market, id: string): number =>
  accept(markContract(market.products.get(id)!, market)).mark;
const noMove = { spotFrac: new Map(), volFrac: new Map(), daysForward: 0 };

describe('a moved market (PRICE-011)', () => {
  it('is itself where nothing moves', () => {
    const before = marketOf();
    const after = accept(moveMarket(before, noMove));
    expect(after.assets).toEqual(before.assets);
    expect(after.underlyings).toEqual(before.underlyings);
    for (const id of ['P', 'C', 'SOON', 'FREE']) expect(markOf(after, id)).toBeCloseTo(markOf(before, id), 9);
  });

  it('moves an index with its average, forwards and marks, and leaves everything else', () => {
    const after = accept(moveSpot(marketOf(), 'BTC', -0.1));
    expect(after.assets.get('BTC')!.index.value).toBeCloseTo(45_000, 9);
    expect(after.assets.get('BTC')!.averageValue).toBeCloseTo(44_550, 9);
    expect(after.underlyings.get('BTC')!.forwards[0]!.forward).toBeCloseTo(45_045, 9);
    expect(markOf(after, 'P')).toBeCloseTo(45_090, 9);
    expect(after.assets.get('USDC')).toEqual(marketOf().assets.get('USDC'));
  });

  it('prices what is paid in a coin that fell at more of that coin', () => {
    expect(markOf(accept(moveSpot(marketOf(), 'USDC', -0.5)), 'P')).toBeCloseTo(100_200, 9);
  });

  it('keeps an option’s distance to its model, and no mark below nothing', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -0.5, max: 1, noNaN: true }),
        fc.double({ min: -0.5, max: 2, noNaN: true }),
        (spot, vol) => {
          const before = marketOf();
          const after = accept(
            moveMarket(before, {
              spotFrac: new Map([['BTC', spot]]),
              volFrac: new Map([['BTC', vol]]),
              daysForward: 1,
            }),
          );
          const model = (market: Market): number => markOf({ ...market, quotes: new Map() }, 'C');
          expect(markOf(after, 'C')).toBeCloseTo(Math.max(0, 700 + model(after) - model(before)), 6);
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });

  it('scales every vol of a surface, quoted or fitted', () => {
    const svi = { kind: 'svi', expiryMs, a: 0.01, b: 0.05, rho: -0.3, m: 0.02, sigma: 0.1 } as const;
    const plain = marketOf();
    const own = plain.underlyings.get('BTC')!;
    for (const surface of [own.surface, { smiles: [svi] }]) {
      const before = { ...plain, quotes: new Map(), underlyings: new Map([['BTC', { ...own, surface }]]) };
      const after = accept(moveMarket(before, { ...noMove, volFrac: new Map([['BTC', 0.3]]) }));
      const volIn = (market: Market): number => accept(viewProduct(option('C', 52_000), market)).vol;
      expect(volIn(after) / volIn(before)).toBeCloseTo(1.3, 12);
    }
  });

  it('takes the mark of what expires meanwhile, and refuses only whoever asks for it', () => {
    const after = accept(moveMarket(marketOf(), { ...noMove, daysForward: 4 }));
    expect([...after.quotes.keys()]).toEqual(['C', 'P']);
    expect(markContract(option('SOON', 50_000, 3), after)).toMatchObject({ failure: 'INSTRUMENT_EXPIRED' });
    expect(markOf(after, 'C')).toBeLessThan(700);
  });
});

describe('a market of two moments (PRICE-012)', () => {
  const earlier = marketOf();
  const later = marketOf({ index: 60_000, vol: 0.8, settle: 0.98, timeMs: TIME_MS + DAY_MS });

  it('is one of them where all comes from one', () => {
    const same = accept(combineMarkets({ listing: later, time: later, prices: later, vols: later }));
    for (const id of ['P', 'C', 'SOON', 'FREE']) expect(markOf(same, id)).toBeCloseTo(markOf(later, id), 9);
    expect(same.assets).toEqual(later.assets);
  });

  it('has the prices of one, the vols of another and the time of a third', () => {
    const mixed = accept(combineMarkets({ listing: later, time: later, prices: earlier, vols: later }));
    expect(mixed.timeMs).toBe(later.timeMs);
    expect(mixed.assets.get('BTC')!.index.value).toBe(50_000);
    expect(mixed.underlyings.get('BTC')!.forwards).toEqual(earlier.underlyings.get('BTC')!.forwards);
    expect(mixed.underlyings.get('BTC')!.surface).toEqual(later.underlyings.get('BTC')!.surface);
    const model = (market: Market): number => markOf({ ...market, quotes: new Map() }, 'C');
    expect(markOf(mixed, 'C')).toBeCloseTo(700 + model(mixed) - model(earlier), 9);
  });

  it('lists what either lists, in order of id', () => {
    const fewer = marketOf({ listed: [perpetual, option('FREE', 90_000)], timeMs: TIME_MS + DAY_MS });
    const mixed = accept(combineMarkets({ listing: fewer, time: fewer, prices: earlier, vols: earlier }));
    expect([...mixed.products.keys()]).toEqual(['C', 'FREE', 'P', 'SOON']);
    expect([...mixed.quotes.keys()]).toEqual(['C', 'P', 'SOON']);
  });

  it('has no mark for what expired in between', () => {
    const late = marketOf({ timeMs: TIME_MS + 5 * DAY_MS, listed: [perpetual, option('C', 52_000)] });
    const mixed = accept(combineMarkets({ listing: late, time: late, prices: earlier, vols: earlier }));
    expect([...mixed.quotes.keys()]).toEqual(['C', 'P']);
  });
});
