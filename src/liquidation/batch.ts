import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { AccountId } from '../portfolio/account.ts';
import type { InstrumentId } from '../product/product.ts';
import {
  type ClosingPosition,
  type DeleveragingInput,
  type DeleveragingPlan,
  type Exchange,
  planDeleveraging,
} from './deleveraging.ts';
import type { Counterparty, DeleveragingPolicy } from './policies.ts';
import { apportion, floorDiv, smaller, splitValue } from './whole.ts';

/** A position to be closed: see {@link ClosingPosition}. An account may have several, in different instruments. */
export type BatchClosing = ClosingPosition & {
  readonly instrument: InstrumentId;
  readonly side: 'long' | 'short';
};

export type BatchCounterparty = Omit<Counterparty, 'marginChange'>;

/** Everyone with a position in an instrument, by side. */
export type BatchBook = {
  readonly instrument: InstrumentId;
  readonly lotAtoms: bigint;
  /** Value of one lot at the mark, atoms of the settlement asset: the price of crosses. */
  readonly markLotAtoms: bigint;
  readonly longs: readonly BatchCounterparty[];
  readonly shorts: readonly BatchCounterparty[];
};

export type BatchTrade = { readonly instrument: InstrumentId; readonly quantityAtoms: bigint };

export type BatchInput = {
  readonly closing: readonly BatchClosing[];
  readonly books: readonly BatchBook[];
  /** Change of an account's maintenance requirement after these trades; null where it is not known. Pure. */
  readonly marginAfter: ((account: AccountId, trades: readonly BatchTrade[]) => number) | null;
};

/** A position closed against another one that is closed, at the mark, because nobody else was left. */
export type Cross = Exchange & {
  readonly account: AccountId;
  readonly instrument: InstrumentId;
};

export type BatchPlan = {
  /** Ascending by instrument, longs before shorts. `missingAtoms` of a plan counts what was crossed. */
  readonly plans: readonly DeleveragingPlan[];
  readonly crosses: readonly Cross[];
};

/**
 * Plans auto-deleveraging of everything that is to be closed in one tick, instrument by instrument and side by side
 * (LIQUIDATION-019, 020): the same result in any order of the input. Accounts that are closed are nobody's counterparty; what finds none
 * on both sides of an instrument is crossed at the mark. Refuses UNKNOWN_INSTRUMENT and as {@link planDeleveraging}.
 */
export function planBatch(policy: DeleveragingPolicy, input: BatchInput): BatchPlan | Failure {
  const books = new Map(input.books.map((book) => [book.instrument, book]));
  const closed = new Set(input.closing.map(({ account }) => account));
  const trades = new Map<AccountId, BatchTrade[]>();
  const plans: DeleveragingPlan[] = [];
  for (const [instrument, side, closing] of groupsOf(input.closing)) {
    const book = books.get(instrument);
    if (book === undefined) {
      return refuse('UNKNOWN_INSTRUMENT', {
        field: 'closing',
        value: instrument,
        expected: 'one of the books',
      });
    }
    const group = { instrument, side, lotAtoms: book.lotAtoms, closing };
    const candidates = candidatesOf(group, book, { input, closed, trades });
    const plan = planDeleveraging(policy, { ...group, candidates });
    if (isFailure(plan)) return plan;
    plans.push(plan);
    for (const { account, quantityAtoms } of plan.fills) {
      trades.set(account, [...(trades.get(account) ?? []), { instrument, quantityAtoms }]);
    }
  }
  return { plans, crosses: crossAll(plans, books) };
}

type Side = 'long' | 'short';

function groupsOf(closing: readonly BatchClosing[]): (readonly [InstrumentId, Side, BatchClosing[]])[] {
  const groups = new Map<InstrumentId, Record<Side, BatchClosing[]>>();
  for (const position of closing) {
    const sides = groups.get(position.instrument) ?? { long: [], short: [] };
    sides[position.side].push(position);
    groups.set(position.instrument, sides);
  }
  return [...groups.keys()]
    .sort()
    .flatMap((instrument) =>
      (['long', 'short'] as const)
        .map((side) => [instrument, side, groups.get(instrument)![side]] as const)
        .filter(([, , positions]) => positions.length > 0),
    );
}

function candidatesOf(
  group: Omit<DeleveragingInput, 'candidates'>,
  book: BatchBook,
  batch: {
    readonly input: BatchInput;
    readonly closed: ReadonlySet<AccountId>;
    readonly trades: ReadonlyMap<AccountId, readonly BatchTrade[]>;
  },
): Counterparty[] {
  const { marginAfter } = batch.input;
  const { instrument, lotAtoms } = group;
  const sign = group.side === 'long' ? 1n : -1n;
  const others = group.side === 'long' ? book.shorts : book.longs;
  return others
    .filter(({ account }) => !batch.closed.has(account))
    .map((other) => {
      if (marginAfter === null) return { ...other, marginChange: null };
      const before = batch.trades.get(other.account) ?? [];
      const marginChange = (lots: bigint): number => {
        const sofar = before.length === 0 ? 0 : marginAfter(other.account, before);
        const trade = { instrument, quantityAtoms: sign * lots * lotAtoms };
        return marginAfter(other.account, [...before, trade]) - sofar;
      };
      return { ...other, marginChange };
    });
}

/** Crosses what is missing on both sides of an instrument: equal quantities, equal values, to the atom. */
function crossAll(plans: readonly DeleveragingPlan[], books: ReadonlyMap<InstrumentId, BatchBook>): Cross[] {
  const crosses: Cross[] = [];
  for (let i = 0; i + 1 < plans.length; i++) {
    const [longs, shorts] = [plans[i]!, plans[i + 1]!];
    if (longs.instrument !== shorts.instrument) continue;
    const quantity = smaller(longs.missingAtoms, shorts.missingAtoms);
    if (quantity === 0n) continue;
    const { markLotAtoms, lotAtoms } = books.get(longs.instrument)!;
    const value = floorDiv(markLotAtoms * quantity, lotAtoms);
    crosses.push(...crossSide(longs, -quantity, -value), ...crossSide(shorts, quantity, value));
  }
  return crosses;
}

function crossSide(plan: DeleveragingPlan, quantity: bigint, value: bigint): Cross[] {
  const sign = quantity < 0n ? -1n : 1n;
  const missing = plan.closes.map((close) => close.missingAtoms);
  const quantities = apportion(sign * quantity, missing);
  const values = splitValue(value, quantities);
  return plan.closes.flatMap(({ account }, i) =>
    quantities[i]! === 0n
      ? []
      : [
          {
            account,
            instrument: plan.instrument,
            quantityAtoms: sign * quantities[i]!,
            valueAtoms: values[i]!,
          },
        ],
  );
}
