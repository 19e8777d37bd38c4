import { describe, expect, it } from 'vitest';
import { type Failure, isFailure } from '../base/failure.ts';
import { DAY_MS } from '../base/instant.ts';
import { moments } from '../base/moments.ts';
import type { Asset } from '../product/product.ts';
import { sampleCorrelation } from './correlation.ts';
import { GENERATED_DAYS, generateHistory } from './generated.ts';
import type { History } from './history.ts';

const END_MS = Date.UTC(2026, 0, 1);
const coin = (id: string, pegTo: string | null = null): Asset => ({
  id,
  places: 8,
  kind: 'coin',
  issuer: null,
  pegTo,
});
const ASSETS: readonly Asset[] = [
  ...['BTC', 'ETH', 'SOL', 'XRP', 'UNKNOWN'].map((id) => coin(id)),
  coin('WBTC', 'BTC'),
  { ...coin('USDX', 'USD'), kind: 'stable' },
];

function generated(seed: number, change: Partial<Parameters<typeof generateHistory>[0]> = {}): History {
  const spec = {
    assets: ASSETS,
    endMs: END_MS,
    days: GENERATED_DAYS,
    seed,
    lastPrices: new Map<string, number>(),
  };
  const history = generateHistory({ ...spec, ...change });
  if (isFailure(history)) throw new Error(JSON.stringify(history));
  return history;
}

function returnsOf(history: History, asset: string): Float64Array {
  const { values } = history.series.find((s) => s.factor.asset === asset)!;
  return values.subarray(1).map((after, i) => Math.log(after / values[i]!));
}

function average(seeds: readonly number[], pick: (history: History) => number): number {
  return seeds.reduce((sum, seed) => sum + pick(generated(seed)), 0) / seeds.length;
}

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

describe('a generated history (SCENARIO-017)', () => {
  it('is five years of daily prices without gaps, ending on the day before', () => {
    const history = generated(1);
    expect(history.timesMs.length).toBe(GENERATED_DAYS);
    expect(history.labels.at(-1)).toBe('2025-12-31');
    expect(history.timesMs.at(-1)).toBe(END_MS);
    for (const { values, present } of history.series) {
      expect(values.every((v) => v > 0 && Number.isFinite(v))).toBe(true);
      expect(present.every((p) => p === 1)).toBe(true);
    }
  });

  it('is the same bits for the same seed, and another for another', () => {
    expect(generated(1)).toEqual(generated(1));
    expect(returnsOf(generated(1), 'BTC')).not.toEqual(returnsOf(generated(2), 'BTC'));
  });

  it('only grows as time passes: tomorrow’s returns are today’s and one more', () => {
    const today = generated(4);
    const later = generated(4, { endMs: END_MS + 30 * DAY_MS, days: GENERATED_DAYS + 30 });
    for (const asset of ['BTC', 'SOL', 'USDX']) {
      const [before, after] = [returnsOf(today, asset), returnsOf(later, asset)];
      for (let t = 0; t < before.length; t += 1) expect(Math.abs(after[t]! - before[t]!)).toBeLessThan(1e-12);
    }
  });

  it('gives an asset the same path whoever else is asked for, and ends at the price that is known', () => {
    const alone = generated(4, { assets: [coin('SOL')], lastPrices: new Map([['SOL', 200]]) });
    expect(alone.series.find((s) => s.factor.asset === 'SOL')!.values.at(-1)).toBe(200);
    const [a, b] = [returnsOf(alone, 'SOL'), returnsOf(generated(4), 'SOL')];
    for (let t = 0; t < a.length; t += 1) expect(Math.abs(a[t]! - b[t]!)).toBeLessThan(1e-12);
  });

  it('has the moments of the real market', () => {
    const sd = (asset: string) => average(SEEDS, (h) => Math.sqrt(moments(returnsOf(h, asset)).variance));
    // July 2020 – June 2025: BTC 3.14 %, ETH 4.20 %, SOL 6.41 %, XRP 5.56 %; kurtosis of BTC 6.5 (18 with March 2020).
    expect(sd('BTC')).toBeGreaterThan(0.028);
    expect(sd('BTC')).toBeLessThan(0.035);
    expect(Math.abs(sd('ETH') - 0.042)).toBeLessThan(0.005);
    expect(Math.abs(sd('SOL') - 0.064)).toBeLessThan(0.008);
    expect(Math.abs(sd('XRP') - 0.056)).toBeLessThan(0.008);
    const kurtosis = average(SEEDS, (h) => 3 + moments(returnsOf(h, 'BTC')).kurtosisExcess);
    expect(kurtosis).toBeGreaterThan(6.5);
    expect(kurtosis).toBeLessThan(24);
  });

  it('is correlated as the real market is', () => {
    const rho = (a: string, b: string) =>
      average(SEEDS, (h) => (sampleCorrelation([returnsOf(h, a), returnsOf(h, b)]) as Float64Array)[1]!);
    // BTC–ETH 0.81, ETH–SOL 0.64, BTC–XRP 0.56.
    expect(Math.abs(rho('BTC', 'ETH') - 0.81)).toBeLessThan(0.05);
    expect(Math.abs(rho('ETH', 'SOL') - 0.64)).toBeLessThan(0.08);
    expect(Math.abs(rho('BTC', 'XRP') - 0.56)).toBeLessThan(0.08);
    expect(rho('BTC', 'WBTC')).toBeGreaterThan(0.98);
  });

  it('clusters, falls harder than it rises, and has crashes in it', () => {
    const clustering = average(SEEDS, (h) => {
      const size = returnsOf(h, 'BTC').map(Math.abs);
      return (sampleCorrelation([size.subarray(1), size.subarray(0, -1)]) as Float64Array)[1]!;
    });
    expect(clustering).toBeGreaterThan(0.08);
    expect(clustering).toBeLessThan(0.25);
    expect(average(SEEDS, (h) => moments(returnsOf(h, 'BTC')).skewness)).toBeLessThan(-0.3);
    for (const seed of SEEDS) {
      const history = generated(seed);
      const falls = returnsOf(history, 'BTC').filter((r) => r < -0.1).length;
      expect(falls).toBeGreaterThanOrEqual(4);
      expect(falls).toBeLessThan(40);
      expect(Math.min(...returnsOf(history, 'SOL'))).toBeLessThan(-0.2);
    }
  });

  it('keeps pegs, but for a break in a crash', () => {
    const { values } = generated(2).series.find((s) => s.factor.asset === 'USDX')!;
    const off = values.map((v) => Math.abs(v - 1));
    expect(off.filter((d) => d > 0.005).length).toBeLessThan(0.02 * GENERATED_DAYS);
    expect(Math.max(...off)).toBeGreaterThan(0.008);
    expect(Math.max(...off)).toBeLessThan(0.06);
  });

  it('is refused for spans and prices that make no sense', () => {
    const bad: Partial<Parameters<typeof generateHistory>[0]>[] = [
      { days: 1 },
      { days: 1.5 },
      { endMs: 0 },
      { endMs: NaN },
      { seed: -1 },
      { lastPrices: new Map([['BTC', 0]]) },
    ];
    for (const change of bad) {
      const spec = {
        assets: ASSETS,
        endMs: END_MS,
        days: 10,
        seed: 1,
        lastPrices: new Map<string, number>(),
        ...change,
      };
      const history: History | Failure = generateHistory(spec);
      expect(isFailure(history), JSON.stringify(change)).toBe(true);
    }
  });
});
