import { type Failure, isFailure } from '../base/failure.ts';
import type { AssetId, InstrumentId } from '../product/product.ts';
import { impactUsd, type Liquidity, type PaceRules, paceLeftUsd } from './pace.ts';
import { magnitude, smaller } from './whole.ts';

/** One position that may be reduced. Money in USD and of the whole position. */
export type ReductionCandidate = {
  readonly instrument: InstrumentId;
  readonly underlying: AssetId;
  /** Signed, long positive. */
  readonly quantityAtoms: bigint;
  readonly lotAtoms: bigint;
  readonly notionalUsd: number;
  readonly deltaUsd: number;
  /** Half the spread: what closing costs before it moves the market. */
  readonly spreadUsd: number;
  /** Part of the maintenance requirement that it is answerable for; a hedge's is negative. */
  readonly contributionUsd: number;
  /** Whether it can be traded at all: a live price, and a market to trade in. */
  readonly closable: boolean;
};

/** A signed trade of the account: + buys, − sells. */
export type PlannedTrade = {
  readonly instrument: InstrumentId;
  readonly underlying: AssetId;
  readonly quantityAtoms: bigint;
  readonly notionalUsd: number;
  /** Expected cost of spread and impact. */
  readonly costUsd: number;
};

/** Equity and maintenance of the account, credit in force counted as equity. */
export type Balance = { readonly equityUsd: number; readonly maintenanceUsd: number };

/** The real margin function: the account after these trades. Trades of an instrument come once. */
export type AssessAfter = (trades: readonly PlannedTrade[]) => Balance | Failure;

export type ReductionRules = PaceRules & {
  /** Maintenance / equity to come back to. */
  readonly targetRatio: number;
};

/** What the markets can take, how much of it is spent, and how a plan is judged. */
export type PlanningInput = {
  readonly liquidity: ReadonlyMap<AssetId, Liquidity>;
  /** Notional that liquidations of all accounts have traded per underlying since this interval began. */
  readonly spentUsd: ReadonlyMap<AssetId, number>;
  readonly rules: ReductionRules;
  readonly now: Balance;
  readonly assessAfter: AssessAfter;
};

export type ReductionInput = PlanningInput & { readonly candidates: readonly ReductionCandidate[] };

export type Plan = {
  /** Ascending by instrument; empty where nothing can or need be done. */
  readonly trades: readonly PlannedTrade[];
  /** Whether the target is met after these trades. */
  readonly reached: boolean;
  /** Whether more could be done but for the pace of this interval. */
  readonly paced: boolean;
  readonly after: Balance;
  readonly reason: string;
};

/** USD of maintenance above what the target allows: 0 or below = restored. */
export function shortfallUsd({ equityUsd, maintenanceUsd }: Balance, targetRatio: number): number {
  return maintenanceUsd - targetRatio * equityUsd;
}

/** Whether the target is met; equity below 0 never does (LIQUIDATION-002). */
export function isRestored(balance: Balance, targetRatio: number): boolean {
  return balance.equityUsd >= 0 && shortfallUsd(balance, targetRatio) <= 0;
}

/** Each position is cut into so many chunks, between which the order is decided. */
const CHUNKS = 8n;
/** The path of chunks is assessed at so many points before it is refined. */
const POINTS = 16;

type Chunk = { readonly at: number; readonly lots: bigint; readonly costUsd: number };
type Path = {
  readonly chunks: readonly Chunk[];
  readonly paced: boolean;
  /** Lots of every candidate within the pace. */
  readonly candidates: readonly ReductionCandidate[];
};

/**
 * Plans one step of partial reduction (LIQUIDATION-004 to 008): chunks of positions in falling order of requirement removed per USD
 * of spread and market impact, as many as bring maintenance / equity to the target under the real margin function and not one lot
 * more, never more than depth and pace allow. Reduce-only, whole lots, ties by instrument id. Passes on what `assessAfter` refuses.
 */
export function planReduction(input: ReductionInput): Plan | Failure {
  const { now, rules } = input;
  if (isRestored(now, rules.targetRatio)) return nothing(now, false, 'the target is met already');
  const path = layPath(input);
  if (path.chunks.length === 0) {
    const reason = path.paced
      ? 'depth and pace leave nothing for this interval'
      : 'no position can be reduced in the market to any avail';
    return nothing(now, path.paced, reason);
  }
  const found = walk(path, input);
  if (isFailure(found)) return found;
  const { trades, after } = found;
  if (trades.length === 0) return nothing(now, path.paced, 'no reduction within reach lowers the shortfall');
  const reached = isRestored(after, rules.targetRatio);
  return { trades, reached, paced: path.paced, after, reason: tell(trades, input, { after, reached }) };
}

