import { describe, expect, it } from 'vitest';
import { type Failure, isFailure } from '../../base/failure.ts';
import { DAY_MS } from '../../base/instant.ts';
import { meanSquare } from '../../base/moments.ts';
import type { Asset } from '../../product/product.ts';
import { changesAt, type FactorModel, fitFactors } from '../factors.ts';
import { generateHistory } from '../generated.ts';
import type { History } from '../history.ts';
import type { Factor, ScenarioSet } from '../set.ts';
import { DEFAULT_FILTER, filteredSet, volatilityPath } from './filtered-set.ts';
import { historicalSet } from './historical.ts';

const END_MS = Date.UTC(2026, 0, 1);
const coin = (id: string): Asset => ({ id, places: 8, kind: 'coin', issuer: null, pegTo: null });
const ASSETS: readonly Asset[] = ['BTC', 'ETH', 'SOL'].map(coin);
const FACTORS: readonly Factor[] = [
  ...ASSETS.map(({ id }): Factor => ({ asset: id, kind: 'spot' })),
  { asset: 'BTC', kind: 'volShort' },
  { asset: 'BTC', kind: 'basis' },
];

function given<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(JSON.stringify(value));
  return value;
}

const HISTORY: History = given(
  generateHistory({ assets: ASSETS, endMs: END_MS, days: 900, seed: 5, lastPrices: new Map() }),
);

function model(asOfMs: number = END_MS): FactorModel {
  return given(fitFactors({ history: HISTORY, asOfMs, factors: FACTORS, assets: ASSETS, seed: 1 }));
}

function price(asset: string, label: string): number {
  return HISTORY.series.find((s) => s.factor.asset === asset)!.values[HISTORY.labels.indexOf(label)]!;
}

const daily = { horizonDays: 1, lookbackDays: 500, windows: 'overlapping' } as const;

describe('historical scenarios (SCENARIO-020)', () => {
  it('are the simple returns of the prices over the horizon, named by their last day', () => {
    const set = given(historicalSet(model(), { ...daily, horizonDays: 5 }));
    expect(set.count).toBe(500);
    expect(set.names.at(-1)).toBe('2025-12-31');
    for (const [f, asset] of ['BTC', 'ETH', 'SOL'].entries()) {
      const move = price(asset, '2025-12-31') / price(asset, '2025-12-26') - 1;
      expect(set.shocks[f * set.count + 499]).toBeCloseTo(move, 12);
    }
    const basis = changesAt(model(), 4);
    const sum = [5, 4, 3, 2, 1].reduce((total, back) => total + basis[basis.length - back]!, 0);
    expect(set.shocks[4 * set.count + 499]).toBeCloseTo(sum, 15);
  });

  it('share no day where the windows are separate', () => {
    const set = given(historicalSet(model(), { ...daily, horizonDays: 5, windows: 'separate' }));
    expect(set.count).toBe(100);
    expect(set.names.slice(-2)).toEqual(['2025-12-26', '2025-12-31']);
  });

  it('do not look ahead: a set as of a day is the set that was made on that day (SCENARIO-010)', () => {
    const asOfMs = END_MS - 200 * DAY_MS;
    const short: History = {
      ...HISTORY,
      timesMs: HISTORY.timesMs.subarray(0, 700),
      labels: HISTORY.labels.slice(0, 700),
      series: HISTORY.series.map((s) => ({
        ...s,
        values: s.values.subarray(0, 700),
        present: s.present.subarray(0, 700),
      })),
    };
    const then = given(fitFactors({ history: short, asOfMs, factors: FACTORS, assets: ASSETS, seed: 1 }));
    const spec = { ...daily, ...DEFAULT_FILTER };
    expect(given(historicalSet(model(asOfMs), daily))).toEqual(given(historicalSet(then, daily)));
    expect(given(filteredSet(model(asOfMs), spec))).toEqual(given(filteredSet(then, spec)));
  });

  it('refuse a horizon that the rows do not hold, and too few windows', () => {
    const refusal = (set: ScenarioSet | Failure): string =>
      isFailure(set) ? `${set.failure} ${set.field}` : 'accepted';
    expect(refusal(historicalSet(model(), { ...daily, horizonDays: 0.5 }))).toBe(
      'NUMBER_OUT_OF_RANGE horizonDays',
    );
    expect(refusal(historicalSet(model(), { ...daily, horizonDays: 1.5 }))).toBe(
      'NUMBER_OUT_OF_RANGE horizonDays',
    );
    expect(refusal(historicalSet(model(), { ...daily, horizonDays: NaN }))).toBe(
      'NUMBER_OUT_OF_RANGE horizonDays',
    );
    expect(refusal(historicalSet(model(), { ...daily, lookbackDays: 10 }))).toBe(
      'HISTORY_TOO_SHORT lookbackDays',
    );
  });
});

describe('filtered scenarios (SCENARIO-021)', () => {
  const filter = { decay: 0.94, longRunFrac: 0, floorFrac: 0, scaleMax: 100 };

  it('scale each day by today’s volatility over the forecast of that day', () => {
    const today = model();
    const set = given(filteredSet(today, { ...daily, ...filter }));
    const changes = changesAt(today, 1);
    let variance = meanSquare(changes);
    const forecasts = changes.map((r) => {
      const before = variance;
      variance = 0.94 * variance + 0.06 * r * r;
      return Math.sqrt(before);
    });
    for (const back of [1, 2, 77, 499]) {
      const t = changes.length - back;
      const expected = Math.expm1((changes[t]! * Math.sqrt(variance)) / forecasts[t]!);
      expect(set.shocks[1 * set.count + set.count - back]).toBeCloseTo(expected, 12);
    }
  });

  it('keep each day’s moves together: the signs are those of the day', () => {
    const today = model();
    const plain = given(historicalSet(today, daily));
    const scaled = given(filteredSet(today, { ...daily, ...DEFAULT_FILTER }));
    expect(scaled.names).toEqual(plain.names);
    for (let i = 0; i < plain.shocks.length; i += 1)
      expect(Math.sign(scaled.shocks[i]!)).toBe(Math.sign(plain.shocks[i]!));
  });

  it('have a floor under today’s volatility and a lid on the scaling', () => {
    const today = model();
    const changes = changesAt(today, 0);
    const longRun = Math.sqrt(meanSquare(changes));
    expect(given(volatilityPath(changes, { ...filter, floorFrac: 10 })).next).toBeCloseTo(10 * longRun, 12);
    const recent = given(volatilityPath(changes, filter)).next;
    const blended = given(volatilityPath(changes, { ...filter, longRunFrac: 0.4 })).next;
    expect(blended).toBeCloseTo(0.6 * recent + 0.4 * longRun, 12);
    const capped = given(
      filteredSet(today, { ...daily, decay: 0.94, longRunFrac: 0, floorFrac: 10, scaleMax: 1 }),
    );
    const plain = given(historicalSet(today, daily));
    for (let s = 0; s < 100; s += 1) expect(capped.shocks[s]).toBeCloseTo(plain.shocks[s]!, 14);
  });

  it('refuse parameters that make no sense', () => {
    for (const bad of [
      { decay: 1 },
      { decay: NaN },
      { floorFrac: -1 },
      { longRunFrac: 1.1 },
      { scaleMax: 0.5 },
    ]) {
      expect(isFailure(filteredSet(model(), { ...daily, ...filter, ...bad })), JSON.stringify(bad)).toBe(
        true,
      );
    }
  });
});
