import { type Failure, isFailure } from '../../base/failure.ts';
import { assessDisclosure } from '../backtest/disclosure.ts';
import { assessProcyclicality, RISE_HORIZONS_DAYS } from '../backtest/procyclicality.ts';
import { assessTrafficLight, type Zone } from '../backtest/traffic-light.ts';
import { BOOK_GROUPS, BOOK_USD, type HypotheticalBook } from '../books.ts';
import { daysOfBook, type WalkTable } from '../walk/table.ts';
import {
  BOOK_TESTS,
  type BookSeries,
  type BookTest,
  type BookVerdict,
  type JudgeSpec,
  type Laws,
  makeLaws,
  testBook,
} from './book-tests.ts';
import type {
  Covered,
  DayVerdict,
  GroupVerdict,
  MethodVerdict,
  PathVerdict,
  Shortfall,
  TestTally,
  WalkVerdict,
  YearVerdict,
  ZoneCounts,
} from './report.ts';

/** What is judged: a finished table, the labels of its moments, and the books of its columns. */
export type JudgeInput = {
  readonly table: WalkTable;
  readonly labels: readonly string[];
  readonly books: readonly HypotheticalBook[];
  readonly lookBackDays: number;
  readonly spec: JudgeSpec;
};

/** A loss this far beyond margin is rounding, USD: a perfect hedge has margin 0 and an outcome of a few 1e-10. */
const TOLERANCE_USD = 1e-6;
/** A book-year of fewer moments has no zone, a book of fewer moments no tests. */
const MOMENTS_MIN = 60;
const ZONE_WINDOW = 250;
const WORST_SHOWN = 20;
const RANK_BINS = 20;

/** Judges every method of a table. Refuses what the tests refuse. */
export function judgeWalk(input: JudgeInput): WalkVerdict | Failure {
  const { table, labels, books, spec } = input;
  const laws = makeLaws(spec);
  const methods: MethodVerdict[] = [];
  for (let m = 0; m < table.methodIds.length; m += 1) {
    const verdict = judgeMethod(input, m, laws);
    if (isFailure(verdict)) return verdict;
    methods.push(verdict);
  }
  const rankCounts = Array.from({ length: RANK_BINS }, () => 0);
  for (const rank of table.rank) {
    if (!Number.isNaN(rank)) rankCounts[Math.min(RANK_BINS - 1, Math.floor(rank * RANK_BINS))]! += 1;
  }
  return {
    from: labels[0]!,
    to: labels.at(-1)!,
    moments: table.days,
    books: books.length,
    confidence: spec.confidence,
    rankCounts,
    methods,
  };
}

/** One book under one method: its series, the moments that they belong to, and the verdict of the tests (null: too short). */
type Judged = {
  readonly book: HypotheticalBook;
  readonly days: readonly number[];
  readonly series: BookSeries;
  readonly verdict: BookVerdict | null;
};

function judgeMethod(input: JudgeInput, m: number, laws: Laws): MethodVerdict | Failure {
  const { table, books, spec, lookBackDays } = input;
  const judged: Judged[] = [];
  for (const [b, book] of books.entries()) {
    const days = daysOfBook(table, b);
    if (days.length === 0) continue;
    const series = seriesOf(table, { m, b, days });
    const verdict = days.length < MOMENTS_MIN ? null : testBook(series, laws);
    if (isFailure(verdict)) return verdict;
    judged.push({ book, days, series, verdict });
  }
  const pnl = concat(judged.map(({ series }) => series.pnl));
  const margin = concat(judged.map(({ series }) => series.margin)).map((usd) => usd + TOLERANCE_USD);
  const disclosure = assessDisclosure({ pnl, margin, confidence: spec.confidence, lookBackDays });
  if (isFailure(disclosure)) return disclosure;
  const years = judgeYears(input, judged);
  const sum = (zone: Zone): number => years.reduce((total, year) => total + year.zones[zone], 0);
  return {
    id: table.methodIds[m]!,
    disclosure,
    marginFrac: meanOf(judged.map(({ series }) => meanOf([...series.margin]))) / BOOK_USD,
    years,
    groups: judgeGroups(input, judged),
    zones: { green: sum('green'), yellow: sum('yellow'), red: sum('red') },
    tests: BOOK_TESTS.map((test) => tally(test, judged)),
    path: judgePath(judged),
    worst: worstOf(input, judged),
    days: judgeDays(input, judged),
  };
}

function seriesOf(
  table: WalkTable,
  of: { readonly m: number; readonly b: number; readonly days: readonly number[] },
): BookSeries {
  const pick = (column: Float64Array): Float64Array =>
    Float64Array.from(of.days, (d) => column[d * table.books + of.b]!);
  const pnl = pick(table.pnl);
  const margin = pick(table.margins[of.m]!);
  const hits = Uint8Array.from(pnl, (usd, t) => (usd < -margin[t]! - TOLERANCE_USD ? 1 : 0));
  return { pnl, margin, tailRatio: pick(table.tailRatio), hits };
}

function concat(parts: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, x) => sum + x, 0) / values.length;
}

function toCovered(observations: number, exceptions: number): Covered {
  return { observations, exceptions, coverage: observations === 0 ? 1 : 1 - exceptions / observations };
}

function yearsOf(labels: readonly string[]): string[] {
  return [...new Set(labels.map((label) => label.slice(0, 4)))].sort();
}

