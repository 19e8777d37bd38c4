import { type Failure, isFailure } from '../base/failure.ts';
import type { AssetId, InstrumentId } from '../product/product.ts';
import { impactUsd, paceLeftUsd } from './pace.ts';
import {
  type Balance,
  isRestored,
  lotsWithin,
  type Plan,
  type PlannedTrade,
  type PlanningInput,
  ratioOf,
  shortfallUsd,
} from './reduction.ts';
import { smaller } from './whole.ts';

/** A future or perpetual that delta can be hedged with. */
export type HedgeInstrument = {
  readonly instrument: InstrumentId;
  readonly underlying: AssetId;
  readonly lotAtoms: bigint;
  /** Delta and notional of one lot, long. */
  readonly lotDeltaUsd: number;
  readonly lotNotionalUsd: number;
  readonly halfSpreadFrac: number;
  /** What trades of it in a day, USD: the largest of an underlying is used. */
  readonly liquidityUsd: number;
};

export type HedgeInput = PlanningInput & {
  /** Net delta of the account per underlying, USD per unit of relative move. */
  readonly deltaUsd: ReadonlyMap<AssetId, number>;
  readonly instruments: readonly HedgeInstrument[];
};

/** Quarters of the whole hedge that are tried, the largest first. */
const QUARTERS = [4n, 2n, 1n] as const;

/**
 * Plans delta hedges for a book that cannot be closed (LIQUIDATION-009, 010): underlying by underlying, the largest delta first, in
 * the most liquid instrument, as much as leaves the least shortfall and within the pace; one that does not lower both maintenance and
 * shortfall is left out. Whole lots towards zero, so a hedge never turns the delta. Passes on what `assessAfter` refuses.
 */
export function planHedge(input: HedgeInput): Plan | Failure {
  const { targetRatio } = input.rules;
  let trades: readonly PlannedTrade[] = [];
  let after = input.now;
  let paced = false;
  for (const [underlying, deltaUsd] of largestFirst(input.deltaUsd)) {
    if (isRestored(after, targetRatio)) break;
    const instrument = mostLiquid(underlying, input.instruments);
    if (instrument === null) continue;
    const room = lotsWithin(paceLeftUsd(underlying, input, input.rules), instrument.lotNotionalUsd);
    const whole = lotsWithin(Math.abs(deltaUsd), Math.abs(instrument.lotDeltaUsd));
    if (room < whole) paced = true;
    const best = bestPart({ instrument, deltaUsd, lots: smaller(room, whole) }, { trades, after }, input);
    if (isFailure(best)) return best;
    ({ trades, after } = best);
  }
  const reached = isRestored(after, targetRatio);
  return { trades, reached, paced, after, reason: tell(trades, input.now, after) };
}

function tell(trades: readonly PlannedTrade[], now: Balance, after: Balance): string {
  if (trades.length === 0) return 'no hedge within reach lowers the requirement';
  const names = trades.map((trade) => trade.instrument).join(', ');
  return `hedges the delta of what cannot be closed with ${names}, from ${ratioOf(now)} to ${ratioOf(after)} of equity needed`;
}

function largestFirst(deltaUsd: ReadonlyMap<AssetId, number>): (readonly [AssetId, number])[] {
  return [...deltaUsd]
    .filter(([, usd]) => usd !== 0)
    .sort(([a, x], [b, y]) => Math.abs(y) - Math.abs(x) || (a < b ? -1 : 1));
}

function mostLiquid(underlying: AssetId, instruments: readonly HedgeInstrument[]): HedgeInstrument | null {
  let best: HedgeInstrument | null = null;
  for (const candidate of instruments) {
    if (candidate.underlying !== underlying || candidate.lotDeltaUsd === 0) continue;
    const better =
      best === null ||
      candidate.liquidityUsd > best.liquidityUsd ||
      (candidate.liquidityUsd === best.liquidityUsd && candidate.instrument < best.instrument);
    if (better) best = candidate;
  }
  return best;
}

type Sofar = { readonly trades: readonly PlannedTrade[]; readonly after: Balance };

function bestPart(
  hedge: { readonly instrument: HedgeInstrument; readonly deltaUsd: number; readonly lots: bigint },
  sofar: Sofar,
  input: HedgeInput,
): Sofar | Failure {
  const { targetRatio } = input.rules;
  let best = sofar;
  for (const quarters of QUARTERS) {
    const lots = (hedge.lots * quarters) / 4n;
    if (lots <= 0n) continue;
    const trades = withTrade(sofar.trades, tradeOf(hedge, lots, input));
    const after = input.assessAfter(trades);
    if (isFailure(after)) return after;
    const lower = after.maintenanceUsd < sofar.after.maintenanceUsd;
    if (lower && shortfallUsd(after, targetRatio) < shortfallUsd(best.after, targetRatio)) {
      best = { trades, after };
    }
  }
  return best;
}

function withTrade(trades: readonly PlannedTrade[], trade: PlannedTrade): PlannedTrade[] {
  return [...trades, trade].sort((a, b) => (a.instrument < b.instrument ? -1 : 1));
}

function tradeOf(
  hedge: { readonly instrument: HedgeInstrument; readonly deltaUsd: number },
  lots: bigint,
  input: HedgeInput,
): PlannedTrade {
  const { instrument, underlying, lotAtoms, lotDeltaUsd, lotNotionalUsd, halfSpreadFrac } = hedge.instrument;
  const buys = hedge.deltaUsd < 0 === lotDeltaUsd > 0;
  const size = lots * lotAtoms;
  const notionalUsd = Number(lots) * lotNotionalUsd;
  const impact = impactUsd(
    Number(lots) * Math.abs(lotDeltaUsd),
    input.liquidity.get(underlying)!,
    input.rules.impactFactor,
  );
  return {
    instrument,
    underlying,
    quantityAtoms: buys ? size : -size,
    notionalUsd,
    costUsd: halfSpreadFrac * notionalUsd + impact,
  };
}
