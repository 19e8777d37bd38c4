import { type Failure, refuse } from '../base/failure.ts';
import type { AccountId } from '../portfolio/account.ts';
import type { InstrumentId } from '../product/product.ts';
import { callLots, type Counterparty, type DeleveragingPolicy, queueScore, toQueue } from './policies.ts';
import { apportion, ceilDiv, floorDiv, magnitude, smaller, splitValue, sumOf } from './whole.ts';

/** A position, or the rest of one, that nobody took: size > 0, and its value at the bankruptcy price (signed as the position's). */
export type ClosingPosition = {
  readonly account: AccountId;
  readonly quantityAtoms: bigint;
  /** Atoms of the settlement asset. */
  readonly valueAtoms: bigint;
};

/** All positions of one instrument and side that are closed at once, and everyone on the other side. */
export type DeleveragingInput = {
  readonly instrument: InstrumentId;
  /** Side of the positions that are closed. */
  readonly side: 'long' | 'short';
  readonly lotAtoms: bigint;
  readonly closing: readonly ClosingPosition[];
  readonly candidates: readonly Counterparty[];
};

/** A change of a position, signed from its holder: contracts, and cost in the settlement asset. Both sum to zero over all parties. */
export type Exchange = { readonly quantityAtoms: bigint; readonly valueAtoms: bigint };

export type DeleveragingFill = Exchange & {
  readonly account: AccountId;
  /** Place in the queue of profit times leverage, from 1, and the score that gave it. */
  readonly rank: number;
  readonly score: number;
  readonly why: string;
  /** Size of the position before and after. */
  readonly beforeAtoms: bigint;
  readonly afterAtoms: bigint;
  /** Change of his maintenance requirement in USD, where known: his portfolio is riskier if above 0. */
  readonly marginChangeUsd: number | null;
};

export type DeleveragingClose = Exchange & { readonly account: AccountId; readonly missingAtoms: bigint };

export type DeleveragingPlan = {
  readonly policy: DeleveragingPolicy;
  readonly instrument: InstrumentId;
  readonly side: 'long' | 'short';
  /** Ascending by account. */
  readonly closes: readonly DeleveragingClose[];
  /** In the order of the queue. */
  readonly fills: readonly DeleveragingFill[];
  /** What the venue takes on because counterparties close whole lots only: nothing where quantities are whole lots. */
  readonly residual: Exchange;
  readonly filledAtoms: bigint;
  /** Found no counterparty. */
  readonly missingAtoms: bigint;
  /** Closed at counterparties beyond what was needed. */
  readonly overshootAtoms: bigint;
  readonly overshootLots: number;
};

/**
 * Plans auto-deleveraging of one instrument and side under one policy (LIQUIDATION-016 to 019). The closed accounts get their own
 * bankruptcy values; the counterparties share the sum by quantity, so everyone called at once gets one price. Contracts and money are
 * conserved to the atom; the order of accounts in the input does not matter. Refuses NUMBER_OUT_OF_RANGE, NUMBER_NOT_FINITE,
 * DUPLICATE_ID.
 */
export function planDeleveraging(
  policy: DeleveragingPolicy,
  input: DeleveragingInput,
): DeleveragingPlan | Failure {
  const failure = judgeInput(input);
  if (failure !== null) return failure;
  const { lotAtoms, instrument, side } = input;
  const queue = toQueue(input.candidates);
  const neededAtoms = sumOf(input.closing.map((c) => c.quantityAtoms));
  const calls = callLots(policy, queue, { lots: ceilDiv(neededAtoms, lotAtoms), lotAtoms });
  const calledAtoms = calls.map(({ lots }) => lots * lotAtoms);
  const takenAtoms = sumOf(calledAtoms);
  const filledAtoms = smaller(neededAtoms, takenAtoms);
  const closes = closeAll(input, filledAtoms);
  const overshootAtoms = takenAtoms - filledAtoms;
  const paidAtoms = -sumOf(closes.map((close) => close.valueAtoms));
  const pricedAtoms = filledAtoms === 0n ? 0n : floorDiv(paidAtoms * takenAtoms, filledAtoms);
  const values = splitValue(pricedAtoms, calledAtoms);
  const sign = side === 'long' ? 1n : -1n;
  const fills = queue.flatMap((candidate, i) => {
    const { lots, why } = calls[i]!;
    if (lots === 0n) return [];
    const trade = { quantityAtoms: sign * calledAtoms[i]!, valueAtoms: values[i]! };
    return [toFill({ candidate, rank: i + 1, why }, trade, lots)];
  });
  return {
    policy,
    instrument,
    side,
    closes,
    fills,
    residual: { quantityAtoms: -sign * overshootAtoms, valueAtoms: paidAtoms - pricedAtoms },
    filledAtoms,
    missingAtoms: neededAtoms - filledAtoms,
    overshootAtoms,
    overshootLots: Number(overshootAtoms) / Number(lotAtoms),
  };
}

function toFill(
  from: { readonly candidate: Counterparty; readonly rank: number; readonly why: string },
  trade: Exchange,
  lots: bigint,
): DeleveragingFill {
  const { candidate, rank, why } = from;
  const { account, quantityAtoms, marginChange } = candidate;
  return {
    account,
    ...trade,
    rank,
    score: queueScore(candidate),
    why,
    beforeAtoms: quantityAtoms,
    afterAtoms: quantityAtoms - magnitude(trade.quantityAtoms),
    marginChangeUsd: marginChange === null ? null : marginChange(lots),
  };
}

/** Closes the positions at their own values; where counterparties are short, each in proportion, its value rounded down. */
function closeAll(input: DeleveragingInput, filledAtoms: bigint): DeleveragingClose[] {
  const closing = [...input.closing].sort((a, b) => (a.account < b.account ? -1 : 1));
  const sign = input.side === 'long' ? -1n : 1n;
  const parts = apportion(
    filledAtoms,
    closing.map((c) => c.quantityAtoms),
  );
  return closing.map(({ account, quantityAtoms, valueAtoms }, i) => ({
    account,
    quantityAtoms: sign * parts[i]!,
    valueAtoms: -floorDiv(valueAtoms * parts[i]!, quantityAtoms),
    missingAtoms: quantityAtoms - parts[i]!,
  }));
}

function judgeInput(input: DeleveragingInput): Failure | null {
  const { instrument, closing, candidates, lotAtoms } = input;
  if (lotAtoms <= 0n || [...closing, ...candidates].some((c) => c.quantityAtoms <= 0n)) {
    const value = `lot ${lotAtoms}`;
    return refuse('NUMBER_OUT_OF_RANGE', {
      field: instrument,
      value,
      expected: 'lot and quantities above 0',
    });
  }
  for (const { account, unrealisedUsd, entryUsd, leverage } of candidates) {
    if (Number.isFinite(unrealisedUsd) && entryUsd >= 0 && entryUsd < Infinity && leverage >= 0) continue;
    return refuse('NUMBER_NOT_FINITE', {
      field: `${instrument} ${account}`,
      value: `${unrealisedUsd}, ${entryUsd}, ${leverage}`,
      expected: 'a finite profit, a finite entry and a leverage of at least 0',
    });
  }
  for (const accounts of [closing, candidates]) {
    const ids = new Set(accounts.map(({ account }) => account));
    if (ids.size === accounts.length) continue;
    return refuse('DUPLICATE_ID', { field: instrument, value: instrument, expected: 'each account once' });
  }
  return null;
}
