import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssertionFailed } from './assert.ts';
import { SOBOL_DIMENSIONS_MAX, sobolPoints } from './sobol.ts';

describe('Sobol points', () => {
  it('are those of an independent implementation of the same direction numbers (BITS-006)', () => {
    // scipy.stats.qmc.Sobol(64, scramble=False, bits=32), points by number, dimensions 1, 2, 3, 21, 41 and 64.
    const known: readonly (readonly [number, readonly number[]])[] = [
      [1, [0.5, 0.5, 0.5, 0.5, 0.5, 0.5]],
      [3, [0.25, 0.75, 0.75, 0.75, 0.75, 0.25]],
      [100, [0.4140625, 0.2578125, 0.7734375, 0.7578125, 0.7109375, 0.6484375]],
      [517, [0.8779296875, 0.6259765625, 0.8291015625, 0.8291015625, 0.3720703125, 0.1669921875]],
      [999, [0.1572265625, 0.9091796875, 0.0810546875, 0.3349609375, 0.3505859375, 0.6337890625]],
    ];
    const points = sobolPoints({ dimensions: 64, start: 0, count: 1000 });
    for (const [row, values] of known) {
      expect([0, 1, 2, 20, 40, 63].map((d) => points[row * 64 + d])).toEqual(values);
    }
  });

  it('start with the origin and the centre', () => {
    const points = sobolPoints({ dimensions: 3, start: 0, count: 2 });
    expect([...points]).toEqual([0, 0, 0, 0.5, 0.5, 0.5]);
  });

  it('are the same whichever part is asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 60 }), fc.nat(40), (start, skip) => {
        const all = sobolPoints({ dimensions: 5, start, count: 60 });
        const part = sobolPoints({ dimensions: 5, start: start + skip, count: 60 - skip });
        expect(part).toEqual(all.slice(skip * 5));
      }),
      { seed: 20260809 },
    );
    expect(sobolPoints({ dimensions: 2, start: 2 ** 32 - 2, count: 2 }).length).toBe(4);
  });

  it('fill every dimension evenly: each of the first 2^k points in a cell of its own', () => {
    const count = 1024;
    const points = sobolPoints({ dimensions: SOBOL_DIMENSIONS_MAX, start: 0, count });
    for (let d = 0; d < SOBOL_DIMENSIONS_MAX; d++) {
      const cells = new Set<number>();
      for (let row = 0; row < count; row++)
        cells.add(Math.floor(points[row * SOBOL_DIMENSIONS_MAX + d]! * count));
      expect(cells.size, `dimension ${d + 1}`).toBe(count);
    }
  });

  it('integrate a smooth product far better than random points do', () => {
    const dimensions = 21;
    const count = 4096;
    const points = sobolPoints({ dimensions, start: 1, count });
    let sum = 0;
    for (let row = 0; row < count; row++) {
      let product = 1;
      for (let d = 0; d < dimensions; d++) product *= 1 + (points[row * dimensions + d]! - 0.5) / (d + 1);
      sum += product;
    }
    expect(Math.abs(sum / count - 1)).toBeLessThan(1e-3);
  });

  it('have 1 to 64 dimensions and numbers below 2^32', () => {
    expect(SOBOL_DIMENSIONS_MAX).toBe(64);
    expect(() => sobolPoints({ dimensions: 65, start: 0, count: 1 })).toThrow(AssertionFailed);
    expect(() => sobolPoints({ dimensions: 0, start: 0, count: 1 })).toThrow(AssertionFailed);
    expect(() => sobolPoints({ dimensions: 1, start: 2 ** 32, count: 1 })).toThrow(AssertionFailed);
  });
});
