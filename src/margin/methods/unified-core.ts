import type { AntiProcyclicality, Methodology } from '../methodology.ts';

/** Expected shortfall of one exposure in one scenario set, and the sum of what its groups of underlyings would need alone. USD. */
export type GroupedRisk = { readonly risk: number; readonly groups: number };

export type CoreRisks = {
  readonly filtered: GroupedRisk;
  readonly monteCarlo: GroupedRisk;
  readonly stress: GroupedRisk;
};

/**
 * How the flagship puts its parts together, as numbers that also split it: the total is
 * scale · ((1 − kept) · (b · base + s · stress) + kept · (b · groups of base + s · groups of stress)), USD.
 */
export type Core = {
  readonly base: 'filtered' | 'monte-carlo';
  readonly baseWeight: number;
  readonly stressWeight: number;
  /** Share of the offset between groups that is kept. */
  readonly kept: number;
  readonly scale: number;
  readonly baseUsd: number;
  /** What stress, the diversification cap and the buffer add; they and the base sum to the total. */
  readonly stressUsd: number;
  readonly capUsd: number;
  readonly bufferUsd: number;
  readonly totalUsd: number;
};

/**
 * Base, stress, diversification cap and buffer of the flagship (METHOD-050). Never negative. Sets are compared with their caps on, so that the
 * total is a maximum of sub-additive, continuous numbers and is both itself.
 */
export function coreOf(risks: CoreRisks, methodology: Methodology): Core {
  const { unified, antiProcyclicality } = methodology;
  const { filtered, monteCarlo, stress } = risks;
  const capped = ({ risk, groups }: GroupedRisk): number =>
    risk + unified.diversificationFrac * Math.max(0, groups - risk);
  const base = capped(filtered) >= capped(monteCarlo) ? 'filtered' : 'monte-carlo';
  const decided = base === 'filtered' ? filtered : monteCarlo;
  const { baseWeight, stressWeight } = weigh(capped(decided), capped(stress), antiProcyclicality);
  const blend = (ofBase: number, ofStress: number): number => baseWeight * ofBase + stressWeight * ofStress;
  const risk = blend(decided.risk, stress.risk);
  const groups = blend(decided.groups, stress.groups);
  const kept = groups > risk ? unified.diversificationFrac : 0;
  const raw = (1 - kept) * risk + kept * groups;
  const buffer = antiProcyclicality.tool === 'buffer' ? antiProcyclicality.bufferFrac : 0;
  const on = raw > 0 ? 1 : 0;
  return {
    base,
    baseWeight,
    stressWeight,
    kept,
    scale: on * (1 + buffer),
    baseUsd: on * decided.risk,
    stressUsd: on * (risk - decided.risk),
    capUsd: on * (raw - risk),
    bufferUsd: on * buffer * raw,
    totalUsd: on * (1 + buffer) * raw,
  };
}

/** How much of base and of stress the risk is made of, by the tool that is chosen (METHOD-052). */
function weigh(
  base: number,
  stress: number,
  tool: AntiProcyclicality,
): { readonly baseWeight: number; readonly stressWeight: number } {
  if (tool.tool === 'stress-weight' && stress > base) {
    return { baseWeight: 1 - tool.stressFrac, stressWeight: tool.stressFrac };
  }
  if (tool.tool === 'stress-floor' && tool.stressFrac * stress > base) {
    return { baseWeight: 0, stressWeight: tool.stressFrac };
  }
  return { baseWeight: 1, stressWeight: 0 };
}
