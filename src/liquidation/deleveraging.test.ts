import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Failure, isFailure } from '../base/failure.ts';
import { type DeleveragingInput, type DeleveragingPlan, planDeleveraging } from './deleveraging.ts';
import {
  type Counterparty,
  DELEVERAGING_POLICIES,
  type DeleveragingPolicy,
  queueScore,
  toQueue,
} from './policies.ts';
import { magnitude, sumOf } from './whole.ts';

const LOT = 100n;

function winner(account: string, lots: bigint, change: Partial<Counterparty> = {}): Counterparty {
  const base = { unrealisedUsd: 100, entryUsd: 1000, leverage: 2, marginChange: null };
  return { account, quantityAtoms: lots * LOT, ...base, ...change };
}

function inputOf(lots: bigint, candidates: readonly Counterparty[]): DeleveragingInput {
  const closing = [{ account: 'z', quantityAtoms: lots * LOT, valueAtoms: lots * 7_001n }];
  return { instrument: 'P', side: 'long', lotAtoms: LOT, closing, candidates };
}

function given<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(JSON.stringify(value));
  return value;
}
const planOf = (policy: DeleveragingPolicy, input: DeleveragingInput): DeleveragingPlan =>
  given(planDeleveraging(policy, input));
const lotsOf = (plan: DeleveragingPlan): Record<string, bigint> =>
  Object.fromEntries(plan.fills.map((fill) => [fill.account, magnitude(fill.quantityAtoms) / LOT]));

/** Requirement |other + position| · rate: convex in the position; closing one lot of a long moves it by one. */
const netted = (position: number, other: number) => (lots: bigint) =>
  Math.abs(other + position - Math.sign(position) * Number(lots)) - Math.abs(other + position);

