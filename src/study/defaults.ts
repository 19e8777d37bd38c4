import type { Methodology } from '../margin/methodology.ts';
import type { MethodId } from '../margin/report.ts';
import { DEFAULT_BUFFER } from '../margin/dynamic.ts';
import type { StudyMethod } from './walk/plan.ts';
import type { ToolRequest } from './walk/tools.ts';

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

const SPEED_LIMIT_FRAC = 0.1;

/** What buffer and speed limit make of two methods: columns that cost no further walk. */
export const DEFAULT_TOOLS: readonly ToolRequest[] = ['unified', 'plain-ewma'].flatMap(
  (of): ToolRequest[] => [
    { id: `${of}+buffer`, of, tool: { kind: 'buffer', spec: DEFAULT_BUFFER } },
    { id: `${of}+limit`, of, tool: { kind: 'speed-limit', frac: SPEED_LIMIT_FRAC } },
  ],
);

/** One method at several parameters, for the frontier of coverage, cost and procyclicality; `method` is filtered or unified. */
export function frontierMethods(methodology: Methodology): StudyMethod[] {
  const at = (
    id: string,
    method: 'filtered' | 'unified',
    over: { readonly decay?: number; readonly longRunFrac?: number; readonly floorFrac?: number },
    antiProcyclicality: Methodology['antiProcyclicality'] = { tool: 'none' },
  ): StudyMethod => {
    const filtered = { ...methodology.filtered, longRunFrac: 0, floorFrac: 0, ...over };
    return { id, method, methodology: { ...methodology, filtered, antiProcyclicality } };
  };
  const { decay, longRunFrac, floorFrac } = methodology.filtered;
  const own = { decay, longRunFrac, floorFrac };
  return [
    at('ewma 0.94', 'filtered', { decay: 0.94 }),
    at('ewma 0.97', 'filtered', { decay: 0.97 }),
    at('ewma 0.99', 'filtered', { decay: 0.99 }),
    at('long run 0.25', 'filtered', { longRunFrac: 0.25 }),
    at('long run 0.5', 'filtered', { longRunFrac: 0.5 }),
    at('long run 0.75', 'filtered', { longRunFrac: 0.75 }),
    at('floor 0.75', 'filtered', { floorFrac: 0.75 }),
    at('floor 1', 'filtered', { floorFrac: 1 }),
    at('unified, no tool', 'unified', own),
    at('unified, buffer', 'unified', own, { tool: 'buffer', bufferFrac: 0.25 }),
    at('unified, stress weight', 'unified', own, { tool: 'stress-weight', stressFrac: 0.25 }),
    at('unified, stress floor', 'unified', own, { tool: 'stress-floor', stressFrac: 0.25 }),
    at('unified, long-run floor', 'unified', own, { tool: 'long-run-floor' }),
  ];
}

const NO_ADD_ONS: Methodology['addOns'] = {
  liquidity: { impactFactor: 0, optionHalfSpreadVol: 0, unknownDepthFrac: 0 },
  basis: { parallelPerYear: 0, twistPerYear: 0 },
  vega: { twistVol: 0 },
  shortOption: { minimumFrac: 0 },
  wrongWay: { sameIssuerFrac: 0 },
  depeg: { threshold: 0, factor: 0 },
  oracle: { threshold: 0, factor: 0 },
  modelMultiplier: 1,
};

/** The methods whose locked capital is compared, then the flagship in steps named `+ cause`: each adds one cause to the one before. */
export function efficiencyMethods(methodology: Methodology): StudyMethod[] {
  const compared = ['isolated', 'standard', 'derive-srm', 'grid', 'unified'].map((id) =>
    studyMethod(id, methodology),
  );
  const netted = {
    ...methodology,
    antiProcyclicality: { tool: 'none' } as const,
    unified: { ...methodology.unified, diversificationFrac: 0 },
    addOns: NO_ADD_ONS,
  };
  const floored = { ...netted, antiProcyclicality: methodology.antiProcyclicality };
  const capped = { ...floored, unified: methodology.unified };
  const step = (id: string, of: Methodology): StudyMethod => ({ id, method: 'unified', methodology: of });
  return [
    ...compared,
    step('+ scenario risk of the netted book', netted),
    step('+ anti-procyclicality tool', floored),
    step('+ diversification cap', capped),
    step('+ add-ons', methodology),
  ];
}
