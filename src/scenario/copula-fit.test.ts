import { describe, expect, it } from 'vitest';
import { log } from '../base/elementary.ts';
import { isFailure } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import { makeUniform } from '../base/random.ts';
import { drawUniforms, drawVariates } from './copula-draw.ts';
import { fitTCopula, pseudoObservations, tCopulaLogLikelihood } from './copula-fit.ts';
import { copulaDensity } from './copula.ts';

function some<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(value.failure);
  return value;
}

/** Cholesky factor of a correlation of 0.6. */
const lower = Float64Array.of(1, 0, 0.6, 0.8);

function drawn(nu: number | null, n: number): readonly [Float64Array, Float64Array] {
  const draw = makeUniform(17);
  const pair = new Float64Array(2);
  const columns = [new Float64Array(n), new Float64Array(n)] as const;
  for (let s = 0; s < n; s++) {
    drawUniforms({ lower, nu }, draw, pair);
    columns.forEach((column, k) => (column[s] = pair[k]!));
  }
  return columns;
}

describe('draws from a copula', () => {
  it('are uniform in each factor', () => {
    for (const nu of [null, 3]) {
      const n = 4000;
      for (const column of drawn(nu, n)) {
        const ascending = Float64Array.from(column).sort();
        const apart = ascending.reduce((max, u, i) => Math.max(max, Math.abs(u - (i + 0.5) / n)), 0);
        // The Kolmogorov distance that one sample in a thousand exceeds.
        expect(apart).toBeLessThan(1.95 / Math.sqrt(n));
      }
    }
  });

  it('share one χ² a scenario: extremes come together though the correlation is zero', () => {
    const draw = makeUniform(4);
    const pair = new Float64Array(2);
    let together = 0;
    for (let s = 0; s < 20_000; s++) {
      drawVariates({ lower: Float64Array.of(1, 0, 0, 1), nu: 3 }, draw, pair);
      if (Math.abs(pair[0]!) > 4.5407 && Math.abs(pair[1]!) > 4.5407) together++;
    }
    // Two-sided 2 % each: 8 would be expected of independent ones, about 100 of the t copula.
    expect(together).toBeGreaterThan(60);
  });

  it('are the same bits from the same seed', () => {
    expect(drawn(4, 50)).toEqual(drawn(4, 50));
  });
});

describe('a t copula fit (SCENARIO-033)', () => {
  it('recovers what was drawn', () => {
    const fit = some(fitTCopula(drawn(4, 1500)));
    expect(fit.correlation[1]).toBeCloseTo(0.6, 1);
    expect(fit.nu).toBeGreaterThan(2.8);
    expect(fit.nu).toBeLessThan(6);
    expect(some(fitTCopula(drawn(null, 800))).nu).toBeGreaterThan(15);
  });

  it('has, for a pair, the likelihood of the pair density', () => {
    const columns = drawn(4, 40);
    let sum = 0;
    for (let s = 0; s < 40; s++)
      sum += log(some(copulaDensity({ rho: 0.6, nu: 5 }, columns[0][s]!, columns[1][s]!)));
    expect(tCopulaLogLikelihood(columns, lower, 5)).toBeCloseTo(sum, 10);
  });

  it('ranks before it fits, ties averaged, never reaching 0 or 1', () => {
    const [u] = pseudoObservations([Float64Array.of(10, -3, 10, 7)]);
    expect([...u!]).toEqual([0.7, 0.2, 0.7, 0.4]);
  });

  it('refuses series that never move and correlations that contradict each other', () => {
    const flat = new Float64Array(10);
    const rising = Float64Array.from({ length: 10 }, (_, i) => i);
    expect(fitTCopula([flat, rising])).toMatchObject({ failure: 'HISTORY_TOO_SHORT' });
    expect(fitTCopula([rising, rising])).toMatchObject({ failure: 'MATRIX_NOT_POSITIVE' });
  });
});
