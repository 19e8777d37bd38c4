import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { DAY_MS } from '../base/instant.ts';
import { refuseSurface } from '../market/arbitrage.ts';
import { surfaceVol } from '../market/surface.ts';
import type { Asset, Product } from '../product/product.ts';
import {
  type GeneratedMarket,
  type GeneratedMarketSpec,
  openMarket,
  shockMarket,
  stepMarket,
} from './generated-market.ts';
import { openSpots, stepSpots } from './generated-spot.ts';
import { makeUniform } from '../base/random.ts';

const coin = (id: string): Asset => ({ id, places: 8, kind: 'coin', issuer: null, pegTo: null });
const ASSETS: readonly Asset[] = [
  coin('BTC'),
  coin('ETH'),
  coin('SOL'),
  { ...coin('STETH'), pegTo: 'ETH' },
  { id: 'USDC', places: 6, kind: 'stable', issuer: 'circle', pegTo: 'USD' },
  { id: 'USD', places: 2, kind: 'fiat', issuer: null, pegTo: null },
];
const START_MS = Date.UTC(2026, 0, 12, 8);
const listed = { underlying: 'BTC', settle: 'USDC', lotAtoms: 1n, contractSize: 1, form: 'linear' } as const;
const expiring = (days: number): { id: string; expiryMs: number } => {
  return { id: `BTC-${days}D`, expiryMs: START_MS + days * DAY_MS };
};
const PRODUCTS: readonly Product[] = [
  { ...listed, id: 'BTC-PERP', kind: 'perpetual' },
  { ...listed, id: 'BTC-COIN', kind: 'perpetual', form: 'inverse', settle: 'BTC', contractSize: 10 },
  { ...listed, ...expiring(30), kind: 'future' },
  ...[1, 7, 30, 90, 300].map((days): Product => ({
    ...listed,
    ...expiring(days),
    id: `BTC-${days}D-C`,
    kind: 'option',
    strike: 1,
    right: 'call',
  })),
];
const SPEC: GeneratedMarketSpec = {
  assets: ASSETS,
  products: PRODUCTS,
  startMs: START_MS,
  seed: 11,
  prices: new Map([
    ['BTC', 100_000],
    ['ETH', 4_000],
  ]),
  sources: 3,
};

function open(spec: Partial<GeneratedMarketSpec> = {}): GeneratedMarket {
  const market = openMarket({ ...SPEC, ...spec });
  if (isFailure(market)) throw new Error(market.field);
  return market;
}

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const moments = (values: readonly number[]): { sd: number; kurtosis: number } => {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const power = (n: number): number =>
    values.reduce(
      (sum, x) =>
        sum + (n === 2 ? (x - mean) * (x - mean) : (x - mean) * (x - mean) * (x - mean) * (x - mean)),
      0,
    ) / values.length;
  return { sd: Math.sqrt(power(2)), kurtosis: power(4) / (power(2) * power(2)) };
};
const correlation = (a: readonly number[], b: readonly number[]): number => {
  const sum = (values: readonly number[]): number => values.reduce((total, x) => total + x, 0);
  const cross = sum(a.map((x, i) => (x - sum(a) / a.length) * (b[i]! - sum(b) / b.length))) / a.length;
  return cross / (moments(a).sd * moments(b).sd);
};

