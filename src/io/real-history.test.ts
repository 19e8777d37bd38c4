import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Failure, isFailure } from '../base/failure.ts';
import { moments } from '../base/moments.ts';
import type { Asset } from '../product/product.ts';
import { DEFAULT_FILTER, filteredSet } from '../scenario/families/filtered-set.ts';
import { changesAt, fitFactors } from '../scenario/factors.ts';
import { GENERATED_DAYS, generateHistory } from '../scenario/generated.ts';
import type { History } from '../scenario/history.ts';
import type { Factor } from '../scenario/set.ts';
import { STRESS_EVENTS } from '../scenario/stress-days.ts';
import { readHistory } from './read-history.ts';

const shared = process.env['PLIMSOLL_SHARED'] ?? join(import.meta.dirname, '..', '..', '..', 'shared');
const prices = join(shared, 'data', 'prices-daily.csv');
const present = existsSync(prices);
if (!present) console.log(`skipped: no real price history at ${prices} (set PLIMSOLL_SHARED)`);

function given<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(JSON.stringify(value));
  return value;
}

function returnsOf(history: History, asset: string, from: string): Float64Array {
  const { values, present: seen } = history.series.find((s) => s.factor.asset === asset)!;
  const returns: number[] = [];
  for (let i = 1; i < values.length; i += 1) {
    if (history.labels[i]! < from || seen[i] === 0 || seen[i - 1] === 0) continue;
    returns.push(Math.log(values[i]! / values[i - 1]!));
  }
  return Float64Array.from(returns);
}

describe.skipIf(!present)('the real price history', () => {
  it('confirms the table of stress days', async () => {
    const history = given(await readHistory(prices));
    let compared = 0;
    for (const event of STRESS_EVENTS) {
      const row = history.labels.indexOf(event.lastDay);
      if (event.measure !== 'close' || row < 1 || (event.moves.get('BTC') ?? 0) === 0) continue;
      for (const [asset, move] of event.moves) {
        const series = history.series.find((s) => s.factor.asset === asset);
        if (series === undefined || series.present[row] === 0 || series.present[row - 1] === 0) continue;
        const real = series.values[row]! / series.values[row - 1]! - 1;
        expect(Math.abs(real - move), `${event.lastDay} ${asset} ${real}`).toBeLessThan(0.00051);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(150);
  });

  it('has the moments that the generated history was made to have', async () => {
    const history = given(await readHistory(prices));
    const endMs = Date.UTC(2025, 6, 1);
    for (const id of ['BTC', 'ETH', 'SOL', 'XRP', 'LINK', 'DOGE']) {
      const assets: Asset[] = [{ id, places: 8, kind: 'coin', issuer: null, pegTo: null }];
      const real = Math.sqrt(moments(returnsOf(history, id, '2020-07-01')).variance);
      let made = 0;
      for (const seed of [1, 2, 3, 4]) {
        const lastPrices = new Map<string, number>();
        const sample = given(generateHistory({ assets, endMs, days: GENERATED_DAYS, seed, lastPrices }));
        made += Math.sqrt(moments(returnsOf(sample, id, '')).variance) / 4;
      }
      expect(made / real, id).toBeGreaterThan(0.8);
      expect(made / real, id).toBeLessThan(1.25);
    }
  });

  it('fits into gap-free factors on any day, and into filtered scenarios', async () => {
    const history = given(await readHistory(prices));
    const ids = history.series.map((s) => s.factor.asset);
    const assets: Asset[] = ids.map((id) => ({ id, places: 8, kind: 'coin', issuer: null, pegTo: null }));
    const factors: Factor[] = [
      ...ids.map((asset): Factor => ({ asset, kind: 'spot' })),
      { asset: 'BTC', kind: 'volShort' },
    ];
    for (const asOfMs of [Date.UTC(2020, 2, 13), Date.UTC(2022, 10, 10), Date.UTC(2025, 6, 1)]) {
      const model = given(fitFactors({ history, asOfMs, factors, assets, seed: 1 }));
      expect(model.endMs.at(-1)!).toBeLessThanOrEqual(asOfMs);
      expect(model.changes.every(Number.isFinite)).toBe(true);
      for (let f = 0; f < factors.length; f += 1) {
        const still = changesAt(model, f).filter((change) => change === 0).length;
        expect(still / model.count, ids[f]).toBeLessThan(0.05);
      }
      const spec = { ...DEFAULT_FILTER, horizonDays: 1, lookbackDays: 730, windows: 'overlapping' as const };
      const set = given(filteredSet(model, spec));
      expect(set.shocks.every((shock) => Number.isFinite(shock) && shock > -1)).toBe(true);
    }
  });
});
