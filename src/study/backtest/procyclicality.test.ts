import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assessProcyclicality } from './procyclicality.ts';
import { given } from './sample.fixture.ts';

describe('procyclicality of margin (BACKTEST-014)', () => {
  it('measures peak to trough, mean, and the largest rise over each horizon', () => {
    const report = given(assessProcyclicality([10, 12, 11, 20, 16, 15], [1, 2, 5, 6]));
    expect(report.peakToTrough).toBe(2);
    expect(report.mean).toBe(14);
    expect(report.rises.map((rise) => rise.largestFrac)).toEqual([
      expect.closeTo(9 / 11, 14),
      expect.closeTo(8 / 12, 14),
      expect.closeTo(0.5, 14),
      null,
    ]);
  });

  it('looks 1, 5, 20 and 30 days ahead unless told otherwise, and finds nothing in a constant', () => {
    const report = given(assessProcyclicality(new Float64Array(40).fill(7)));
    expect(report.peakToTrough).toBe(1);
    expect(report.rises).toEqual([1, 5, 20, 30].map((days) => ({ days, largestFrac: 0 })));
  });

  it('does not depend on the unit, and no rise passes peak over trough', () => {
    const margins = fc.array(fc.double({ min: 0.1, max: 1000, noNaN: true }), {
      minLength: 2,
      maxLength: 60,
    });
    fc.assert(
      fc.property(margins, (margin) => {
        const here = given(assessProcyclicality(margin));
        const there = given(assessProcyclicality(margin.map((m) => 8 * m)));
        expect(there.peakToTrough).toBe(here.peakToTrough);
        for (const { largestFrac } of here.rises)
          expect(largestFrac ?? 0).toBeLessThanOrEqual(here.peakToTrough - 1 + 1e-12);
      }),
      { seed: 41, numRuns: 200 },
    );
  });

  it('refuses margin that is not positive', () => {
    expect(assessProcyclicality([1, 0])).toMatchObject({
      failure: 'NUMBER_OUT_OF_RANGE',
      field: 'margin[1]',
    });
  });
});
