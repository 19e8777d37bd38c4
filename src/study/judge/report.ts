import type { Disclosure } from '../backtest/disclosure.ts';
import type { Zone } from '../backtest/traffic-light.ts';
import type { BookGroup } from '../books.ts';
import type { BookTest } from './book-tests.ts';

export type ZoneCounts = Readonly<Record<Zone, number>>;

/** Coverage of many books over a stretch of days; a fraction, 1 where nothing was observed. */
export type Covered = {
  readonly observations: number;
  readonly exceptions: number;
  readonly coverage: number;
};

export type YearVerdict = Covered & {
  readonly year: string;
  readonly books: number;
  readonly zones: ZoneCounts;
};

export type GroupVerdict = Covered & {
  readonly group: BookGroup;
  readonly books: number;
  readonly years: readonly (Covered & { readonly year: string })[];
  /** Mean margin as a fraction of gross notional. */
  readonly marginFrac: number;
  /** Add-on factor of the worst book's last 250 moments, 1 to 4/3 (Basel traffic light). */
  readonly modelMultiplier: number;
};

/** Books by verdict of one test; `tooMany` are rejected with more exceptions than promised (always so for one-sided tests). */
export type TestTally = {
  readonly test: BookTest;
  readonly accepted: number;
  readonly tooMany: number;
  readonly tooFew: number;
  readonly notApplicable: number;
};

/** Medians over books of the metrics for an unchanged portfolio; null where no book has a margin above 0 throughout. */
export type PathVerdict = {
  readonly peakToTrough: number | null;
  readonly rises: readonly { readonly days: number; readonly largestFrac: number | null }[];
};

/** One loss beyond margin. */
export type Shortfall = {
  readonly label: string;
  readonly book: string;
  readonly pnlUsd: number;
  readonly marginUsd: number;
};

/** Everything that is said about one method. Fractions are of gross notional. */
export type MethodVerdict = {
  readonly id: string;
  readonly disclosure: Disclosure;
  readonly marginFrac: number;
  readonly years: readonly YearVerdict[];
  readonly groups: readonly GroupVerdict[];
  /** Book-years by zone. */
  readonly zones: ZoneCounts;
  readonly tests: readonly TestTally[];
  readonly path: PathVerdict;
  /** Largest losses beyond margin. */
  readonly worst: readonly Shortfall[];
  /** Per moment: mean margin and loss of the books as fractions of gross, and how many books it did not cover. */
  readonly days: readonly DayVerdict[];
};

export type DayVerdict = {
  readonly label: string;
  readonly books: number;
  readonly exceptions: number;
  readonly marginFrac: number;
  /** Mean and worst P&L. */
  readonly pnlFrac: number;
  readonly worstFrac: number;
};

/** The whole judgement. `rankCounts`: histogram of the probability transforms in twenty bins. */
export type WalkVerdict = {
  readonly from: string;
  readonly to: string;
  readonly moments: number;
  readonly books: number;
  readonly confidence: number;
  readonly rankCounts: readonly number[];
  readonly methods: readonly MethodVerdict[];
};
