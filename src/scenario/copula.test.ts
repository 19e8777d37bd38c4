import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import { atan } from '../base/trigonometry.ts';
import {
  copulaCdf,
  copulaDensity,
  gaussianSpearman,
  kendallOfRho,
  rhoOfKendall,
  tailDependence,
} from './copula.ts';

function some<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(value.failure);
  return value;
}

const rhos = fc.double({ min: -0.95, max: 0.95, noNaN: true });
const nus = fc.constantFrom(null, 1, 2.5, 4, 12, 40);
const shares = fc.double({ min: 0.001, max: 0.999, noNaN: true });
const asin = (x: number): number => atan(x / Math.sqrt(1 - x * x));

describe('rank measures of an elliptical copula (SCENARIO-033)', () => {
  it('are those of the arcsine', () => {
    expect(kendallOfRho(0.5)).toBeCloseTo(1 / 3, 15);
    expect(gaussianSpearman(0.5)).toBeCloseTo(0.4825837395309974, 14);
    expect([kendallOfRho(1), kendallOfRho(-1), gaussianSpearman(1)]).toEqual([1, -1, 1]);
    fc.assert(
      fc.property(rhos, (rho) => {
        expect(rhoOfKendall(kendallOfRho(rho))).toBeCloseTo(rho, 13);
      }),
      { seed: 81 },
    );
  });
});

describe('tail dependence', () => {
  it('is that of the table in McNeil, Frey and Embrechts', () => {
    const table: Readonly<Record<number, readonly number[]>> = {
      2: [0.06, 0.18, 0.39, 0.72],
      4: [0.01, 0.08, 0.25, 0.63],
      10: [0, 0.01, 0.08, 0.46],
    };
    for (const [nu, row] of Object.entries(table))
      [-0.5, 0, 0.5, 0.9].forEach((rho, k) =>
        expect(Math.abs(some(tailDependence({ rho, nu: Number(nu) })) - row[k]!)).toBeLessThan(0.0051),
      );
    expect(tailDependence({ rho: 0.99, nu: null })).toBe(0);
  });

  it('is what the copula tends to in the corner', () => {
    for (const rho of [0, 0.6]) {
      const q = 1e-9;
      const share = some(copulaCdf({ rho, nu: 3 }, q, q)) / q;
      expect(share).toBeCloseTo(some(tailDependence({ rho, nu: 3 })), 4);
    }
  });
});

describe('the copula of a pair', () => {
  it('at the medians is a quarter and the arcsine, fat tails or not', () => {
    fc.assert(
      fc.property(rhos, nus, (rho, nu) => {
        const exact = 0.25 + asin(rho) / (2 * Math.PI);
        expect(some(copulaCdf({ rho, nu }, 0.5, 0.5))).toBeCloseTo(exact, 12);
      }),
      { seed: 82 },
    );
  });

  it('keeps the margins, the symmetry, the reflection and the bounds of Fréchet', () => {
    fc.assert(
      fc.property(rhos, nus, shares, shares, (rho, nu, u, v) => {
        const p = some(copulaCdf({ rho, nu }, u, v));
        expect(p).toBeLessThanOrEqual(Math.min(u, v) + 1e-12);
        expect(p).toBeGreaterThanOrEqual(Math.max(u + v - 1, 0) - 1e-12);
        expect(some(copulaCdf({ rho, nu }, v, u))).toBeCloseTo(p, 11);
        expect(some(copulaCdf({ rho: -rho, nu }, u, 1 - v))).toBeCloseTo(u - p, 10);
        expect(copulaCdf({ rho, nu }, u, 1)).toBe(u);
        expect(copulaCdf({ rho, nu }, 0, v)).toBe(0);
      }),
      { seed: 83 },
    );
  });

  it('has the density that its second difference gives', () => {
    const h = 1e-4;
    for (const nu of [null, 3, 8]) {
      const copula = { rho: 0.4, nu };
      const at = (u: number, v: number): number => some(copulaCdf(copula, u, v));
      const [u, v] = [0.2, 0.65];
      const difference = at(u + h, v + h) - at(u + h, v - h) - at(u - h, v + h) + at(u - h, v - h);
      expect(some(copulaDensity(copula, u, v))).toBeCloseTo(difference / (4 * h * h), 4);
    }
    expect(some(copulaDensity({ rho: 0, nu: null }, 0.3, 0.1))).toBeCloseTo(1, 13);
  });

  it('with many degrees of freedom is the Gaussian one', () => {
    const [t, gaussian] = [1e7, null].map((nu) => some(copulaCdf({ rho: -0.4, nu }, 0.05, 0.2)));
    expect(t).toBeCloseTo(gaussian!, 7);
  });

  it('refuses correlations and probabilities that are none', () => {
    const out = { failure: 'NUMBER_OUT_OF_RANGE' };
    for (const rho of [-1, 1, Number.NaN]) expect(copulaCdf({ rho, nu: null }, 0.5, 0.5)).toMatchObject(out);
    expect(tailDependence({ rho: 0, nu: 0 })).toMatchObject(out);
    expect(copulaCdf({ rho: 0, nu: 4 }, 1.1, 0.5)).toMatchObject(out);
    expect(copulaDensity({ rho: 0, nu: 4 }, 1, 0.5)).toMatchObject(out);
  });
});
