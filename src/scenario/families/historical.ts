import { type Failure, isFailure } from '../../base/failure.ts';
import { changesAt, type FactorModel } from '../factors.ts';
import type { ScenarioSet } from '../set.ts';
import { toShock, windowChange, windowsOf, type WindowSpec } from './windows.ts';

/**
 * Joint moves that really happened (SCENARIO-020) (or, where an asset has no history, that the rule for missing returns put in their place), one
 * scenario per window, named by the moment the window ended. Refuses as {@link windowsOf}.
 */
export function historicalSet(model: FactorModel, spec: WindowSpec): ScenarioSet | Failure {
  const windows = windowsOf(model, spec);
  if (isFailure(windows)) return windows;
  const count = windows.ends.length;
  const shocks = new Float64Array(model.factors.length * count);
  for (const [f, factor] of model.factors.entries()) {
    const changes = changesAt(model, f);
    for (const [s, end] of windows.ends.entries()) {
      shocks[f * count + s] = toShock(factor.kind, windowChange(changes, end, windows.steps));
    }
  }
  return {
    id: `historical-${spec.horizonDays}d`,
    family: 'historical',
    horizonDays: spec.horizonDays,
    count,
    names: windows.ends.map((end) => model.endLabels[end]!),
    factors: model.factors,
    shocks,
  };
}
