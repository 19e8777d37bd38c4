import { type Failure, isFailure } from '../base/failure.ts';
import type { Market } from '../market/market.ts';
import type { Account } from '../portfolio/account.ts';
import { combineMarkets } from '../pricer/combine.ts';
import type { Methodology } from './methodology.ts';
import type { MarginReport } from './report.ts';
import type { ScenarioSets } from './risk-model.ts';

/** One moment: everything a report depends on. */
export type Moment = {
  readonly account: Account;
  /** The owner's other accounts; they change with the positions. */
  readonly linked: readonly Account[];
  readonly market: Market;
  readonly methodology: Methodology;
  readonly sets: ScenarioSets;
};

export const WHY_PARTS = [
  'time',
  'price',
  'volatility',
  'collateral',
  'position',
  'parameter',
  'scenarios',
] as const;
export type WhyPart = (typeof WHY_PARTS)[number];

/** What one kind of input changed, in USD, with everything before it already at the later moment. */
export type WhyLine = {
  readonly part: WhyPart;
  readonly equityUsd: number;
  readonly initialUsd: number;
  readonly maintenanceUsd: number;
  readonly initialHeadroomUsd: number;
};

export type Why = {
  readonly before: MarginReport;
  readonly after: MarginReport;
  /** Sum, column by column, to after − before. */
  readonly lines: readonly WhyLine[];
};

/**
 * Splits the change between two moments into parts (WHY-001). Inputs move one kind at a time from the earlier to the later moment, in
 * the order of {@link WHY_PARTS}; each line is the difference between two full assessments, so the lines sum to the whole change.
 */
export function explainChange(
  earlier: Moment,
  later: Moment,
  assessAt: (moment: Moment) => MarginReport | Failure,
): Why | Failure {
  const before = assessAt(earlier);
  if (isFailure(before)) return before;
  const lines: WhyLine[] = [];
  let previous = before;
  for (const [part, moment] of momentsBetween(earlier, later)) {
    const next = isFailure(moment) ? moment : assessAt(moment);
    if (isFailure(next)) return next;
    lines.push(toLine(part, previous, next));
    previous = next;
  }
  return { before, after: previous, lines };
}

function* momentsBetween(earlier: Moment, later: Moment): Generator<readonly [WhyPart, Moment | Failure]> {
  const mixed = (prices: Market, vols: Market): Moment | Failure => {
    const market = combineMarkets({ listing: later.market, time: later.market, prices, vols });
    return isFailure(market) ? market : { ...earlier, market };
  };
  yield ['time', mixed(earlier.market, earlier.market)];
  yield ['price', mixed(later.market, earlier.market)];
  const { market } = later;
  yield ['volatility', { ...earlier, market }];
  const poolLater: Account = { ...earlier.account, balances: later.account.balances };
  yield ['collateral', { ...earlier, market, account: poolLater }];
  const { account, linked } = later;
  yield ['position', { ...earlier, market, account, linked }];
  yield ['parameter', { ...later, sets: earlier.sets }];
  yield ['scenarios', later];
}

function toLine(part: WhyPart, from: MarginReport, to: MarginReport): WhyLine {
  return {
    part,
    equityUsd: to.equityUsd - from.equityUsd,
    initialUsd: to.initialUsd - from.initialUsd,
    maintenanceUsd: to.maintenanceUsd - from.maintenanceUsd,
    initialHeadroomUsd: to.initialHeadroomUsd - from.initialHeadroomUsd,
  };
}
