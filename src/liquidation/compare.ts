import { type Failure, isFailure } from '../base/failure.ts';
import {
  type DeleveragingFill,
  type DeleveragingInput,
  type DeleveragingPlan,
  planDeleveraging,
} from './deleveraging.ts';
import { type Counterparty, DELEVERAGING_POLICIES, type DeleveragingPolicy } from './policies.ts';

/** What one policy takes from the other side in one event. Money in USD. */
export type DeleveragingComparison = {
  readonly policy: DeleveragingPolicy;
  readonly called: number;
  readonly closedLots: number;
  readonly overshootLots: number;
  /** Lots called beyond exact shares in proportion to the positions of those in profit, all accounts together. */
  readonly overShareLots: number;
  readonly missingAtoms: bigint;
  /** Given up against the mark: what the bankruptcy prices take from the called, together. */
  readonly takenUsd: number;
  /** Unrealised profit that was closed out. */
  readonly profitClosedUsd: number;
  /** Largest part of one account's position that was closed, and of one account's profit that was taken. */
  readonly positionFracMax: number;
  readonly profitFracMax: number;
  /** Called without being in profit, or paid more than their profit. */
  readonly losers: number;
  /** Accounts whose requirement rose, and by how much together; accounts without a known requirement count nothing. */
  readonly riskier: number;
  readonly marginRaisedUsd: number;
};

/** The same event, with what it is worth at the mark. */
export type ComparisonInput = DeleveragingInput & {
  /** Value of one lot at the mark in atoms of the settlement asset, and of one such atom in USD. */
  readonly markLotAtoms: number;
  readonly atomUsd: number;
};

/** The four policies on one event, side by side. Refuses as {@link planDeleveraging}. */
export function compareDeleveraging(input: ComparisonInput): readonly DeleveragingComparison[] | Failure {
  const rows: DeleveragingComparison[] = [];
  for (const policy of DELEVERAGING_POLICIES) {
    const row = measure(policy, input);
    if (isFailure(row)) return row;
    rows.push(row);
  }
  return rows;
}

function measure(policy: DeleveragingPolicy, input: ComparisonInput): DeleveragingComparison | Failure {
  const plan = planDeleveraging(policy, input);
  if (isFailure(plan)) return plan;
  const byAccount = new Map(input.candidates.map((candidate) => [candidate.account, candidate]));
  const takes = plan.fills.map((fill) => takeOf(fill, byAccount.get(fill.account)!, input));
  const sum = (of: (take: Take) => number): number => takes.reduce((total, take) => total + of(take), 0);
  const largest = (of: (take: Take) => number): number =>
    takes.reduce((most, take) => Math.max(most, of(take)), 0);
  return {
    policy,
    called: takes.length,
    closedLots: sum((take) => take.lots),
    overshootLots: plan.overshootLots,
    overShareLots: overShareLots(plan, input),
    missingAtoms: plan.missingAtoms,
    takenUsd: sum((take) => take.takenUsd),
    profitClosedUsd: sum((take) => take.profitUsd),
    positionFracMax: largest((take) => take.positionFrac),
    profitFracMax: largest((take) => (take.profitUsd > 0 ? take.takenUsd / take.profitUsd : 0)),
    losers: takes.filter((take) => take.profitUsd <= 0 || take.takenUsd > take.profitUsd).length,
    riskier: takes.filter((take) => take.marginUsd > 0).length,
    marginRaisedUsd: sum((take) => Math.max(0, take.marginUsd)),
  };
}

/** Exact shares: those in profit in proportion to size as far as they go, the others what is left. */
function overShareLots({ fills, filledAtoms }: DeleveragingPlan, input: ComparisonInput): number {
  const isCalledFirst = (candidate: Counterparty): boolean => candidate.unrealisedUsd > 0;
  const sizeOf = (called: readonly Counterparty[]): number =>
    called.reduce((sum, candidate) => sum + Number(candidate.quantityAtoms), 0);
  const first = sizeOf(input.candidates.filter(isCalledFirst));
  const second = sizeOf(input.candidates) - first;
  const needed = Number(filledAtoms);
  const firstFrac = first > 0 ? Math.min(1, needed / first) : 0;
  const secondFrac = second > 0 ? Math.max(0, needed - first) / second : 0;
  const byAccount = new Map(input.candidates.map((candidate) => [candidate.account, candidate]));
  const over = fills.reduce((sum, fill) => {
    const candidate = byAccount.get(fill.account)!;
    const share = Number(candidate.quantityAtoms) * (isCalledFirst(candidate) ? firstFrac : secondFrac);
    return sum + Math.max(0, Math.abs(Number(fill.quantityAtoms)) - share);
  }, 0);
  return over / Number(input.lotAtoms);
}

type Take = {
  readonly lots: number;
  readonly takenUsd: number;
  /** Profit of the part that was closed. */
  readonly profitUsd: number;
  readonly positionFrac: number;
  readonly marginUsd: number;
};

function takeOf(fill: DeleveragingFill, candidate: Counterparty, input: ComparisonInput): Take {
  const lots = Number(fill.quantityAtoms) / Number(input.lotAtoms);
  const positionFrac = Math.abs(Number(fill.quantityAtoms)) / Number(candidate.quantityAtoms);
  return {
    lots: Math.abs(lots),
    takenUsd: (Number(fill.valueAtoms) - lots * input.markLotAtoms) * input.atomUsd,
    profitUsd: candidate.unrealisedUsd * positionFrac,
    positionFrac,
    marginUsd: fill.marginChangeUsd ?? 0,
  };
}
