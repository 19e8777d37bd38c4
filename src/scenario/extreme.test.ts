import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp, log, pow } from '../base/elementary.ts';
import { isFailure } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import { integrate } from '../base/integrate.ts';
import { makeUniform } from '../base/random.ts';
import { fitPareto, fitParetoByMoments, paretoLogLikelihood } from './extreme-fit.ts';
import { excessesOver, hillTail, meanExcess, paretoTailRisk, weissmanQuantile } from './extreme.ts';

function some<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(value.failure);
  return value;
}

function excesses(xi: number, beta: number, n: number): Float64Array {
  const draw = makeUniform(23);
  return Float64Array.from({ length: n }, () => {
    const u = draw();
    return xi === 0 ? -beta * log(u) : (beta * (pow(u, -xi) - 1)) / xi;
  });
}

describe('risk beyond a threshold (SCENARIO-034)', () => {
  it('is that of the Danish fire losses with the parameters of McNeil (1999)', () => {
    const tail = { xi: 0.497, beta: 6.98, threshold: 10, count: 2167, exceedances: 109 };
    const at99 = some(paretoTailRisk(tail, 0.01));
    expect(at99.valueAtRisk).toBeCloseTo(27.3, 1);
    expect(at99.expectedShortfall).toBeCloseTo(58.27, 1);
    expect(some(paretoTailRisk(tail, 0.001)).valueAtRisk).toBeCloseTo(94.3, 0);
  });

  it('has as shortfall the mean of the quantiles beyond, through xi = 0 without a jump', () => {
    fc.assert(
      fc.property(fc.double({ min: -0.6, max: 0.5, noNaN: true }), (xi) => {
        const tail = { xi, beta: 2, threshold: 1, count: 100, exceedances: 10 };
        const at = (p: number): number => some(paretoTailRisk(tail, p)).valueAtRisk;
        const beyond = integrate(at, { from: 1e-12, to: 0.02 }, 1e-9) / 0.02;
        expect(some(paretoTailRisk(tail, 0.02)).expectedShortfall).toBeCloseTo(beyond, 3);
      }),
      { seed: 91, numRuns: 40 },
    );
    const near = (xi: number): number =>
      some(paretoTailRisk({ xi, beta: 2, threshold: 1, count: 100, exceedances: 10 }, 0.01)).valueAtRisk;
    expect(near(0)).toBeCloseTo(1 + 2 * log(10), 13);
    expect(near(1e-12)).toBeCloseTo(near(0), 10);
  });

  it('has no finite shortfall from xi = 1 on, and nothing to say inside the threshold', () => {
    const tail = { xi: 1, beta: 2, threshold: 1, count: 100, exceedances: 10 };
    expect(some(paretoTailRisk(tail, 0.01)).expectedShortfall).toBe(Infinity);
    expect(paretoTailRisk(tail, 0.2)).toMatchObject({ failure: 'NUMBER_OUT_OF_RANGE' });
    expect(paretoTailRisk({ ...tail, beta: 0 }, 0.01)).toMatchObject({ failure: 'NUMBER_OUT_OF_RANGE' });
  });
});

describe('estimates from order statistics', () => {
  it('count strictly above the threshold', () => {
    const losses = Float64Array.of(1, 5, 3, 3, 9);
    expect([...excessesOver(losses, 3)]).toEqual([2, 6]);
    expect(meanExcess(losses, 3)).toEqual({ mean: 4, exceedances: 2 });
    expect(meanExcess(losses, 9)).toMatchObject({ failure: 'HISTORY_TOO_SHORT' });
  });

  it('find the index of an exact power law', () => {
    const losses = Float64Array.from({ length: 1000 }, (_, i) => pow(1000 / (i + 0.5), 0.4));
    const tail = some(hillTail(losses, 200));
    expect(tail.xi).toBeCloseTo(0.4, 2);
    expect(weissmanQuantile(tail, 0.001)).toBeCloseTo(pow(1000, 0.4), 0);
    expect(hillTail(losses, 1000)).toMatchObject({ failure: 'HISTORY_TOO_SHORT' });
    expect(hillTail(Float64Array.of(-1, -2, -3), 1)).toMatchObject({ failure: 'NUMBER_OUT_OF_RANGE' });
  });
});

describe('a generalised Pareto fit (SCENARIO-034)', () => {
  it('recovers what was drawn, within its standard errors', () => {
    for (const xi of [-0.3, 0, 0.3, 0.9]) {
      const fit = some(fitPareto(excesses(xi, 2, 2000)));
      expect(Math.abs(fit.xi - xi)).toBeLessThan(4 * fit.standardErrors!.xi);
      expect(Math.abs(fit.beta - 2)).toBeLessThan(4 * fit.standardErrors!.beta);
      // Asymptotic deviation of xi: (1 + xi)/√n (Smith 1987).
      expect(fit.standardErrors!.xi / ((1 + xi) / Math.sqrt(2000))).toBeCloseTo(1, 0);
    }
  });

  it('is a maximum', () => {
    const sample = excesses(0.2, 1, 300);
    const { xi, beta, logLikelihood } = some(fitPareto(sample));
    expect(paretoLogLikelihood(sample, { xi, beta })).toBeCloseTo(logLikelihood, 9);
    for (const [dx, db] of [
      [1e-3, 0],
      [-1e-3, 0],
      [0, 1e-3],
      [0, -1e-3],
    ] as const)
      expect(paretoLogLikelihood(sample, { xi: xi + dx, beta: beta + db })).toBeLessThan(logLikelihood);
  });

  it('has the standard errors that differences of the likelihood give', () => {
    const sample = excesses(0.0005, 1, 200);
    const { xi, beta, standardErrors } = some(fitPareto(sample));
    const at = (dx: number, db: number): number =>
      paretoLogLikelihood(sample, { xi: xi + dx, beta: beta + db });
    const h = 1e-4;
    const a = -(at(h, 0) - 2 * at(0, 0) + at(-h, 0)) / (h * h);
    const b = -(at(0, h) - 2 * at(0, 0) + at(0, -h)) / (h * h);
    const c = -(at(h, h) - at(h, -h) - at(-h, h) + at(-h, -h)) / (4 * h * h);
    expect(standardErrors!.xi).toBeCloseTo(Math.sqrt(b / (a * b - c * c)), 4);
    expect(standardErrors!.beta).toBeCloseTo(Math.sqrt(a / (a * b - c * c)), 4);
  });

  it('by moments is exact for a sample that sits on its own quantiles', () => {
    const n = 5000;
    const sample = Float64Array.from({ length: n }, (_, i) => 5 * (pow(1 - (i + 0.5) / n, -0.2) - 1));
    const { xi, beta } = some(fitParetoByMoments(sample));
    expect(xi).toBeCloseTo(0.2, 2);
    expect(beta).toBeCloseTo(1, 2);
  });

  it('refuses too few excesses and excesses that are none', () => {
    const few = { failure: 'HISTORY_TOO_SHORT' };
    expect(fitPareto(Float64Array.of(1, 2, 3))).toMatchObject(few);
    expect(fitPareto(new Float64Array(20))).toMatchObject(few);
    expect(fitParetoByMoments(new Float64Array(20).fill(Number.NaN))).toMatchObject(few);
    expect(paretoLogLikelihood(Float64Array.of(3), { xi: -0.5, beta: 1 })).toBe(-Infinity);
    expect(exp(paretoLogLikelihood(Float64Array.of(0), { xi: 0.1, beta: 4 }))).toBeCloseTo(0.25, 14);
  });
});
