import { type Failure, refuse } from '../../base/failure.ts';
import { DAY_MS } from '../../base/instant.ts';
import type { Methodology } from '../../margin/methodology.ts';
import type { MethodId } from '../../margin/report.ts';
import type { AssetId } from '../../product/product.ts';
import type { History } from '../../scenario/history.ts';
import { OPTION_ASSETS } from '../books/words.ts';
import { assetsOf, type HypotheticalBook } from '../books.ts';
import { withImpliedSeries } from '../implied-history.ts';
import { rolledId, type RolledInstrument } from '../instruments.ts';
import { type Levels, levelsOf } from '../market-of-day.ts';

/**
 * What is tested: a margin method under a methodology, with a name of its own, so that one method may be tested at several parameters.
 * `normal` is no margin method but a model that ought to fail: normal quantile times the equally weighted standard deviation.
 */
export type StudyMethod = {
  readonly id: string;
  readonly method: MethodId | 'normal';
  readonly methodology: Methodology;
};

/** A backtest as plain data: it can be sent to another thread or written down, and says everything that the result depends on. */
export type WalkRequest = {
  readonly history: History;
  readonly books: readonly HypotheticalBook[];
  readonly methods: readonly StudyMethod[];
  /** Margin is called at moments from … to, both inclusive. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Liquidation period, days; the moments are as far apart, so that outcomes do not overlap. */
  readonly horizonDays: number;
  /** Scenario sets are fitted anew at every so-many-th moment; in between, the last ones are repriced at the day's prices. */
  readonly refitEvery: number;
  /** Of the made-up volatilities. */
  readonly seed: number;
};

/** A request made ready: rows of the history at which margin is called, and what is priced at them. */
export type WalkPlan = {
  readonly request: WalkRequest;
  readonly levels: Levels;
  readonly rows: readonly number[];
  readonly horizonSteps: number;
  readonly assets: readonly AssetId[];
  readonly instruments: readonly RolledInstrument[];
};

/** Days of history that must lie before the first moment: scenario sets from less mean nothing. */
const WARM_UP_DAYS = 365;

/**
 * Makes a request ready. Refuses HISTORY_TOO_SHORT where no moment is left after a warm-up of {@link WARM_UP_DAYS}, and
 * NUMBER_OUT_OF_RANGE where the horizon is not a whole number of steps or the cadence not a whole number.
 */
export function planWalk(request: WalkRequest): WalkPlan | Failure {
  const { books, methods, horizonDays, refitEvery } = request;
  const history = withImpliedSeries(request.history, OPTION_ASSETS, request.seed);
  const steps = (horizonDays * DAY_MS) / history.stepMs;
  const horizonSteps = Math.round(steps);
  if (!(horizonSteps >= 1) || Math.abs(steps - horizonSteps) > 1e-9 * steps) {
    const expected = 'a whole number of steps of the history';
    return refuse('NUMBER_OUT_OF_RANGE', { field: 'horizonDays', value: horizonDays, expected });
  }
  if (!(Number.isInteger(refitEvery) && refitEvery >= 1)) {
    const expected = 'a whole number from 1';
    return refuse('NUMBER_OUT_OF_RANGE', { field: 'refitEvery', value: refitEvery, expected });
  }
  const rows = decisionRows(history, request, horizonSteps);
  if (rows.length === 0 || books.length === 0 || methods.length === 0) {
    const expected = `a moment ${WARM_UP_DAYS} days after the first row, a book and a method`;
    return refuse('HISTORY_TOO_SHORT', { field: 'history', value: history.labels.length, expected });
  }
  const instruments = new Map<string, RolledInstrument>();
  for (const { legs } of books) {
    for (const { instrument } of legs) instruments.set(rolledId(instrument), instrument);
  }
  return {
    request,
    levels: levelsOf(history),
    rows,
    horizonSteps,
    assets: [...new Set(['USD', ...books.flatMap(assetsOf)])].sort(),
    instruments: [...instruments.keys()].sort().map((id) => instruments.get(id)!),
  };
}

function decisionRows(history: History, request: WalkRequest, horizonSteps: number): number[] {
  const warmMs = history.timesMs[0]! + WARM_UP_DAYS * DAY_MS;
  const fromMs = Math.max(request.fromMs, warmMs);
  const rows: number[] = [];
  let row = history.timesMs.findIndex((timeMs) => timeMs >= fromMs);
  for (; row >= 0 && row + horizonSteps < history.timesMs.length; row += horizonSteps) {
    if (history.timesMs[row]! > request.toMs) break;
    rows.push(row);
  }
  return rows;
}
