import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assessDisclosure } from './disclosure.ts';
import { given } from './sample.fixture.ts';

const terms = { confidence: 0.99, lookBackDays: 365 };

describe('the disclosure of margin coverage (BACKTEST-015)', () => {
  it('counts shortfalls and sizes what they left uncovered', () => {
    const report = given(
      assessDisclosure({ pnl: [-12, 5, -10, -15, 0], margin: [10, 10, 10, 11, 10], ...terms }),
    );
    expect(report).toEqual({
      ...terms,
      shortfalls: 2,
      observations: 5,
      achievedCoverage: 0.6,
      uncoveredPeak: 4,
      uncoveredMean: 3,
    });
  });

  it('is zero uncovered where margin always held', () => {
    expect(given(assessDisclosure({ pnl: [1, -1], margin: [1, 1], ...terms }))).toMatchObject({
      shortfalls: 0,
      achievedCoverage: 1,
      uncoveredPeak: 0,
      uncoveredMean: 0,
    });
  });

  it('never uncovers less with less margin', () => {
    const row = fc.record({
      pnl: fc.integer({ min: -100, max: 100 }),
      margin: fc.integer({ min: 0, max: 100 }),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 50 }), (rows) => {
        const pnl = rows.map((r) => r.pnl);
        const full = given(assessDisclosure({ pnl, margin: rows.map((r) => r.margin), ...terms }));
        const less = given(assessDisclosure({ pnl, margin: rows.map((r) => r.margin / 2), ...terms }));
        expect(less.achievedCoverage).toBeLessThanOrEqual(full.achievedCoverage);
        expect(less.uncoveredPeak).toBeGreaterThanOrEqual(full.uncoveredPeak);
      }),
      { seed: 31, numRuns: 200 },
    );
  });

  it('refuses what is no number, and no observations', () => {
    expect(assessDisclosure({ pnl: [NaN], margin: [1], ...terms })).toMatchObject({
      failure: 'NUMBER_NOT_FINITE',
    });
    expect(assessDisclosure({ pnl: [], margin: [], ...terms })).toMatchObject({
      failure: 'HISTORY_TOO_SHORT',
    });
  });
});
