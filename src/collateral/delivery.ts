import { type Failure, refuse } from '../base/failure.ts';
import type { AssetId } from '../product/product.ts';

/** Something the owner could deliver. `lotUnits` is the settlement lot; `fundingCostFrac` what a USD of it costs the owner. */
export type DeliverySource = {
  readonly asset: AssetId;
  readonly availableUnits: number;
  readonly lotUnits: number;
  readonly priceUsd: number;
  readonly haircutFrac: number;
  readonly fundingCostFrac: number;
  /** Most counted USD that can still be added before a cap binds; null = no cap. */
  readonly roomUsd: number | null;
};

/** Part of a delivery: exactly `lots` settlement lots. */
export type DeliveryLine = {
  readonly asset: AssetId;
  readonly lots: number;
  readonly units: number;
  readonly valueUsd: number;
  readonly countedUsd: number;
  readonly costUsd: number;
};

export type DeliveryPlan = {
  readonly lines: readonly DeliveryLine[];
  readonly countedUsd: number;
  readonly costUsd: number;
};

/** Minimise Σ cost·x subject to Σ gain·x ≥ need, 0 ≤ x ≤ most, x whole. */
export type DeliveryProgramme = {
  readonly needUsd: number;
  readonly columns: readonly {
    readonly costUsd: number;
    readonly gainUsd: number;
    readonly lotsMax: number;
  }[];
};

/** A solver of {@link DeliveryProgramme}: whole lots per column, or null where no solution exists. */
export type ProgrammeSolver = (programme: DeliveryProgramme) => readonly number[] | null;

/**
 * Plans the cheapest eligible delivery that adds `needUsd` of counted collateral (COLLATERAL-010): a linear programme in
 * settlement lots, whole lots only. Refuses PROGRAMME_INFEASIBLE with the most that could be delivered.
 */
export function planDelivery(
  needUsd: number,
  sources: readonly DeliverySource[],
  solve: ProgrammeSolver,
): DeliveryPlan | Failure {
  if (needUsd <= 0) return { lines: [], countedUsd: 0, costUsd: 0 };
  const usable = sources.filter((s) => lotsMax(s) > 0 && lotGainUsd(s) > 0);
  const columns = usable.map((s) => ({
    costUsd: s.lotUnits * s.priceUsd * s.fundingCostFrac,
    gainUsd: lotGainUsd(s),
    lotsMax: lotsMax(s),
  }));
  const most = columns.reduce((sum, c) => sum + c.gainUsd * c.lotsMax, 0);
  const infeasible = (): Failure =>
    refuse('PROGRAMME_INFEASIBLE', {
      field: 'needUsd',
      value: needUsd,
      expected: `at most ${most}, which is all that is eligible`,
    });
  if (most < needUsd) return infeasible();
  const lots = solve({ needUsd, columns });
  if (lots === null) return infeasible();
  return toPlan(usable, lots);
}

function lotGainUsd(source: DeliverySource): number {
  return source.lotUnits * source.priceUsd * (1 - source.haircutFrac);
}

function lotsMax(source: DeliverySource): number {
  const owned = Math.floor(source.availableUnits / source.lotUnits);
  const gain = lotGainUsd(source);
  return source.roomUsd === null || gain <= 0
    ? owned
    : Math.min(owned, Math.floor(Math.max(0, source.roomUsd) / gain));
}

function toPlan(sources: readonly DeliverySource[], lots: readonly number[]): DeliveryPlan {
  const lines: DeliveryLine[] = [];
  for (let i = 0; i < sources.length; i++) {
    const source = sources[i]!;
    if (lots[i]! <= 0) continue;
    const units = lots[i]! * source.lotUnits;
    const valueUsd = units * source.priceUsd;
    lines.push({
      asset: source.asset,
      lots: lots[i]!,
      units,
      valueUsd,
      countedUsd: valueUsd * (1 - source.haircutFrac),
      costUsd: valueUsd * source.fundingCostFrac,
    });
  }
  return {
    lines,
    countedUsd: lines.reduce((sum, line) => sum + line.countedUsd, 0),
    costUsd: lines.reduce((sum, line) => sum + line.costUsd, 0),
  };
}
