import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  calledFrac,
  deviationFrac,
  divergenceFrac,
  fundDrawdownFrac,
  liquidationFrac,
  observePrice,
  type PriceRange,
  velocityFrac,
} from './signals.ts';

describe('the range of a price', () => {
  it('sees every move of the last window, and forgets after two', () => {
    const points = fc.array(
      fc.record({
        elapsedMs: fc.integer({ min: 1, max: 150 }),
        price: fc.double({ min: 1, max: 100, noNaN: true }),
      }),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(points, (list) => {
        let range: PriceRange | null = null;
        let timeMs = 0;
        const seen: { timeMs: number; price: number }[] = [];
        for (const { elapsedMs, price } of list) {
          timeMs += elapsedMs;
          seen.push({ timeMs, price });
          range = observePrice(range, { timeMs, price }, 100);
          const largest = (within: number): number =>
            Math.max(
              ...seen.filter((p) => p.timeMs > timeMs - within).map((p) => Math.abs(price / p.price - 1)),
            );
          const velocity = velocityFrac(range)!;
          expect(velocity).toBeGreaterThanOrEqual(largest(100) - 1e-12);
          expect(velocity).toBeLessThanOrEqual(largest(200) + 1e-12);
        }
      }),
      { seed: 91, numRuns: 500 },
    );
  });

  it('leaves out what is no price, and what is older than its interval', () => {
    const range = observePrice(null, { timeMs: 250, price: 10 }, 100)!;
    for (const price of [0, -1, NaN, Infinity]) {
      expect(observePrice(range, { timeMs: 260, price }, 100)).toBe(range);
    }
    expect(observePrice(range, { timeMs: 150, price: 5 }, 100)).toBe(range);
    expect(velocityFrac(null)).toBe(null);
    expect(velocityFrac(observePrice(range, { timeMs: 260, price: 8 }, 100))).toBeCloseTo(0.2, 12);
  });
});

describe('signals', () => {
  it('are fractions, and not known where there is nothing to measure against', () => {
    expect(deviationFrac(0.65, 1)).toBeCloseTo(0.35, 12);
    expect(deviationFrac(1, 0)).toBe(null);
    expect(divergenceFrac([0.65, 1, 0.99])).toBeCloseTo(1 / 0.65 - 1, 12);
    expect([divergenceFrac([]), divergenceFrac([1, 0]), divergenceFrac([5])]).toEqual([null, null, 0]);
    expect([liquidationFrac(0, null), liquidationFrac(5, null), liquidationFrac(5, 10)]).toEqual([
      0,
      null,
      0.5,
    ]);
    expect([fundDrawdownFrac(100n, 25n), fundDrawdownFrac(100n, 130n), fundDrawdownFrac(0n, 0n)]).toEqual([
      0.75, 0, 0,
    ]);
    expect([calledFrac(1, 2, 20), calledFrac(5, 50, 20), calledFrac(0, 0, 0)]).toEqual([0.05, 0.1, 0]);
  });
});