/** Observations and exceptions of a book in one year. */
function inYear({ days, series }: Judged, labels: readonly string[], year: string): Covered {
  let observations = 0;
  let exceptions = 0;
  for (const [t, d] of days.entries()) {
    if (!labels[d]!.startsWith(year)) continue;
    observations += 1;
    exceptions += series.hits[t]!;
  }
  return toCovered(observations, exceptions);
}

function total(parts: readonly Covered[]): Covered {
  return toCovered(
    parts.reduce((sum, part) => sum + part.observations, 0),
    parts.reduce((sum, part) => sum + part.exceptions, 0),
  );
}

function judgeYears({ labels, spec }: JudgeInput, judged: readonly Judged[]): YearVerdict[] {
  return yearsOf(labels).map((year) => {
    const parts = judged.map((one) => inYear(one, labels, year)).filter((part) => part.observations > 0);
    const zones = { green: 0, yellow: 0, red: 0 };
    for (const { observations, exceptions } of parts) {
      if (observations < MOMENTS_MIN) continue;
      const light = assessTrafficLight({ observations, exceptions, confidence: spec.confidence });
      if (!isFailure(light)) zones[light.zone] += 1;
    }
    return { year, books: parts.length, ...total(parts), zones: zones satisfies ZoneCounts };
  });
}

function judgeGroups({ labels, spec }: JudgeInput, judged: readonly Judged[]): GroupVerdict[] {
  return BOOK_GROUPS.flatMap((group) => {
    const members = judged.filter(({ book }) => book.group === group);
    if (members.length === 0) return [];
    const years = yearsOf(labels).map((year) => ({
      year,
      ...total(members.map((one) => inYear(one, labels, year))),
    }));
    return [
      {
        group,
        books: members.length,
        ...total(years),
        years: years.filter(({ observations }) => observations > 0),
        marginFrac: meanOf(members.map(({ series }) => meanOf([...series.margin]))) / BOOK_USD,
        modelMultiplier: Math.max(1, ...members.map((one) => multiplierOf(one, spec))),
      },
    ];
  });
}

/** The Basel multiplier of a book's last 250 moments, scaled to 1 … 4/3. */
function multiplierOf({ series }: Judged, spec: JudgeSpec): number {
  const recent = series.hits.subarray(Math.max(0, series.hits.length - ZONE_WINDOW));
  const exceptions = recent.reduce((sum, hit) => sum + hit, 0);
  const observations = recent.length;
  const light = assessTrafficLight({ observations, exceptions, confidence: spec.confidence });
  return isFailure(light) ? 1 : light.modelMultiplier;
}

const ONE_SIDED: ReadonlySet<BookTest> = new Set(['shortfall-z2']);

function tally(test: BookTest, judged: readonly Judged[]): TestTally {
  const counts = { accepted: 0, tooMany: 0, tooFew: 0, notApplicable: 0 };
  for (const { verdict } of judged) {
    const report = verdict?.reports.get(test);
    if (verdict === null || report === undefined || report.verdict === 'not-applicable') {
      counts.notApplicable += 1;
    } else if (report.verdict === 'accepted') counts.accepted += 1;
    else if (ONE_SIDED.has(test) || verdict.proportion.normalScore > 0) counts.tooMany += 1;
    else counts.tooFew += 1;
  }
  return { test, ...counts };
}

function judgePath(judged: readonly Judged[]): PathVerdict {
  const paths = judged.flatMap(({ series }) => {
    const path = assessProcyclicality(series.margin);
    return isFailure(path) || series.margin.length < MOMENTS_MIN ? [] : [path];
  });
  return {
    peakToTrough: medianOf(paths.map(({ peakToTrough }) => peakToTrough)),
    rises: RISE_HORIZONS_DAYS.map((days, i) => ({
      days,
      largestFrac: medianOf(paths.flatMap(({ rises }) => rises[i]!.largestFrac ?? [])),
    })),
  };
}

function medianOf(values: readonly number[]): number | null {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return null;
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}

function worstOf({ labels }: JudgeInput, judged: readonly Judged[]): Shortfall[] {
  const found = judged.flatMap(({ book, days, series }) =>
    days.flatMap((d, t) => {
      if (series.hits[t] === 0) return [];
      return [{ label: labels[d]!, book: book.id, pnlUsd: series.pnl[t]!, marginUsd: series.margin[t]! }];
    }),
  );
  const beyond = (one: Shortfall): number => -one.pnlUsd - one.marginUsd;
  found.sort((a, b) => beyond(b) - beyond(a) || (a.book < b.book ? -1 : 1));
  return found.slice(0, WORST_SHOWN);
}

function judgeDays({ table, labels }: JudgeInput, judged: readonly Judged[]): DayVerdict[] {
  const sums = Array.from({ length: table.days }, () => ({ books: 0, hits: 0, margin: 0, pnl: 0, worst: 0 }));
  for (const { days, series } of judged) {
    for (const [t, d] of days.entries()) {
      const sum = sums[d]!;
      sum.books += 1;
      sum.hits += series.hits[t]!;
      sum.margin += series.margin[t]!;
      sum.pnl += series.pnl[t]!;
      sum.worst = Math.min(sum.worst, series.pnl[t]!);
    }
  }
  return sums.map(({ books, hits, margin, pnl, worst }, d) => ({
    label: labels[d]!,
    books,
    exceptions: hits,
    marginFrac: books === 0 ? 0 : margin / books / BOOK_USD,
    pnlFrac: books === 0 ? 0 : pnl / books / BOOK_USD,
    worstFrac: worst / BOOK_USD,
  }));
}
