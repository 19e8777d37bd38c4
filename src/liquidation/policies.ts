import { unreachable } from '../base/assert.ts';
import type { AccountId } from '../portfolio/account.ts';
import { apportion, ceilDiv, smaller, sumOf } from './whole.ts';

/** Whose positions are closed when nobody else is left to take the other side. */
export const DELEVERAGING_POLICIES = ['queue', 'pro-rata', 'minimum-overshoot', 'hedge-aware'] as const;
export type DeleveragingPolicy = (typeof DELEVERAGING_POLICIES)[number];

/** Someone on the other side of a position that must be closed. Money in USD. */
export type Counterparty = {
  readonly account: AccountId;
  /** Size of his position, > 0. */
  readonly quantityAtoms: bigint;
  readonly unrealisedUsd: number;
  /** Notional at entry, ≥ 0. */
  readonly entryUsd: number;
  /** Notional / equity of the account, ≥ 0. */
  readonly leverage: number;
  /** Change of his maintenance requirement if so many lots of the position are closed; null where it is not known. */
  readonly marginChange: ((lots: bigint) => number) | null;
};

/**
 * Place in the queue: profit as a fraction of entry times leverage; a loss is divided by it. Source: the ranking that BitMEX publishes.
 */
export function queueScore({ unrealisedUsd, entryUsd, leverage }: Counterparty): number {
  const profitFrac = entryUsd > 0 ? unrealisedUsd / entryUsd : 0;
  if (profitFrac > 0) return profitFrac * leverage;
  if (profitFrac === 0) return 0;
  return leverage > 0 ? profitFrac / leverage : -Infinity;
}

/** Counterparties in the order of the queue: highest score first, then by account. */
export function toQueue(candidates: readonly Counterparty[]): Counterparty[] {
  const scored = candidates.map((candidate) => ({ candidate, score: queueScore(candidate) }));
  scored.sort((a, b) => {
    if (a.score !== b.score) return a.score > b.score ? -1 : 1;
    return a.candidate.account < b.candidate.account ? -1 : 1;
  });
  return scored.map(({ candidate }) => candidate);
}

/** One after the other; within a class lots are split in proportion to what each member may give. */
type Class = { readonly why: string; readonly members: readonly Member[] };
type Member = { readonly at: number; readonly lots: bigint };

export type Call = { readonly lots: bigint; readonly why: string };

/**
 * Lots that each counterparty gives up, in the order of the queue that was passed; they sum to `need.lots` (what is closed, rounded up to
 * whole lots) or to everything there is. The caller has checked the input.
 */
export function callLots(
  policy: DeleveragingPolicy,
  queue: readonly Counterparty[],
  need: { readonly lots: bigint; readonly lotAtoms: bigint },
): Call[] {
  const capacity = queue.map((c) => c.quantityAtoms / need.lotAtoms);
  const calls: Call[] = queue.map(() => ({ lots: 0n, why: '' }));
  let left = need.lots;
  for (const { why, members } of classesOf(policy, queue, capacity)) {
    const limits = members.map(({ lots }) => lots);
    const wanted = smaller(left, sumOf(limits));
    if (wanted === 0n) continue;
    const parts = policy === 'pro-rata' ? roundUpShares(wanted, limits) : apportion(wanted, limits);
    for (let k = 0; k < members.length; k++) {
      if (parts[k]! === 0n) continue;
      const { at } = members[k]!;
      const before = calls[at]!;
      calls[at] = { lots: before.lots + parts[k]!, why: before.lots > 0n ? `${before.why}; ${why}` : why };
    }
    left -= wanted;
  }
  return calls;
}

/** Every share rounded up to a whole lot, from the head of the queue on, until nothing is left to call. */
function roundUpShares(total: bigint, weights: readonly bigint[]): bigint[] {
  const whole = sumOf(weights);
  let left = total;
  return weights.map((weight) => {
    const part = smaller(left, ceilDiv(total * weight, whole));
    left -= part;
    return part;
  });
}

function classesOf(
  policy: DeleveragingPolicy,
  queue: readonly Counterparty[],
  capacity: readonly bigint[],
): Class[] {
  switch (policy) {
    case 'queue':
      return queue.map((_, at) => ({
        why: 'next in the queue of profit times leverage',
        members: [{ at, lots: capacity[at]! }],
      }));
    case 'pro-rata':
    case 'minimum-overshoot':
      return byProfit(queue, capacity, 'in proportion to his position');
    case 'hedge-aware':
      return byHedge(queue, capacity);
    default:
      return unreachable(policy);
  }
}

/** Those in profit before those who are not. */
function byProfit(queue: readonly Counterparty[], lots: readonly bigint[], how: string): Class[] {
  const members = lots.map((limit, at) => ({ at, lots: limit })).filter((member) => member.lots > 0n);
  const inProfit = (member: Member): boolean => queue[member.at]!.unrealisedUsd > 0;
  return [
    { why: `in profit, ${how}`, members: members.filter(inProfit) },
    {
      why: `not in profit, called because those in profit do not suffice, ${how}`,
      members: members.filter((m) => !inProfit(m)),
    },
  ];
}

/**
 * First what can be closed without raising anyone's requirement; then, where that does not suffice, whoever's requirement rises least
 * for each lot, those in profit first.
 */
function byHedge(queue: readonly Counterparty[], capacity: readonly bigint[]): Class[] {
  const safe = queue.map((candidate, at) => safeLots(candidate, capacity[at]!));
  const rest = queue
    .map((candidate, at) => ({
      at,
      lots: capacity[at]! - safe[at]!,
      profit: candidate.unrealisedUsd > 0,
      raises: risePerLot(candidate, safe[at]!, capacity[at]!),
    }))
    .filter((member) => member.lots > 0n)
    .sort((a, b) => Number(b.profit) - Number(a.profit) || compare(a.raises, b.raises) || a.at - b.at);
  return [
    ...byProfit(queue, safe, 'and his requirement does not rise'),
    ...rest.map(({ at, lots }) => ({
      why: 'unavoidable: his requirement rises least of those left',
      members: [{ at, lots }],
    })),
  ];
}

function compare(a: number, b: number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/**
 * Most lots that can be closed without raising the requirement: by halving, as a requirement that is convex in the position falls
 * first and rises after. Nothing where the change is not known.
 */
function safeLots({ marginChange }: Counterparty, capacity: bigint): bigint {
  if (marginChange === null || capacity === 0n) return 0n;
  if (marginChange(capacity) <= 0) return capacity;
  let safe = 0n;
  let raising = capacity;
  while (raising - safe > 1n) {
    const middle = safe + (raising - safe) / 2n;
    if (marginChange(middle) <= 0) safe = middle;
    else raising = middle;
  }
  return safe;
}

function risePerLot({ marginChange }: Counterparty, safe: bigint, capacity: bigint): number {
  if (marginChange === null || capacity === safe) return Infinity;
  const before = safe > 0n ? marginChange(safe) : 0;
  return (marginChange(capacity) - before) / Number(capacity - safe);
}
