import type { Methodology } from '../../margin/methodology.ts';
import type { StudyMethod } from '../walk/plan.ts';

/** A parameter of the flagship, one step down and one up. */
type Bump = {
  readonly parameter: string;
  readonly values: readonly number[];
  readonly set: (methodology: Methodology, value: number) => Methodology;
};

/** Every parameter that the unified method reads, each at values either side of its own; what cannot exist is left out. */
function bumpsOf({ filtered, monteCarlo, unified, antiProcyclicality, tail }: Methodology): Bump[] {
  const filter = (
    parameter: 'decay' | 'longRunFrac' | 'floorFrac' | 'scaleMax' | 'lookbackDays',
    values: readonly number[],
  ): Bump => ({
    parameter,
    values,
    set: (m, value) => ({ ...m, filtered: { ...m.filtered, [parameter]: value } }),
  });
  const simulation = (
    parameter: 'copulaDf' | 'correlationDecay' | 'shrinkFrac' | 'count' | 'seed',
    values: readonly number[],
  ): Bump => ({
    parameter,
    values,
    set: (m, value) => ({ ...m, monteCarlo: { ...m.monteCarlo, [parameter]: value } }),
  });
  const level = Number(tail.level);
  const bumps: Bump[] = [
    {
      parameter: 'tail.level',
      values: [level - 0.005, level + 0.005],
      set: (m, value) => ({ ...m, tail: { ...m.tail, level: String(Math.round(value * 1e6) / 1e6) } }),
    },
    filter('decay', [filtered.decay - 0.02, filtered.decay + 0.02]),
    filter('longRunFrac', [filtered.longRunFrac - 0.25, filtered.longRunFrac + 0.25]),
    filter('floorFrac', [filtered.floorFrac - 0.25, filtered.floorFrac + 0.25]),
    filter('scaleMax', [filtered.scaleMax / 2, filtered.scaleMax * 2]),
    filter('lookbackDays', [Math.round(filtered.lookbackDays / 2), filtered.lookbackDays * 2]),
    simulation('copulaDf', [Math.max(2.5, monteCarlo.copulaDf - 1), monteCarlo.copulaDf + 4]),
    simulation('correlationDecay', [
      monteCarlo.correlationDecay - 0.02,
      (1 + monteCarlo.correlationDecay) / 2,
    ]),
    simulation('shrinkFrac', [monteCarlo.shrinkFrac - 0.2, monteCarlo.shrinkFrac + 0.2]),
    simulation('count', [monteCarlo.count / 2, monteCarlo.count * 2]),
    simulation('seed', [monteCarlo.seed + 1, monteCarlo.seed + 2]),
    {
      parameter: 'diversificationFrac',
      values: [unified.diversificationFrac - 0.1, unified.diversificationFrac + 0.1],
      set: (m, value) => ({ ...m, unified: { ...m.unified, diversificationFrac: value } }),
    },
  ];
  if (antiProcyclicality.tool !== 'stress-floor' && antiProcyclicality.tool !== 'stress-weight') return bumps;
  const { tool, stressFrac } = antiProcyclicality;
  return [
    ...bumps,
    {
      parameter: 'stressFrac',
      values: [stressFrac - 0.1, stressFrac + 0.1],
      set: (m, value) => ({ ...m, antiProcyclicality: { tool, stressFrac: value } }),
    },
  ];
}

const SHARES: ReadonlySet<string> = new Set([
  'decay',
  'longRunFrac',
  'correlationDecay',
  'shrinkFrac',
  'diversificationFrac',
  'stressFrac',
  'tail.level',
]);

/** The unified method as it is, then at every bump: `parameter=value`. A walk over these gives the sensitivity table. */
export function sensitivityMethods(methodology: Methodology): StudyMethod[] {
  const methods: StudyMethod[] = [{ id: 'unified', method: 'unified', methodology }];
  for (const { parameter, values, set } of bumpsOf(methodology)) {
    for (const value of values) {
      const rounded = Math.round(value * 1e6) / 1e6;
      if (rounded < 0 || (SHARES.has(parameter) && rounded > 1)) continue;
      methods.push({
        id: `${parameter}=${rounded}`,
        method: 'unified',
        methodology: set(methodology, rounded),
      });
    }
  }
  return methods;
}
