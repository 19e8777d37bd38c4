import { type Failure, isFailure } from '../../base/failure.ts';
import { type Level, parseLevel } from '../../base/level.ts';
import type { Pool } from '../../collateral/pool.ts';
import type { Methodology } from '../methodology.ts';
import type { Contribution, Requirement } from '../report.ts';
import {
  type Exposure,
  measureTail,
  type RiskView,
  type TailRisk,
  toExposure,
  viewScenarios,
} from '../risk-view.ts';
import type { ValuedBook } from '../valued-book.ts';

export type TailMethodId = 'historical' | 'filtered' | 'monte-carlo';

/**
 * VaR or ES of the account's P&L vector in one scenario set, never below zero; maintenance is a share of it
 * (METHOD-040). Collateral under `scenarios` treatment moves with the positions.
 */
export function requireByTail(
  method: TailMethodId,
  view: RiskView,
  from: { readonly book: ValuedBook; readonly pool: Pool; readonly methodology: Methodology },
): Requirement | Failure {
  const { book, pool, methodology } = from;
  const level = parseLevel(methodology.tail.level, 'methodology.tail.level');
  if (isFailure(level)) return level;
  const exposure = toExposure(view, book.pooled, pool);
  if (isFailure(exposure)) return exposure;
  const measured = measureTail(exposure, { measure: methodology.tail.measure, level });
  if (isFailure(measured)) return measured;
  const shown = viewScenarios(view, exposure, level);
  if (isFailure(shown)) return shown;
  const initialUsd = Math.max(0, measured.risk);
  const scale = initialUsd > 0 ? 1 : 0;
  const contributions = toContributions(exposure, { measured, scale, methodology, level });
  if (isFailure(contributions)) return contributions;
  const maintenanceUsd = methodology.maintenanceFrac * initialUsd;
  const about = `${methodology.tail.measure.toUpperCase()} ${methodology.tail.level} of ${view.set.count} ${method} scenarios over ${view.set.horizonDays} d`;
  return {
    method,
    initialUsd,
    maintenanceUsd,
    components: [{ id: 'scenario-risk', about, initialUsd, maintenanceUsd }],
    contributions,
    scenarios: [shown],
  };
}

function toContributions(
  exposure: Exposure,
  by: {
    readonly measured: TailRisk;
    readonly scale: number;
    readonly methodology: Methodology;
    readonly level: Level;
  },
): Contribution[] | Failure {
  const out: Contribution[] = [];
  for (let i = 0; i < exposure.parts.length; i++) {
    const part = exposure.parts[i]!;
    const alone = measureTail(
      { parts: [part], total: part.pnl },
      { measure: by.methodology.tail.measure, level: by.level },
    );
    if (isFailure(alone)) return alone;
    out.push({
      kind: part.kind,
      id: part.id,
      underlying: part.underlying,
      initialUsd: by.scale * by.measured.byPart[i]!,
      standaloneUsd: part.kind === 'position' ? Math.max(0, alone.risk) : null,
    });
  }
  return out;
}
