import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialPmf } from '../../base/distribution.ts';
import { assessFailureProportion, listAcceptedCounts } from './coverage.ts';
import { given } from './sample.fixture.ts';

const pof = (observations: number, exceptions: number, probability: number) =>
  given(assessFailureProportion({ observations, exceptions, probability, level: 0.05 }));

describe('the proportion of failures (BACKTEST-002)', () => {
  it('agrees with the worked numbers of Jorion (2007) for J.P. Morgan in 1998: 3.91 and z 2.14', () => {
    const report = pof(252, 20, 0.05);
    expect(report.statistic).toBeCloseTo(3.91, 2);
    expect(report.normalScore).toBeCloseTo(2.14, 2);
    expect(report.verdict).toBe('rejected');
  });

  it('takes no exception as the limit −2·T·ln(1 − p), and all exceptions as −2·T·ln p', () => {
    expect(pof(250, 0, 0.01).statistic).toBeCloseTo(5.025167926750721, 12);
    expect(pof(250, 250, 0.01).statistic).toBeCloseTo(2302.5850929940457, 9);
    expect(pof(250, 0, 0.01).verdict).toBe('rejected');
  });

  it('is zero with p-value one where the share is exactly the promised one', () => {
    expect(pof(500, 25, 0.05)).toMatchObject({ statistic: 0, pValue: 1, verdict: 'accepted' });
  });

  it('is never negative and never NaN, and grows away from the expected count', () => {
    const input = fc.record({
      n: fc.integer({ min: 1, max: 5000 }),
      p: fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
    });
    fc.assert(
      fc.property(input, fc.double({ min: 0, max: 1, noNaN: true }), ({ n, p }, share) => {
        const x = Math.round(share * n);
        const here = pof(n, x, p);
        expect(here.statistic).toBeGreaterThanOrEqual(0);
        expect(here.pValue).toBeGreaterThanOrEqual(0);
        expect(here.pValue).toBeLessThanOrEqual(1);
        const away = x >= n * p ? x + 1 : x - 1;
        if (away >= 0 && away <= n) expect(pof(n, away, p).statistic).toBeGreaterThanOrEqual(here.statistic!);
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  it('refuses more exceptions than days, levels outside (0, 1) and NaN', () => {
    const bad = { observations: 250, exceptions: 3, probability: 0.01, level: 0.05 };
    for (const wrong of [
      { exceptions: 251 },
      { exceptions: 1.5 },
      { probability: 1 },
      { probability: NaN },
      { level: 0 },
      { observations: 0 },
    ]) {
      expect(assessFailureProportion({ ...bad, ...wrong })).toMatchObject({ failure: 'NUMBER_OUT_OF_RANGE' });
    }
  });
});

describe('the accepted counts', () => {
  const region = (observations: number, probability: number) =>
    given(listAcceptedCounts({ observations, probability, level: 0.05 }));

  it("give Kupiec's printed regions (1995), but for the cell where he accepts a count that his test rejects", () => {
    expect(region(510, 0.025)).toMatchObject({ exceptionsMin: 7, exceptionsMax: 20 });
    expect(region(1000, 0.05)).toMatchObject({ exceptionsMin: 38, exceptionsMax: 64 });
    expect(region(255, 0.1)).toMatchObject({ exceptionsMin: 17, exceptionsMax: 35 });
    expect(region(255, 0.01)).toMatchObject({ exceptionsMin: 1, exceptionsMax: 6 });
  });

  it('are exactly the counts that the test accepts', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.double({ min: 0.001, max: 0.5, noNaN: true }),
        (n, p) => {
          const { exceptionsMin, exceptionsMax } = region(n, p);
          for (let x = 0; x <= n; x += 1) {
            const inside = exceptionsMin !== null && x >= exceptionsMin && x <= exceptionsMax!;
            expect(pof(n, x, p).verdict).toBe(inside ? 'accepted' : 'rejected');
          }
        },
      ),
      { seed: 12, numRuns: 40 },
    );
  });

  it('leave a correct model rejected as often as the binomial law says: 4.3 % at 1000 days and 5 %', () => {
    const { exceptionsMin, exceptionsMax } = region(1000, 0.05);
    let inside = 0;
    for (let x = exceptionsMin!; x <= exceptionsMax!; x += 1) inside += binomialPmf(x, 1000, 0.05);
    expect(1 - inside).toBeGreaterThan(0.04);
    expect(1 - inside).toBeLessThan(0.06);
  });
});
