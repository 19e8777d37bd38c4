import { describe, expect, it } from 'vitest';
import { studentTQuantile } from '../../base/distribution.ts';
import { normalQuantile } from '../../base/normal.ts';
import { makeUniform } from '../../base/random.ts';
import { BOOK_USD, listBooks } from '../books.ts';
import { emptyTable } from '../walk/table.ts';
import { given } from '../walk/walk.fixture.ts';
import {
  BOOK_TESTS,
  type BookSeries,
  type BookTest,
  DEFAULT_JUDGE,
  makeLaws,
  testBook,
} from './book-tests.ts';
import { judgeWalk } from './judge.ts';

const DF = 5;
const UNIT = Math.sqrt((DF - 2) / DF);
const VAR_99 = -studentTQuantile(0.01, DF) * UNIT;
const START_SD = 0.03;

/** GARCH(1,1) with t innovations: the day's true volatility is known to the correct model and not to the normal one. */
function simulate(seed: number, days: number): { readonly pnl: Float64Array; readonly sigma: Float64Array } {
  const draw = makeUniform(seed);
  const pnl = new Float64Array(days);
  const sigma = new Float64Array(days);
  let variance = START_SD * START_SD;
  for (let t = 0; t < days; t += 1) {
    sigma[t] = Math.sqrt(variance);
    pnl[t] = sigma[t]! * UNIT * studentTQuantile(draw(), DF);
    variance = 0.03 * START_SD * START_SD + 0.12 * pnl[t]! * pnl[t]! + 0.85 * variance;
  }
  return { pnl, sigma };
}

function seriesOf(pnl: Float64Array, margin: Float64Array): BookSeries {
  const hits = Uint8Array.from(pnl, (x, t) => (x < -margin[t]! ? 1 : 0));
  return { pnl, margin, tailRatio: new Float64Array(pnl.length).fill(0.8), hits };
}

const laws = makeLaws(DEFAULT_JUDGE);

/** How many of `runs` simulated books each test rejects, and how many at least one of them. */
function rejections(
  of: { readonly runs: number; readonly days: number },
  model: (sigma: Float64Array) => Float64Array,
): { readonly byTest: ReadonlyMap<BookTest, number>; readonly any: number } {
  const byTest = new Map<BookTest, number>(BOOK_TESTS.map((test) => [test, 0]));
  let any = 0;
  for (let run = 0; run < of.runs; run += 1) {
    const { pnl, sigma } = simulate(run + 1, of.days);
    const { reports } = given(testBook(seriesOf(pnl, model(sigma)), laws));
    const rejected = [...reports].filter(([, report]) => report.verdict === 'rejected');
    for (const [test] of rejected) byTest.set(test, byTest.get(test)! + 1);
    if (rejected.length > 0) any += 1;
  }
  return { byTest, any };
}

describe('the judgement of a model', () => {
  it('rejects a correct simulated model no more often than the size of each test, over 1,000 runs', () => {
    const runs = 1000;
    const { byTest } = rejections({ runs, days: 500 }, (sigma) => sigma.map((s) => VAR_99 * s));
    const { testLevel } = DEFAULT_JUDGE;
    const error = 3 * Math.sqrt(testLevel * (1 - testLevel) * runs);
    for (const test of ['times-between', 'mixed', 'durations'] as const) {
      expect(byTest.get(test)!, test).toBeLessThan(runs * testLevel + error);
    }
    // χ² laws in samples with five expected exceptions: the exact size of the proportion test at 500 days is 7.06 %.
    expect(byTest.get('proportion')!).toBeLessThan(runs * 0.0706 + error);
    expect(byTest.get('conditional-coverage')!).toBeLessThan(runs * 0.08 + error);
  });

  // Some paths of 2,000 days stay calm to the end; on them nothing is wrong with it yet.
  it('calls normal value-at-risk without updated volatility bad', () => {
    const runs = 100;
    const z = -normalQuantile(0.01);
    const { byTest, any } = rejections({ runs, days: 2000 }, (sigma) => sigma.map(() => z * START_SD));
    expect(any).toBeGreaterThan(0.85 * runs);
    expect(byTest.get('times-between')!).toBeGreaterThan(0.7 * runs);
    expect(byTest.get('dynamic-quantile')!).toBeGreaterThan(0.75 * runs);
  });

  it('adds coverage, zones and cost up by group and year', () => {
    const books = listBooks(new Set(['BTC'])).slice(0, 2);
    const days = 400;
    const table = emptyTable({ days, books: books.length, methodIds: ['made-up'] });
    const labels = Array.from({ length: days }, (_, d) =>
      new Date(Date.UTC(2022, 0, 1) + d * 86_400_000).toISOString().slice(0, 10),
    );
    for (let d = 0; d < days; d += 1) {
      table.done[d] = 1;
      for (let b = 0; b < 2; b += 1) {
        table.pnl[d * 2 + b] = b === 0 && d % 20 === 0 && d < 365 ? -2000 : 100;
        table.margins[0]![d * 2 + b] = 1000;
        table.rank[d * 2 + b] = 0.5;
      }
    }
    const verdict = given(judgeWalk({ table, labels, books, lookBackDays: 730, spec: DEFAULT_JUDGE }));
    const method = verdict.methods[0]!;
    expect(method.disclosure).toMatchObject({
      shortfalls: 19,
      observations: 800,
      uncoveredPeak: expect.closeTo(1000, 5),
    });
    expect(method.marginFrac).toBeCloseTo(1000 / BOOK_USD, 12);
    expect(method.years[0]).toMatchObject({
      year: '2022',
      observations: 730,
      exceptions: 19,
      zones: { red: 1, green: 1 },
    });
    expect(method.years[1]).toMatchObject({ year: '2023', exceptions: 0 });
    const group = method.groups.find((one) => one.group === books[0]!.group)!;
    expect(group.years[0]!.coverage).toBeCloseTo(1 - 19 / 365, 12);
    expect(method.path.peakToTrough).toBe(1);
    expect(method.worst[0]).toMatchObject({ pnlUsd: -2000, marginUsd: 1000 });
  });
});