describe('a generated market in motion (SCENARIO-035)', () => {
  it('has the daily deviations, tails and correlations of the generated history', () => {
    const days: number[][] = [[], [], []];
    for (const seed of [1, 2, 3]) {
      const walk = openSpots({ assets: ASSETS.slice(0, 3), prices: SPEC.prices, draw: makeUniform(seed) });
      let before = walk.walkers.map((w) => w.logPrice);
      for (let day = 0; day < 500; day++) {
        for (let step = 0; step < 288; step++) stepSpots(walk, 1 / 288, new Map());
        const now = walk.walkers.map((w) => w.logPrice);
        for (const [i, x] of now.entries()) days[i]!.push(x - before[i]!);
        before = now;
      }
    }
    const [btc, eth, sol] = days as [number[], number[], number[]];
    expect(moments(btc).sd).toBeGreaterThan(0.024);
    expect(moments(btc).sd).toBeLessThan(0.032);
    expect(moments(btc).kurtosis).toBeGreaterThan(4.2);
    expect(moments(sol).sd).toBeGreaterThan(0.045);
    expect(correlation(btc, eth)).toBeGreaterThan(0.7);
    expect(correlation(btc, sol)).toBeGreaterThan(0.4);
    const sizes = btc.map(Math.abs);
    expect(correlation(sizes.slice(1), sizes.slice(0, -1))).toBeGreaterThan(0.05);
  });

  it('quotes surfaces without arbitrage at every step, through shocks of any size', () => {
    const market = open();
    for (let minute = 1; minute <= 3_000; minute++) {
      if (minute % 200 === 0) shockMarket(market, 'BTC', minute % 400 === 0 ? -0.3 : 0.35);
      const timeMs = START_MS + minute * 60_000;
      const { smiles } = stepMarket(market, timeMs).underlyings[0]!;
      expect(refuseSurface({ smiles }, timeMs, 'surface')).toBeNull();
      expect(smiles.length).toBe(minute < 1_440 ? 5 : 4);
    }
  });

  it('raises volatility in a fall, turns funding down, thins the book, and moves what is pegged', () => {
    const market = open({ seed: 5 });
    const before = stepMarket(market, START_MS + 1_000);
    shockMarket(market, 'BTC', -0.15);
    shockMarket(market, 'ETH', -0.2);
    const timeMs = START_MS + 2_000;
    const after = stepMarket(market, timeMs);
    const price = (moment: typeof after, id: string): number =>
      middle(moment.assets.find(({ asset }) => asset === id)!.ticks.map((tick) => tick.value));
    expect(price(after, 'BTC') / price(before, 'BTC')).toBeCloseTo(0.85, 2);
    expect(price(after, 'STETH') / price(before, 'STETH')).toBeCloseTo(0.8, 2);
    expect(price(after, 'SOL') / price(before, 'SOL')).toBeCloseTo(1, 2);
    const vol = ({ underlyings }: typeof after): number => {
      const expiryMs = START_MS + 30 * DAY_MS;
      const found = surfaceVol({ smiles: underlyings[0]!.smiles }, { logMoneyness: 0, expiryMs, timeMs });
      return isFailure(found) ? 0 : found;
    };
    expect(vol(after) / vol(before)).toBeGreaterThan(1.2);
    const depth = (moment: typeof after): number => moment.underlyings[0]!.depth.bands[0]!.quantity;
    expect(depth(after)).toBeLessThan(0.7 * depth(before));
    for (let step = 1; step < 240; step++) stepMarket(market, timeMs + step * 30_000);
    const late = stepMarket(market, timeMs + 7_200_000);
    expect(late.marks[0]!.fundingRate!).toBeLessThan(before.marks[0]!.fundingRate!);
  });

  it('lets sources disagree a little, fall silent, and print nonsense now and then', () => {
    const market = open({ seed: 8 });
    let bad = 0;
    let silent = 0;
    let spread = 0;
    for (let second = 1; second <= 40_000; second++) {
      const { ticks } = stepMarket(market, START_MS + second * 1_000).assets[0]!;
      silent += 3 - ticks.length;
      const values = ticks.map((tick) => tick.value);
      if (values.length < 3) continue;
      bad += values.filter((value) => Math.abs(value / middle(values) - 1) > 0.05).length;
      spread = Math.max(
        spread,
        ...values.map((v) => Math.abs(v / middle(values) - 1)).filter((x) => x < 0.05),
      );
    }
    expect(bad).toBeGreaterThan(5);
    expect(bad).toBeLessThan(100);
    expect(silent).toBeGreaterThan(0);
    expect(silent).toBeLessThan(4_000);
    expect(spread).toBeGreaterThan(0.00003);
    expect(spread).toBeLessThan(0.003);
  });

  it('repeats itself for the same seed and times, and takes imposed prices as they are', () => {
    const path = (seed: number): unknown => {
      const market = open({ seed });
      return Array.from({ length: 50 }, (_, i) => stepMarket(market, START_MS + i * 1_000));
    };
    expect(path(3)).toEqual(path(3));
    expect(path(3)).not.toEqual(path(4));
    const market = open();
    const timeMs = START_MS + 60_000;
    const ticks = [
      { source: 'a', value: 90_000, timeMs },
      { source: 'b', value: 90_010, timeMs },
    ];
    const moment = stepMarket(market, timeMs, new Map([['BTC', ticks]]));
    expect(moment.assets[0]!.ticks).toBe(ticks);
    const eth = middle(moment.assets[1]!.ticks.map((tick) => tick.value));
    expect(eth / 4_000).toBeCloseTo(1 + 1.08 * -0.1054, 1);
  });

  it('refuses what is no market', () => {
    const code = (spec: Partial<GeneratedMarketSpec>): string | null => {
      const market = openMarket({ ...SPEC, ...spec });
      return isFailure(market) ? `${market.failure} ${market.field}` : null;
    };
    expect(code({ seed: -1 })).toBe('NUMBER_OUT_OF_RANGE seed');
    expect(code({ sources: 0 })).toBe('NUMBER_OUT_OF_RANGE sources');
    expect(code({ startMs: NaN })).toBe('NUMBER_OUT_OF_RANGE startMs');
    expect(code({ prices: new Map([['BTC', -1]]) })).toBe('NUMBER_OUT_OF_RANGE prices.BTC');
    expect(code({ assets: ASSETS.slice(1) })).toBe('UNKNOWN_ASSET products.BTC-PERP');
    expect(shockMarket(open(), 'XYZ', -0.1)).toMatchObject({ failure: 'UNKNOWN_ASSET' });
    expect(shockMarket(open(), 'BTC', -1)).toMatchObject({ failure: 'NUMBER_OUT_OF_RANGE' });
  });
});