const party = fc.record({
  lots: fc.bigInt({ min: 1n, max: 2_000n }),
  dust: fc.constantFrom(0n, 0n, 37n),
  unrealisedUsd: fc.integer({ min: -500, max: 1_000 }),
  entryUsd: fc.integer({ min: 0, max: 10_000 }),
  leverage: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.constant(3e7), fc.constant(Infinity)),
  other: fc.integer({ min: -3_000, max: 3_000 }),
  isKnown: fc.boolean(),
});
const parties = fc.array(party, { maxLength: 25 }).map((list) =>
  list.map(({ lots, dust, other, isKnown, ...rest }, i): Counterparty => {
    const marginChange = isKnown ? netted(-Number(lots), other) : null;
    return { account: `w${i}`, quantityAtoms: lots * LOT + dust, ...rest, marginChange };
  }),
);
const closings = fc
  .array(
    fc.record({
      quantityAtoms: fc.bigInt({ min: 1n, max: 500_000n }),
      price: fc.bigInt({ min: -50n, max: 5_000n }),
      odd: fc.bigInt({ min: 0n, max: 99n }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((list) =>
    list.map(({ quantityAtoms, price, odd }, i) => {
      return { account: `z${i}`, quantityAtoms, valueAtoms: quantityAtoms * price + odd };
    }),
  );
const inputs = fc
  .record({ closing: closings, candidates: parties, isLong: fc.boolean() })
  .map(({ closing, candidates, isLong }): DeleveragingInput => {
    const signed = closing.map((c) => ({ ...c, valueAtoms: isLong ? c.valueAtoms : -c.valueAtoms }));
    return { instrument: 'P', side: isLong ? 'long' : 'short', lotAtoms: LOT, closing: signed, candidates };
  });
const policies = fc.constantFrom(...DELEVERAGING_POLICIES);

describe('the queue', () => {
  it('ranks by profit times leverage, and divides losses by it (LIQUIDATION-017)', () => {
    // The published ranking: PNL % · effective leverage above 0, PNL % / effective leverage below.
    expect(queueScore(winner('a', 1n, { unrealisedUsd: 250, leverage: 4 }))).toBe(1);
    expect(queueScore(winner('a', 1n, { unrealisedUsd: -250, leverage: 4 }))).toBe(-0.0625);
    expect(queueScore(winner('a', 1n, { unrealisedUsd: -250, leverage: 0 }))).toBe(-Infinity);
    expect(queueScore(winner('a', 1n, { entryUsd: 0 }))).toBe(0);
    const list = [winner('b', 1n), winner('a', 1n), winner('c', 1n, { leverage: 3 })];
    expect(toQueue(list).map((c) => c.account)).toEqual(['c', 'a', 'b']);
  });

  it('closes the head whole and the next in part (LIQUIDATION-017)', () => {
    // As venues publish it: 52 lots to close; the first in the queue holds 50, the second gives up 2.
    const list = [winner('F', 30n), winner('C', 50n, { leverage: 9 }), winner('B', 40n, { leverage: 5 })];
    const plan = planOf('queue', inputOf(52n, list));
    expect(lotsOf(plan)).toEqual({ C: 50n, B: 2n });
    expect(plan.fills.map((f) => f.rank)).toEqual([1, 2]);
    expect(plan.fills[1]).toMatchObject({ beforeAtoms: 4000n, afterAtoms: 3800n, marginChangeUsd: null });
  });
});

describe('the other policies', () => {
  const list = [
    winner('a', 10n),
    winner('b', 20n),
    winner('c', 30n),
    winner('d', 60n, { unrealisedUsd: -1 }),
  ];

  it('call those in profit first, in proportion to size (LIQUIDATION-017, 018)', () => {
    expect(lotsOf(planOf('minimum-overshoot', inputOf(12n, list)))).toEqual({ a: 2n, b: 4n, c: 6n });
    expect(lotsOf(planOf('minimum-overshoot', inputOf(61n, list)))).toEqual({
      a: 10n,
      b: 20n,
      c: 30n,
      d: 1n,
    });
    expect(lotsOf(planOf('pro-rata', inputOf(10n, list)))).toEqual({ a: 2n, b: 4n, c: 4n });
    expect(lotsOf(planOf('minimum-overshoot', inputOf(10n, list)))).toEqual({ a: 2n, b: 3n, c: 5n });
  });

  it('leave nobody riskier while hedged and unhedged can be told apart (LIQUIDATION-018)', () => {
    const hedged = winner('hedged', 100n, { marginChange: netted(-100, 100), leverage: 9 });
    const naked = winner('naked', 100n, { marginChange: netted(-100, 0) });
    const plan = planOf('hedge-aware', inputOf(80n, [hedged, naked]));
    expect(lotsOf(plan)).toEqual({ naked: 80n });
    expect(plan.fills[0]!.marginChangeUsd).toBe(-80);
    const forced = planOf('hedge-aware', inputOf(130n, [hedged, naked]));
    expect(lotsOf(forced)).toEqual({ hedged: 30n, naked: 100n });
    expect(forced.fills.find((f) => f.account === 'hedged')!.why).toContain('unavoidable');
    expect(lotsOf(planOf('queue', inputOf(80n, [hedged, naked])))).toEqual({ hedged: 80n });
  });
});

describe('any plan', () => {
  it('conserves contracts and money to the atom (LIQUIDATION-016)', () => {
    fc.assert(
      fc.property(policies, inputs, (policy, input) => {
        const plan = planOf(policy, input);
        const all = [...plan.closes, ...plan.fills, plan.residual];
        expect(sumOf(all.map((e) => e.quantityAtoms))).toBe(0n);
        expect(sumOf(all.map((e) => e.valueAtoms))).toBe(0n);
        const needed = sumOf(input.closing.map((c) => c.quantityAtoms));
        expect(sumOf(plan.closes.map((c) => magnitude(c.quantityAtoms)))).toBe(plan.filledAtoms);
        expect(plan.filledAtoms + plan.missingAtoms).toBe(needed);
        expect(sumOf(plan.closes.map((c) => c.missingAtoms))).toBe(plan.missingAtoms);
      }),
      { seed: 41, numRuns: 3000 },
    );
  });

  it('closes whole lots of nobody beyond his position, and misses nothing that is there (LIQUIDATION-016)', () => {
    fc.assert(
      fc.property(policies, inputs, (policy, input) => {
        const plan = planOf(policy, input);
        for (const fill of plan.fills) {
          const size = magnitude(fill.quantityAtoms);
          expect(size % LOT).toBe(0n);
          expect(size <= fill.beforeAtoms && fill.afterAtoms === fill.beforeAtoms - size).toBe(true);
          expect(fill.quantityAtoms > 0n).toBe(input.side === 'long');
          expect(fill.why).not.toBe('');
        }
        const there = sumOf(input.candidates.map((c) => (c.quantityAtoms / LOT) * LOT));
        const needed = sumOf(input.closing.map((c) => c.quantityAtoms));
        expect(plan.filledAtoms).toBe(there < needed ? there : needed);
      }),
      { seed: 42, numRuns: 2000 },
    );
  });

  it('overshoots by less than a lot in total, by nothing where quantities are whole lots (LIQUIDATION-018)', () => {
    fc.assert(
      fc.property(policies, inputs, (policy, input) => {
        const plan = planOf(policy, input);
        expect(plan.overshootAtoms >= 0n && plan.overshootAtoms < LOT).toBe(true);
        expect(magnitude(plan.residual.quantityAtoms)).toBe(plan.overshootAtoms);
        const closing = input.closing.map((c) => ({ ...c, quantityAtoms: c.quantityAtoms * LOT }));
        const whole = planOf(policy, { ...input, closing });
        expect([whole.overshootAtoms, whole.residual.quantityAtoms, whole.residual.valueAtoms]).toEqual([
          0n,
          0n,
          0n,
        ]);
      }),
      { seed: 43, numRuns: 2000 },
    );
  });

  it('is the same in any order of closed accounts and counterparties (LIQUIDATION-019)', () => {
    fc.assert(
      fc.property(policies, inputs, fc.infiniteStream(fc.nat()), (policy, input, keys) => {
        const shuffle = <T>(list: readonly T[]): T[] =>
          list
            .map((one) => [keys.next().value!, one] as const)
            .sort(([a], [b]) => a - b)
            .map(([, one]) => one);
        const shuffled = { ...input, closing: shuffle(input.closing), candidates: shuffle(input.candidates) };
        expect(planOf(policy, shuffled)).toEqual(planOf(policy, input));
      }),
      { seed: 44, numRuns: 3000 },
    );
  });

  it('gives each his own bankruptcy value, and the called one price to the atom (LIQUIDATION-019)', () => {
    fc.assert(
      fc.property(policies, inputs, (policy, input) => {
        const plan = planOf(policy, input);
        if (plan.missingAtoms === 0n) {
          const own = new Map(input.closing.map((c) => [c.account, c.valueAtoms]));
          for (const close of plan.closes) expect(close.valueAtoms).toBe(-own.get(close.account)!);
        }
        const quantity = sumOf(plan.fills.map((f) => magnitude(f.quantityAtoms)));
        const value = sumOf(plan.fills.map((f) => f.valueAtoms));
        for (const fill of plan.fills) {
          const apart = fill.valueAtoms * quantity - value * magnitude(fill.quantityAtoms);
          expect(magnitude(apart) < quantity).toBe(true);
        }
      }),
      { seed: 45, numRuns: 1000 },
    );
  });

  it('raises nobody’s requirement under hedge-aware while that is avoidable (LIQUIDATION-018)', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const candidates = input.candidates.map((c) => ({
          ...c,
          marginChange: c.marginChange ?? netted(-Number(c.quantityAtoms / LOT), 0),
        }));
        const safe = sumOf(
          candidates.map((c) => {
            let lots = c.quantityAtoms / LOT;
            while (lots > 0n && c.marginChange(lots) > 0) lots--;
            return lots;
          }),
        );
        const plan = planOf('hedge-aware', { ...input, candidates });
        const needed = sumOf(input.closing.map((c) => c.quantityAtoms));
        const raised = plan.fills.filter((f) => f.marginChangeUsd! > 0);
        if (safe * LOT >= needed) expect(raised).toEqual([]);
      }),
      { seed: 46, numRuns: 1000 },
    );
  });

  it('gives everyone his exact share rounded down or up under minimum-overshoot (LIQUIDATION-018)', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const candidates = input.candidates.map((c) => ({ ...c, unrealisedUsd: 1 }));
        const plan = planOf('minimum-overshoot', { ...input, candidates });
        if (plan.missingAtoms > 0n) return;
        const capacity = sumOf(candidates.map((c) => c.quantityAtoms / LOT));
        const needed = (sumOf(input.closing.map((c) => c.quantityAtoms)) + LOT - 1n) / LOT;
        const called = lotsOf(plan);
        for (const c of candidates) {
          const apart = (called[c.account] ?? 0n) * capacity - needed * (c.quantityAtoms / LOT);
          expect(magnitude(apart) < capacity).toBe(true);
        }
      }),
      { seed: 47, numRuns: 1000 },
    );
  });

  it('is refused for quantities of nothing, accounts twice and numbers that are none', () => {
    const input = inputOf(5n, [winner('a', 10n)]);
    expect(planDeleveraging('queue', { ...input, lotAtoms: 0n })).toMatchObject({
      failure: 'NUMBER_OUT_OF_RANGE',
    });
    expect(planDeleveraging('queue', { ...input, candidates: [winner('a', 0n)] })).toMatchObject({
      failure: 'NUMBER_OUT_OF_RANGE',
    });
    expect(planDeleveraging('queue', inputOf(5n, [winner('a', 1n), winner('a', 2n)]))).toMatchObject({
      failure: 'DUPLICATE_ID',
    });
    expect(planDeleveraging('queue', inputOf(5n, [winner('a', 1n, { unrealisedUsd: NaN })]))).toMatchObject({
      failure: 'NUMBER_NOT_FINITE',
    });
    expect(planOf('queue', inputOf(5n, []))).toMatchObject({
      missingAtoms: 500n,
      fills: [],
      filledAtoms: 0n,
    });
  });
});
