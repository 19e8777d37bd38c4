import type { Methodology } from '../margin/methodology.ts';
import type { MethodId } from '../margin/report.ts';
import type { StudyMethod } from './walk/plan.ts';

/** The methods that a backtest compares unless told otherwise; the last two show what the others are measured against. */
export const DEFAULT_METHOD_IDS: readonly string[] = [
  'isolated',
  'standard',
  'derive-srm',
  'grid',
  'historical',
  'filtered',
  'monte-carlo',
  'unified',
  'plain-ewma',
  'normal',
];

/** `plain-ewma`: expected shortfall of filtered scenarios without long run or floor, the usual benchmark of procyclicality. */
export function studyMethod(id: string, methodology: Methodology): StudyMethod {
  if (id === 'plain-ewma') {
    const filtered = { ...methodology.filtered, longRunFrac: 0, floorFrac: 0 };
    return {
      id,
      method: 'filtered',
      methodology: { ...methodology, filtered, antiProcyclicality: { tool: 'none' } },
    };
  }
  return { id, method: id === 'normal' ? 'normal' : (id as MethodId), methodology };
}
