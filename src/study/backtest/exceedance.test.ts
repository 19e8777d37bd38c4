import { describe, expect, it } from 'vitest';
import { countHits, markExceedances, toDays, toHits } from './exceedance.ts';
import { given } from './sample.fixture.ts';

describe('exceedances', () => {
  it('are losses beyond value-at-risk; a loss of exactly that much is covered (BACKTEST-001)', () => {
    expect([...given(markExceedances([-2, -1, 3, -1.5], [1, 1, 1, 1.5]))]).toEqual([1, 0, 0, 0]);
  });

  it('go to days and back', () => {
    const hits = given(toHits([1, 7, 250], 250));
    expect(toDays(hits)).toEqual([1, 7, 250]);
    expect(countHits(hits)).toBe(3);
  });

  it('refuse series of different lengths, numbers that are not finite, nothing at all, and days outside', () => {
    expect(markExceedances([1, 2], [1])).toMatchObject({ failure: 'SHAPE_INVALID', field: 'valueAtRisk' });
    expect(markExceedances([1, NaN], [1, 1])).toMatchObject({
      failure: 'NUMBER_NOT_FINITE',
      field: 'pnl[1]',
    });
    expect(markExceedances([], [])).toMatchObject({ failure: 'HISTORY_TOO_SHORT' });
    expect(toHits([0], 10)).toMatchObject({ failure: 'NUMBER_OUT_OF_RANGE', field: 'days[0]' });
    expect(toHits([1], NaN)).toMatchObject({ failure: 'NUMBER_OUT_OF_RANGE', field: 'observations' });
  });
});