function nothing(now: Balance, paced: boolean, reason: string): Plan {
  return { trades: [], reached: false, paced, after: now, reason };
}

function tell(
  trades: readonly PlannedTrade[],
  input: ReductionInput,
  end: { readonly after: Balance; readonly reached: boolean },
): string {
  const cost = Math.ceil(trades.reduce((sum, trade) => sum + trade.costUsd, 0));
  const goal = end.reached ? 'which meets the target' : 'as far as depth and pace allow';
  return `reduces ${trades.length} of ${input.candidates.length} positions at an expected cost of ${cost} USD, from ${ratioOf(input.now)} to ${ratioOf(end.after)} of equity needed, ${goal}`;
}

/** Maintenance / equity to three places, in words where there is none. */
export function ratioOf({ equityUsd, maintenanceUsd }: Balance): string {
  if (equityUsd <= 0) return 'more than all';
  return String(Math.round((1000 * maintenanceUsd) / equityUsd) / 1000);
}

/** Chunks in falling order of benefit per cost, until depth, pace or positions are exhausted. */
function layPath(input: ReductionInput): Path {
  const candidates = [...input.candidates]
    .filter((c) => c.closable && c.contributionUsd > 0 && magnitude(c.quantityAtoms) >= c.lotAtoms)
    .sort((a, b) => (a.instrument < b.instrument ? -1 : 1));
  const left = candidates.map((c) => magnitude(c.quantityAtoms) / c.lotAtoms);
  const chunkLots = left.map((lots) => (lots + CHUNKS - 1n) / CHUNKS);
  const traded = new Map<AssetId, { deltaUsd: number; notionalUsd: number }>();
  const chunks: Chunk[] = [];
  for (;;) {
    let best: (Chunk & { readonly ratio: number }) | null = null;
    for (let at = 0; at < candidates.length; at++) {
      const wanted = smaller(chunkLots[at]!, left[at]!);
      const chunk = offer({ at, wanted, candidate: candidates[at]! }, traded, input);
      if (chunk !== null && (best === null || chunk.ratio > best.ratio)) best = chunk;
    }
    if (best === null) break;
    const { at, lots, costUsd } = best;
    chunks.push({ at, lots, costUsd });
    left[at] = left[at]! - lots;
    const candidate = candidates[at]!;
    const part = partOf(candidate, lots);
    const sofar = traded.get(candidate.underlying) ?? { deltaUsd: 0, notionalUsd: 0 };
    traded.set(candidate.underlying, {
      deltaUsd: sofar.deltaUsd + Math.abs(candidate.deltaUsd) * part,
      notionalUsd: sofar.notionalUsd + candidate.notionalUsd * part,
    });
  }
  return { chunks, candidates, paced: left.some((lots) => lots > 0n) };
}

/** Lots as a fraction of the position. */
function partOf(candidate: ReductionCandidate, lots: bigint): number {
  return Number(lots * candidate.lotAtoms) / Number(magnitude(candidate.quantityAtoms));
}

type Traded = ReadonlyMap<AssetId, { readonly deltaUsd: number; readonly notionalUsd: number }>;

/** The next chunk of one candidate within the pace, with requirement removed per cost; null where no lot fits. */
function offer(
  from: { readonly at: number; readonly wanted: bigint; readonly candidate: ReductionCandidate },
  traded: Traded,
  input: ReductionInput,
): (Chunk & { readonly ratio: number }) | null {
  const { candidate, wanted, at } = from;
  const sofar = traded.get(candidate.underlying) ?? { deltaUsd: 0, notionalUsd: 0 };
  const room = paceLeftUsd(candidate.underlying, input, input.rules) - sofar.notionalUsd;
  const lots = smaller(wanted, lotsWithin(room, candidate.notionalUsd * partOf(candidate, 1n)));
  if (lots <= 0n) return null;
  const part = partOf(candidate, lots);
  const costUsd = chunkCost(candidate, part, { sofarUsd: sofar.deltaUsd, input });
  const benefit = candidate.contributionUsd * part;
  return { at, lots, costUsd, ratio: costUsd > 0 ? benefit / costUsd : Infinity };
}

