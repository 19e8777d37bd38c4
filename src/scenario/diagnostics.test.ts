import { describe, expect, it } from 'vitest';
import { exp } from '../base/elementary.ts';
import { isFailure } from '../base/failure.ts';
import { drawNormal, makeUniform } from '../base/random.ts';
import { archTest, autocorrelations, distanceFromNormal, jarqueBera, ljungBox } from './diagnostics.ts';

const draw = makeUniform(31);
const noise = Float64Array.from({ length: 2000 }, () => drawNormal(draw));

/** Noise whose volatility follows its own squares. */
function clustered(): Float64Array {
  let h = 1;
  return noise.map((z) => {
    const e = Math.sqrt(h) * z;
    h = 0.3 + 0.7 * e * e;
    return e;
  });
}

function archP(values: Float64Array): number {
  const result = archTest(values, 5);
  return isFailure(result) ? Number.NaN : result.pValue;
}

describe('diagnostics of a series', () => {
  it('find autocorrelation by hand', () => {
    const [one, two] = autocorrelations(Float64Array.of(1, -1, 1, -1), 2);
    expect(one).toBeCloseTo(-0.75, 14);
    expect(two).toBeCloseTo(0.5, 14);
    // 4·6·(0.5625/3 + 0.25/2)
    expect(ljungBox(Float64Array.of(1, -1, 1, -1), 2).statistic).toBeCloseTo(7.5, 12);
  });

  it('pass normal noise', () => {
    expect(ljungBox(noise, 10).pValue).toBeGreaterThan(0.001);
    expect(jarqueBera(noise).pValue).toBeGreaterThan(0.001);
    expect(archP(noise)).toBeGreaterThan(0.001);
    expect(distanceFromNormal(noise)).toBeLessThan(1.3 / Math.sqrt(noise.length));
  });

  it('catch volatility clusters and the fat tails they make', () => {
    const values = clustered();
    expect(archP(values)).toBeLessThan(1e-6);
    expect(jarqueBera(values).pValue).toBeLessThan(1e-6);
    expect(
      ljungBox(
        values.map((x) => x * x),
        10,
      ).pValue,
    ).toBeLessThan(1e-6);
    expect(distanceFromNormal(values)).toBeGreaterThan(distanceFromNormal(noise));
  });

  it('give the tail of a χ² with 2 degrees of freedom for skewness and kurtosis', () => {
    const { statistic, pValue } = jarqueBera(Float64Array.of(0, 0, 0, 0, 10));
    expect(statistic).toBeCloseTo((5 / 6) * (2.25 + 0.0625 / 4), 13);
    expect(pValue).toBeCloseTo(exp(-statistic / 2), 13);
  });

  it('refuse a regression without data', () => {
    expect(archTest(new Float64Array(100), 5)).toMatchObject({ failure: 'HISTORY_TOO_SHORT' });
    expect(archTest(noise.slice(0, 10), 5)).toMatchObject({ failure: 'HISTORY_TOO_SHORT' });
    expect([...autocorrelations(Float64Array.of(2, 2, 2), 1)]).toEqual([0]);
  });
});
