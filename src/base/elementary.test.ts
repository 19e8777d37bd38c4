import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp, expm1, expOfSum, log, log1p, pow, productError, tanh } from './elementary.ts';

const RUNS = { seed: 20260801, numRuns: 2000 };
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const between = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });

/** The language's own functions are loose oracles here, and only here: they may differ in the last bits between machines. */
function expectNear(actual: number, oracle: number): void {
  if (actual === oracle || (Number.isNaN(actual) && Number.isNaN(oracle))) return;
  expect(Math.abs(actual - oracle)).toBeLessThanOrEqual(1e-15 * Math.abs(oracle) + 5e-324);
}

describe('against the built-in functions', () => {
  it('exp and expm1 agree everywhere', () => {
    fc.assert(
      fc.property(between(-760, 720), (x) => {
        expectNear(exp(x), Math.exp(x));
        expectNear(expm1(x), Math.expm1(x));
      }),
      RUNS,
    );
  });

  it('log and log1p agree everywhere', () => {
    fc.assert(
      fc.property(between(5e-324, Number.MAX_VALUE), between(-1, 10), (x, y) => {
        expectNear(log(x), Math.log(x));
        expectNear(log1p(x), Math.log1p(x));
        expectNear(log1p(y), Math.log1p(y));
      }),
      RUNS,
    );
  });

  it('tanh agrees everywhere', () => {
    fc.assert(
      fc.property(between(-25, 25), (x) => expectNear(tanh(x), Math.tanh(x))),
      RUNS,
    );
  });

  it('pow agrees for any base and exponent, special values included', () => {
    const special = fc.constantFrom(
      0,
      -0,
      1,
      -1,
      2,
      -2,
      3,
      -3,
      0.5,
      -0.5,
      Infinity,
      -Infinity,
      1e300,
      5e-324,
      2 ** 53,
    );
    const any = fc.oneof(special, finite, between(-50, 50));
    fc.assert(
      fc.property(any, any, (x, y) => {
        const actual = pow(x, y);
        const oracle = Math.pow(x, y);
        expectNear(actual, oracle);
        expect(Object.is(actual, -0)).toBe(Object.is(oracle, -0));
      }),
      { ...RUNS, numRuns: 10_000 },
    );
  });
});

describe('at the edges', () => {
  it('NaN in gives NaN out', () => {
    for (const f of [exp, expm1, log, log1p, tanh]) expect(f(NaN)).toBeNaN();
    expect(pow(NaN, 0)).toBeNaN();
    expect(pow(NaN, 2)).toBeNaN();
    expect(pow(1, NaN)).toBeNaN();
    expect(expOfSum(NaN, 0)).toBeNaN();
  });

  it('exp overflows to Infinity and underflows through the subnormals to 0', () => {
    expect(exp(709.782712893384)).toBeLessThan(Infinity);
    expect(exp(709.7827128933841)).toBe(Infinity);
    expect(exp(-745.1332191019411)).toBe(5e-324);
    expect(exp(-745.1332191019412)).toBe(0);
    expect([exp(Infinity), exp(-Infinity), exp(0), exp(-0)]).toEqual([Infinity, 0, 1, 1]);
  });

  it('log has its pole at 0 and no value below', () => {
    expect([log(0), log(-0), log(Infinity), log(1)]).toEqual([-Infinity, -Infinity, Infinity, 0]);
    expect(log(-1)).toBeNaN();
    expect([log1p(-1), log1p(Infinity)]).toEqual([-Infinity, Infinity]);
    expect(log1p(-1.0000000000000002)).toBeNaN();
  });

  it('keeps the sign of zero', () => {
    for (const f of [expm1, log1p, tanh]) {
      expect(f(-0)).toBe(-0);
      expect(f(0)).toBe(0);
    }
    expect([expm1(Infinity), expm1(-Infinity), tanh(Infinity), tanh(-Infinity)]).toEqual([
      Infinity,
      -1,
      1,
      -1,
    ]);
  });
});

describe('identities', () => {
  it('powers of ten and two that are exact come out exact', () => {
    for (let k = 0; k <= 22; k++) expect(pow(10, k)).toBe(Number(`1e${k}`));
    for (let k = -1074; k <= 1023; k++) expect(Math.log2(pow(2, k))).toBe(k);
    for (let k = 0; k <= 33; k++) expect(BigInt(pow(3, k))).toBe(3n ** BigInt(k));
  });

  it('exp of an unrounded sum is the product of the exponentials', () => {
    fc.assert(
      fc.property(between(-600, 600), between(-1e-13, 1e-13), (x, low) => {
        expectNear(expOfSum(x, low), exp(x) * (1 + low));
      }),
      RUNS,
    );
  });

  it('productError is what the rounding of a product loses', () => {
    const short = fc.integer({ min: -(2 ** 52), max: 2 ** 52 });
    fc.assert(
      fc.property(short, short, (a, b) => {
        const product = a * b;
        expect(BigInt(productError(a, b, product)) + BigInt(product)).toBe(BigInt(a) * BigInt(b));
      }),
      RUNS,
    );
  });
});
