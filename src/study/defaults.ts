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

/** One method at several parameters, for the frontier of coverage, cost and procyclicality. */
export function frontierMethods(methodology: Methodology): StudyMethod[] {
  type Over = Partial<Methodology['filtered']>;
  const filteredAt = (id: string, over: Over): StudyMethod => {
    const filtered = { ...methodology.filtered, longRunFrac: 0, floorFrac: 0, ...over };
    return {
      id,
      method: 'filtered',
      methodology: { ...methodology, filtered, antiProcyclicality: { tool: 'none' } },
    };
  };
  const unifiedUnder = (id: string, antiProcyclicality: Methodology['antiProcyclicality']): StudyMethod => ({
    id: `unified, ${id}`,
    method: 'unified',
    methodology: { ...methodology, antiProcyclicality },
  });
  return [
    ...[0.94, 0.97, 0.99].map((decay) => filteredAt(`ewma ${decay}`, { decay })),
    ...[0.25, 0.5, 0.75].map((longRunFrac) => filteredAt(`long run ${longRunFrac}`, { longRunFrac })),
    ...[0.75, 1].map((floorFrac) => filteredAt(`floor ${floorFrac}`, { floorFrac })),
    unifiedUnder('no tool', { tool: 'none' }),
    unifiedUnder('buffer', { tool: 'buffer', bufferFrac: 0.25 }),
    unifiedUnder('stress weight', { tool: 'stress-weight', stressFrac: 0.25 }),
    unifiedUnder('stress floor', { tool: 'stress-floor', stressFrac: 0.25 }),
    unifiedUnder('long-run floor', { tool: 'long-run-floor' }),
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
