import { describe, expect, it } from 'vitest';
import { normalPdf, normalQuantile } from '../../base/normal.ts';
import { given } from './sample.fixture.ts';
import { shareAtMost } from './law.ts';
import { assessShortfall, measureShortfall, simulateShortfallNull } from './shortfall.ts';

const P = 0.025;
const SHORTFALL = normalPdf(normalQuantile(P)) / P;
const normalTail = (_day: number, u: number): number => -normalQuantile(u) / SHORTFALL;
const law = given(
  simulateShortfallNull({ observations: 250, probability: P, tail: normalTail, paths: 40_000, seed: 1 }),
);

describe('the statistics of expected shortfall (BACKTEST-008)', () => {
  const series = {
    pnl: [-3, 1, -2.5, 0.5],
    valueAtRisk: [2, 2, 2, 2],
    expectedShortfall: [2.5, 2.5, 2.5, 2.5],
  };

  it('follow their definitions', () => {
    const found = given(measureShortfall(series, 0.5));
    expect(found.exceptions).toBe(2);
    expect(found.conditional).toBeCloseTo(1 - (3 + 2.5) / 2.5 / 2, 14);
    expect(found.unconditional).toBeCloseTo(1 - (3 + 2.5) / 2.5 / (4 * 0.5), 14);
    expect(found.minimallyBiased).toBeCloseTo(1 - 2 / 2.5 - (1 + 0.5) / (0.5 * 2.5) / 4, 14);
  });

  it('do not depend on the unit of money', () => {
    const scaled = {
      pnl: series.pnl.map((x) => 7 * x),
      valueAtRisk: series.valueAtRisk.map((x) => 7 * x),
      expectedShortfall: series.expectedShortfall.map((x) => 7 * x),
    };
    expect(given(measureShortfall(scaled, 0.5)).unconditional).toBeCloseTo(
      given(measureShortfall(series, 0.5)).unconditional,
      13,
    );
  });

  it('without an exceedance leave Z1 open and Z2 at 1', () => {
    const calm = given(measureShortfall({ ...series, pnl: [1, 1, 1, 1] }, 0.5));
    expect(calm).toMatchObject({ exceptions: 0, conditional: null, unconditional: 1 });
    const tests = given(assessShortfall(calm, law, 0.05));
    expect(tests.conditional.verdict).toBe('not-applicable');
    expect(tests.unconditional).toMatchObject({ pValue: 1, verdict: 'accepted' });
  });

  it('refuse a shortfall that is not positive', () => {
    expect(measureShortfall({ ...series, expectedShortfall: [2.5, 0, 2.5, 2.5] }, 0.5)).toMatchObject({
      failure: 'NUMBER_OUT_OF_RANGE',
      field: 'expectedShortfall[1]',
    });
  });
});

describe('their law under the model', () => {
  it('has the critical values that Acerbi and Székely print for the normal: Z2 −0.70 at 5 %, −1.8 at 0.01 %', () => {
    expect(law.unconditional[0.05 * 40_000]).toBeCloseTo(-0.7, 1);
    expect(law.unconditional[4]).toBeGreaterThan(-2.2);
    expect(law.unconditional[4]).toBeLessThan(-1.5);
  });

  it('has mean zero: each statistic expects nothing of a correct model', () => {
    for (const sample of [law.conditional, law.unconditional, law.minimallyBiased]) {
      const mean = sample.reduce((sum, z) => sum + z, 0) / sample.length;
      const square = sample.reduce((sum, z) => sum + (z - mean) * (z - mean), 0) / sample.length;
      expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(square / sample.length));
    }
  });

  it('is sorted, reproducible, and takes a tail that differs from day to day', () => {
    const daily = {
      observations: 3,
      probability: 0.5,
      tail: (day: number, u: number) => 1 + day + u,
      paths: 500,
      seed: 9,
    };
    const once = given(simulateShortfallNull(daily));
    expect(once.unconditional).toEqual(given(simulateShortfallNull(daily)).unconditional);
    expect(once.unconditional).toEqual(once.unconditional.slice().sort());
    expect(once.unconditional[0]).toBeGreaterThan(1 - (1.5 + 2.5 + 3.5) / 1.5);
    expect(shareAtMost(once.unconditional, 1)).toBe(1);
  });
});
