import type { DeliveryPlan } from '../collateral/delivery.ts';
import type { LiquidationPrice, MarginReport, MethodComparison } from '../margin/report.ts';
import { toIsoTime } from './scalars.ts';

/** What a report on one account consists of on the wire. */
export type ReportParts = {
  readonly report: MarginReport;
  readonly comparison: readonly MethodComparison[];
  readonly isolationUsd: number;
  /** The file that scenarios were fitted to; `generated`, or the venue's own (`journal`). */
  readonly history: string;
  readonly liquidation: readonly LiquidationPrice[];
  readonly delivery: DeliveryPlan | null;
};

/** A margin report as JSON: full precision, ISO times; an infinite margin ratio (equity gone) is null with `health` saying so. */
export function toMarginJson(report: MarginReport): object {
  const { timeMs, requirement, marginRatio, ...rest } = report;
  return {
    ...rest,
    time: toIsoTime(timeMs),
    marginRatio: marginRatio === Infinity ? null : marginRatio,
    requirement: {
      ...requirement,
      scenarios: requirement.scenarios.map((view) => ({ ...view, pnl: [...view.pnl] })),
    },
  };
}

/** {@link toMarginJson} with everything that the command line shows beside it. */
export function toReportJson({
  report,
  comparison,
  isolationUsd,
  history,
  liquidation,
  delivery,
}: ReportParts): object {
  return { ...toMarginJson(report), methods: comparison, isolationUsd, history, liquidation, delivery };
}
