import { describe, expect, it } from 'vitest';
import { studentTQuantile } from '../../base/distribution.ts';
import { type Failure, isFailure } from '../../base/failure.ts';
import { moments } from '../../base/moments.ts';
import { shrink } from '../../base/matrix.ts';
import type { Asset } from '../../product/product.ts';
import { ewmaCovariance, sampleCorrelation, secondMoments, toCorrelation } from '../correlation.ts';
import { changesAt, type FactorModel, fitFactors } from '../factors.ts';
import { generateHistory } from '../generated.ts';
import type { Factor, ScenarioSet } from '../set.ts';
import { DEFAULT_FILTER, volatilityPath } from './filtered-set.ts';
import { type MonteCarloSpec, monteCarloSet } from './monte-carlo.ts';

const END_MS = Date.UTC(2026, 0, 1);
const coin = (id: string): Asset => ({ id, places: 8, kind: 'coin', issuer: null, pegTo: null });
const ASSETS: readonly Asset[] = ['BTC', 'ETH', 'SOL', 'XRP'].map(coin);
const FACTORS: readonly Factor[] = ASSETS.map(({ id }): Factor => ({ asset: id, kind: 'spot' }));

function given<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(JSON.stringify(value));
  return value;
}

const MODEL: FactorModel = given(
  fitFactors({
    history: given(
      generateHistory({ assets: ASSETS, endMs: END_MS, days: 800, seed: 5, lastPrices: new Map() }),
    ),
    asOfMs: END_MS,
    factors: FACTORS,
    assets: ASSETS,
    seed: 1,
  }),
);

const SPEC: MonteCarloSpec = {
  ...DEFAULT_FILTER,
  horizonDays: 1,
  lookbackDays: 700,
  count: 20_000,
  seed: 42,
  copulaDf: 6,
  correlationDecay: 0.99,
  shrinkFrac: 0.4,
  margins: 'student-t',
  marginDf: 6,
};

function logRows(set: ScenarioSet): Float64Array[] {
  return set.factors.map((_, f) => set.shocks.subarray(f * set.count, (f + 1) * set.count).map(Math.log1p));
}

/** The correlation that the simulation aims at, rebuilt from its parts. */
function targetCorrelation(): Float64Array {
  const standardised = FACTORS.map((_, f) => {
    const changes = changesAt(MODEL, f);
    const { forecasts } = given(volatilityPath(changes, SPEC));
    return changes.map((r, t) => r / forecasts[t]!).subarray(changes.length - 700);
  });
  const first = given(secondMoments(standardised));
  const recent = given(ewmaCovariance(standardised, { decay: SPEC.correlationDecay, first }));
  return shrink(given(toCorrelation(recent)), given(toCorrelation(first)), SPEC.shrinkFrac);
}

