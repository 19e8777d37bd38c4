import type { LiquidationPrice, MarginReport, MethodComparison } from '../margin/report.ts';
import { toIsoTime } from './scalars.ts';

/** What a report on one account consists of on the wire. */
export type ReportParts = {
  readonly report: MarginReport;
  readonly comparison: readonly MethodComparison[];
  readonly isolationUsd: number;
  readonly liquidation: readonly LiquidationPrice[];
};

/** A report as JSON: full precision, ISO times; an infinite margin ratio (equity gone) is null with `health` saying so. */
export function toReportJson({ report, comparison, isolationUsd, liquidation }: ReportParts): unknown {
  const { timeMs, requirement, marginRatio, ...rest } = report;
  return {
    ...rest,
    time: toIsoTime(timeMs),
    marginRatio: marginRatio === Infinity ? null : marginRatio,
    requirement: {
      ...requirement,
      scenarios: requirement.scenarios.map((view) => ({ ...view, pnl: [...view.pnl] })),
    },
    methods: comparison,
    isolationUsd,
    liquidation,
  };
}
