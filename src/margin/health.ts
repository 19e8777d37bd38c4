import type { HealthLevels } from './methodology.ts';
import type { HealthState } from './report.ts';

/** From best to worst. */
const LADDER = ['healthy', 'warning', 'margin-call', 'reduce-only', 'liquidating'] as const;

/**
 * Margin ratio maintenance / equity (HEALTH-002). Null where nothing is required; Infinity where something is and equity is gone.
 */
export function marginRatio(maintenanceUsd: number, equityUsd: number): number | null {
  if (maintenanceUsd <= 0) return equityUsd < 0 ? Infinity : null;
  return equityUsd > 0 ? maintenanceUsd / equityUsd : Infinity;
}

/**
 * Judges the health of an account (HEALTH-001): it worsens when the ratio reaches a level's `enter` and recovers only below
 * its `exit`, so that nobody flickers. `previous` is the last state; bankrupt when equity is negative.
 */
export function judgeHealth(
  ratio: number | null,
  by: { readonly equityUsd: number; readonly previous: HealthState; readonly levels: HealthLevels },
): HealthState {
  if (by.equityUsd < 0) return 'bankrupt';
  if (ratio === null) return 'healthy';
  const { warning, call, reduceOnly, liquidation } = by.levels;
  const bounds = [warning, call, reduceOnly, liquidation];
  const before = by.previous === 'bankrupt' ? LADDER.length - 1 : LADDER.indexOf(by.previous);
  let state = 0;
  for (let i = 0; i < bounds.length; i++) {
    const { enter, exit } = bounds[i]!;
    if (ratio >= (before > i ? exit : enter)) state = i + 1;
  }
  return LADDER[state]!;
}
