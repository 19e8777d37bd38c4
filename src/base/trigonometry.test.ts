import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atan, cos, sin } from './trigonometry.ts';

const RUNS = { seed: 20260802, numRuns: 2000 };
const between = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });

describe('sine and cosine', () => {
  it('agree with the built-in functions for small and large angles', () => {
    fc.assert(
      fc.property(fc.oneof(between(-10, 10), between(-1e7, 1e7), between(-1e300, 1e300)), (x) => {
        expect(Math.abs(sin(x) - Math.sin(x))).toBeLessThanOrEqual(2.3e-16);
        expect(Math.abs(cos(x) - Math.cos(x))).toBeLessThanOrEqual(2.3e-16);
      }),
      RUNS,
    );
  });

  it('reduce by parts and by integers to the same value at the border', () => {
    // 799 999.999… is reduced with f64 parts, 800 000 with integers; both must satisfy the addition theorem.
    const step = 2 ** -20;
    for (const x of [800_000 - step, 800_000]) {
      const turned = sin(x) * Math.cos(step) + cos(x) * Math.sin(step);
      expect(Math.abs(sin(x + step) - turned)).toBeLessThan(4e-16);
    }
  });

  it('have no value at infinity, and keep the sign of zero', () => {
    for (const x of [NaN, Infinity, -Infinity]) {
      expect(sin(x)).toBeNaN();
      expect(cos(x)).toBeNaN();
    }
    expect([sin(0), sin(-0), cos(0), cos(-0)]).toEqual([0, -0, 1, 1]);
  });

  it('stay accurate next to a zero: sin of the f64 nearest to π is what that lacks of π', () => {
    expect(sin(3.141592653589793)).toBe(1.2246467991473532e-16);
    expect(cos(1.5707963267948966)).toBe(6.123233995736766e-17);
  });
});

describe('arctangent', () => {
  it('agrees with the built-in function', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), between(-5, 5), (x, y) => {
        for (const z of [x, y])
          expect(Math.abs(atan(z) - Math.atan(z))).toBeLessThanOrEqual(3e-16 * Math.abs(atan(z)));
      }),
      RUNS,
    );
  });

  it('ends at ±π/2 and keeps the sign of zero', () => {
    expect([atan(Infinity), atan(-Infinity), atan(-0)]).toEqual([Math.PI / 2, -Math.PI / 2, -0]);
    expect(atan(NaN)).toBeNaN();
  });
});