function chunkCost(
  candidate: ReductionCandidate,
  part: number,
  by: { readonly sofarUsd: number; readonly input: ReductionInput },
): number {
  const liquidity = by.input.liquidity.get(candidate.underlying)!;
  const { impactFactor } = by.input.rules;
  const endUsd = by.sofarUsd + Math.abs(candidate.deltaUsd) * part;
  const impact = impactUsd(endUsd, liquidity, impactFactor) - impactUsd(by.sofarUsd, liquidity, impactFactor);
  return candidate.spreadUsd * part + impact;
}

/** Whole lots that fit into `roomUsd`; a lot of no notional always does. */
export function lotsWithin(roomUsd: number, lotUsd: number): bigint {
  if (!(roomUsd > 0)) return 0n;
  const lots = Math.floor(roomUsd / lotUsd);
  return BigInt(Math.min(lots, Number.MAX_SAFE_INTEGER));
}

type Found = { readonly trades: readonly PlannedTrade[]; readonly after: Balance };

/**
 * The shortest prefix of the path that meets the target: first at evenly spaced points, then by halving down to one lot. Where no
 * point does, the one with the least shortfall below today's.
 */
function walk(path: Path, input: ReductionInput): Found | Failure {
  const { targetRatio } = input.rules;
  const count = path.chunks.length;
  let missed = 0;
  let best: Found = { trades: [], after: input.now };
  for (let point = 0; point <= POINTS; point++) {
    const length = point === 0 ? 1 : Math.ceil((point * count) / POINTS);
    if (length <= missed) continue;
    const trades = tradesOf(path, length, null);
    const after = input.assessAfter(trades);
    if (isFailure(after)) return after;
    if (isRestored(after, targetRatio))
      return refine(path, input, { missed, reached: length, trades, after });
    if (shortfallUsd(after, targetRatio) < shortfallUsd(best.after, targetRatio)) best = { trades, after };
    missed = length;
  }
  return best;
}

/** Halves between a prefix that misses the target and one that meets it, then within the last chunk. */
function refine(
  path: Path,
  input: ReductionInput,
  from: Found & { readonly missed: number; readonly reached: number },
): Found | Failure {
  let { missed, reached } = from;
  let found: Found = { trades: from.trades, after: from.after };
  const holds = (trades: readonly PlannedTrade[]): boolean | Failure => {
    const after = input.assessAfter(trades);
    if (isFailure(after)) return after;
    if (!isRestored(after, input.rules.targetRatio)) return false;
    found = { trades, after };
    return true;
  };
  while (reached - missed > 1) {
    const middle = missed + Math.floor((reached - missed) / 2);
    const ok = holds(tradesOf(path, middle, null));
    if (isFailure(ok)) return ok;
    if (ok) reached = middle;
    else missed = middle;
  }
  let few = 0n;
  let enough = path.chunks[reached - 1]!.lots;
  while (enough - few > 1n) {
    const middle = few + (enough - few) / 2n;
    const ok = holds(tradesOf(path, reached, middle));
    if (isFailure(ok)) return ok;
    if (ok) enough = middle;
    else few = middle;
  }
  return found;
}

/** Trades of the first `length` chunks, the last one cut to `lastLots` where given. */
function tradesOf(path: Path, length: number, lastLots: bigint | null): PlannedTrade[] {
  const sums = path.candidates.map(() => ({ lots: 0n, costUsd: 0 }));
  for (let i = 0; i < length; i++) {
    const { at, lots, costUsd } = path.chunks[i]!;
    const cut = i === length - 1 && lastLots !== null ? lastLots : lots;
    const sum = sums[at]!;
    sums[at] = {
      lots: sum.lots + cut,
      costUsd: sum.costUsd + (costUsd * Number(cut)) / Number(lots),
    };
  }
  return path.candidates.flatMap((candidate, at) => {
    const { lots, costUsd } = sums[at]!;
    if (lots === 0n) return [];
    const { instrument, underlying, lotAtoms, quantityAtoms } = candidate;
    const size = lots * lotAtoms;
    return [
      {
        instrument,
        underlying,
        quantityAtoms: quantityAtoms > 0n ? -size : size,
        notionalUsd: candidate.notionalUsd * partOf(candidate, lots),
        costUsd,
      },
    ];
  });
}
