/**
 * What a backtest found, moment by moment: column-wise plain data that can be sent, stored and resumed from. Cell of moment d and book b:
 * d · books + b; NaN where the book did not exist. Money in USD.
 */
export type WalkTable = {
  readonly days: number;
  readonly books: number;
  readonly methodIds: readonly string[];
  /** 1 where the moment has been computed. */
  readonly done: Uint8Array;
  /** Realised over the liquidation period, a loss negative, collateral included. */
  readonly pnl: Float64Array;
  /** Where the outcome fell in the filtered distribution of the first scenario method, in (0, 1): the probability transform. */
  readonly rank: Float64Array;
  /** VaR over ES of that distribution. */
  readonly tailRatio: Float64Array;
  /** What was held against the loss, one column per method: the requirement and, where a method simulates no collateral, its haircut. */
  readonly margins: readonly Float64Array[];
};

/** One moment: the books that existed and a number of each for every column. */
export type DayOutcome = {
  readonly day: number;
  readonly alive: readonly number[];
  readonly pnl: Float64Array;
  readonly rank: Float64Array;
  readonly tailRatio: Float64Array;
  readonly margins: readonly Float64Array[];
};

/** A table with nothing in it. */
export function emptyTable(shape: {
  readonly days: number;
  readonly books: number;
  readonly methodIds: readonly string[];
}): WalkTable {
  const cells = shape.days * shape.books;
  const column = (): Float64Array => new Float64Array(cells).fill(NaN);
  return {
    ...shape,
    done: new Uint8Array(shape.days),
    pnl: column(),
    rank: column(),
    tailRatio: column(),
    margins: shape.methodIds.map(column),
  };
}

/** Writes one moment into a table. */
export function writeDay(table: WalkTable, outcome: DayOutcome): void {
  const at = outcome.day * table.books;
  for (const [i, b] of outcome.alive.entries()) {
    table.pnl[at + b] = outcome.pnl[i]!;
    table.rank[at + b] = outcome.rank[i]!;
    table.tailRatio[at + b] = outcome.tailRatio[i]!;
    for (const [m, margin] of outcome.margins.entries()) table.margins[m]![at + b] = margin[i]!;
  }
  table.done[outcome.day] = 1;
}

/** The moments that are still to be computed, ascending. */
export function pendingDays(table: WalkTable): number[] {
  return Array.from(table.done.keys()).filter((day) => table.done[day] === 0);
}

/** The moments at which a book existed, ascending. */
export function daysOfBook(table: WalkTable, book: number): number[] {
  const days: number[] = [];
  for (let d = 0; d < table.days; d += 1) {
    if (!Number.isNaN(table.pnl[d * table.books + book]!)) days.push(d);
  }
  return days;
}