describe('simulated scenarios (SCENARIO-022)', () => {
  it('have the correlation that they aim at', () => {
    const target = targetCorrelation();
    const got = given(sampleCorrelation(logRows(given(monteCarloSet(MODEL, SPEC)))));
    for (let i = 0; i < target.length; i += 1) expect(Math.abs(got[i]! - target[i]!)).toBeLessThan(0.03);
    expect(target[1]).toBeGreaterThan(0.6);
  });

  it('have today’s volatility, times the root of the horizon', () => {
    for (const horizonDays of [1, 4]) {
      const rows = logRows(given(monteCarloSet(MODEL, { ...SPEC, horizonDays })));
      for (const [f, row] of rows.entries()) {
        const { next } = given(volatilityPath(changesAt(MODEL, f), SPEC));
        expect(Math.sqrt(moments(row).variance) / (next * Math.sqrt(horizonDays))).toBeCloseTo(1, 1);
      }
    }
  });

  it('have Student-t margins of the stated degrees of freedom, whatever the copula’s', () => {
    const rows = logRows(given(monteCarloSet(MODEL, { ...SPEC, copulaDf: 4, marginDf: 9 })));
    const { next } = given(volatilityPath(changesAt(MODEL, 0), SPEC));
    const sorted = Float64Array.from(rows[0]!).sort();
    for (const p of [0.01, 0.05, 0.25, 0.9, 0.99]) {
      const expected = next * Math.sqrt(7 / 9) * studentTQuantile(p, 9);
      expect(sorted[Math.floor(p * sorted.length)]! / expected).toBeCloseTo(1, 1);
    }
  });

  it('with filtered historical margins have the quantiles of the standardised past', () => {
    const rows = logRows(given(monteCarloSet(MODEL, { ...SPEC, margins: 'filtered-historical' })));
    const changes = changesAt(MODEL, 2);
    const { forecasts, next } = given(volatilityPath(changes, SPEC));
    const past = changes
      .map((r, t) => r / forecasts[t]!)
      .subarray(changes.length - 700)
      .sort();
    for (const k of [6, 70, 350, 630, 693]) {
      const below = rows[2]!.filter((r) => r <= next * past[k]!).length / rows[2]!.length;
      expect(Math.abs(below - (k + 0.5) / 700)).toBeLessThan(0.01);
    }
    expect(Math.min(...rows[2]!) / (next * past[0]!)).toBeLessThanOrEqual(1 + 1e-12);
  });

  it('crash together more often than normal ones would', () => {
    const jointly = (set: ScenarioSet): number => {
      const [a, b] = logRows(set).map((row) => ({
        row,
        cut: Float64Array.from(row).sort()[Math.floor(row.length / 100)]!,
      }));
      return a!.row.filter((r, s) => r < a!.cut && b!.row[s]! < b!.cut).length;
    };
    const heavy = jointly(given(monteCarloSet(MODEL, { ...SPEC, copulaDf: 3 })));
    const light = jointly(given(monteCarloSet(MODEL, { ...SPEC, copulaDf: 1e6 })));
    expect(heavy).toBeGreaterThan(1.2 * light);
  });

  it('depend on seed and number only: a small set is the head of a large one', () => {
    for (const margins of ['student-t', 'filtered-historical'] as const) {
      const large = given(monteCarloSet(MODEL, { ...SPEC, margins, count: 500 }));
      const small = given(monteCarloSet(MODEL, { ...SPEC, margins, count: 20 }));
      expect(small.names).toEqual(large.names.slice(0, 20));
      for (let f = 0; f < FACTORS.length; f += 1) {
        expect(small.shocks.subarray(f * 20, f * 20 + 20)).toEqual(
          large.shocks.subarray(f * 500, f * 500 + 20),
        );
      }
      expect(given(monteCarloSet(MODEL, { ...SPEC, margins, count: 20 })).shocks).toEqual(small.shocks);
      expect(given(monteCarloSet(MODEL, { ...SPEC, margins, count: 20, seed: 43 })).shocks).not.toEqual(
        small.shocks,
      );
    }
  });

  it('live with twins, whose correlation matrix is singular, and with factors that never move', () => {
    const twins: FactorModel = {
      ...MODEL,
      factors: [...FACTORS, { asset: 'TWIN', kind: 'spot' }, { asset: 'STILL', kind: 'spot' }],
      changes: Float64Array.from([
        ...MODEL.changes,
        ...changesAt(MODEL, 0),
        ...new Float64Array(MODEL.count),
      ]),
    };
    const set = given(monteCarloSet(twins, { ...SPEC, count: 200 }));
    for (let s = 0; s < 200; s += 1) {
      expect(set.shocks[4 * 200 + s]).toBeCloseTo(set.shocks[s]!, 3);
      expect(set.shocks[5 * 200 + s]).toBe(0);
    }
  });

  it('refuse parameters out of range', () => {
    const bad: Partial<MonteCarloSpec>[] = [
      { count: 0 }, { count: 1.5 }, { count: 2e6 }, { seed: -1 }, { copulaDf: 2 }, { marginDf: NaN }, { shrinkFrac: 1.1 },
      { correlationDecay: 1 }, { horizonDays: 0 }, { lookbackDays: 5 }, { decay: 0 },
    ]; // prettier-ignore
    for (const change of bad)
      expect(isFailure(monteCarloSet(MODEL, { ...SPEC, ...change })), JSON.stringify(change)).toBe(true);
  });
});
