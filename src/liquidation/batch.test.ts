import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Failure, isFailure } from '../base/failure.ts';
import { makeUniform } from '../base/random.ts';
import { type BatchInput, type BatchPlan, type BatchTrade, planBatch } from './batch.ts';
import { makeCrash, shuffle } from './crash.fixture.ts';
import { DELEVERAGING_POLICIES, type DeleveragingPolicy } from './policies.ts';
import { magnitude, sumOf } from './whole.ts';

function given<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(JSON.stringify(value));
  return value;
}
const planOf = (policy: DeleveragingPolicy, input: BatchInput): BatchPlan => given(planBatch(policy, input));

function shuffled(input: BatchInput, seed: number): BatchInput {
  const draw = makeUniform(seed);
  const books = input.books.map((book) => ({
    ...book,
    longs: shuffle(book.longs, draw),
    shorts: shuffle(book.shorts, draw),
  }));
  return { ...input, closing: shuffle(input.closing, draw), books: shuffle(books, draw) };
}

/** Requirement: net lots over all instruments, plus a tenth of the gross. */
function netMargin(input: BatchInput): NonNullable<BatchInput['marginAfter']> {
  const held = new Map<string, Map<string, number>>();
  for (const { instrument, longs, shorts } of input.books) {
    for (const [sign, side] of [
      [1, longs],
      [-1, shorts],
    ] as const) {
      for (const { account, quantityAtoms } of side) {
        const positions = held.get(account) ?? new Map<string, number>();
        positions.set(instrument, (positions.get(instrument) ?? 0) + sign * Number(quantityAtoms));
        held.set(account, positions);
      }
    }
  }
  const required = (positions: ReadonlyMap<string, number>): number => {
    const sizes = [...positions.values()];
    const net = sizes.reduce((sum, x) => sum + x, 0);
    return Math.abs(net) + 0.1 * sizes.reduce((sum, x) => sum + Math.abs(x), 0);
  };
  return (account, trades: readonly BatchTrade[]) => {
    const before = held.get(account) ?? new Map<string, number>();
    const after = new Map(before);
    for (const { instrument, quantityAtoms } of trades) {
      after.set(instrument, (after.get(instrument) ?? 0) + Number(quantityAtoms));
    }
    return required(after) - required(before);
  };
}

function judgeConservation(input: BatchInput, plan: BatchPlan): void {
  for (const { instrument } of input.books) {
    const exchanges = [
      ...plan.plans
        .filter((p) => p.instrument === instrument)
        .flatMap((p) => [...p.closes, ...p.fills, p.residual]),
      ...plan.crosses.filter((cross) => cross.instrument === instrument),
    ];
    expect(sumOf(exchanges.map((e) => e.quantityAtoms))).toBe(0n);
    expect(sumOf(exchanges.map((e) => e.valueAtoms))).toBe(0n);
  }
}

const crashes = fc
  .record({
    instruments: fc.integer({ min: 1, max: 4 }),
    accounts: fc.integer({ min: 2, max: 30 }),
    positionsEach: fc.integer({ min: 1, max: 3 }),
    part: fc.double({ min: 0.1, max: 0.9, noNaN: true }),
    seed: fc.integer({ min: 1, max: 1e6 }),
  })
  .map(({ part, ...rest }) => makeCrash({ ...rest, closed: Math.ceil(part * rest.accounts) }));
const policies = fc.constantFrom(...DELEVERAGING_POLICIES);

describe('LIQUIDATION-019 a batch', () => {
  it('is the same in any order of liquidations, books and counterparties', () => {
    fc.assert(
      fc.property(policies, crashes, fc.integer({ min: 1, max: 1e6 }), (policy, input, seed) => {
        const marginAfter = seed % 2 === 0 ? netMargin(input) : null;
        const plan = planOf(policy, { ...input, marginAfter });
        expect(planOf(policy, { ...shuffled(input, seed), marginAfter })).toEqual(plan);
      }),
      { seed: 51, numRuns: 4000 },
    );
  });

  it('conserves contracts and money to the atom in every instrument (LIQUIDATION-016)', () => {
    fc.assert(
      fc.property(policies, crashes, (policy, crash) => {
        judgeConservation(crash, planOf(policy, crash));
      }),
      { seed: 52, numRuns: 1000 },
    );
  });
});

describe('LIQUIDATION-020 accounts that are closed', () => {
  it('are nobody’s counterparty', () => {
    fc.assert(
      fc.property(policies, crashes, (policy, input) => {
        const closed = new Set(input.closing.map((c) => c.account));
        for (const { fills } of planOf(policy, input).plans) {
          expect(fills.filter((fill) => closed.has(fill.account))).toEqual([]);
        }
      }),
      { seed: 53, numRuns: 500 },
    );
  });

  it('are closed to the last lot in a market that is closed, crossed at the mark where need be', () => {
    let crossed = 0;
    fc.assert(
      fc.property(policies, crashes, (policy, input) => {
        const plan = planOf(policy, input);
        crossed += plan.crosses.length;
        const left = new Map<string, bigint>();
        const key = (account: string, instrument: string): string => `${account} ${instrument}`;
        for (const c of input.closing) left.set(key(c.account, c.instrument), c.quantityAtoms);
        const take = (account: string, instrument: string, quantity: bigint): void => {
          left.set(key(account, instrument), left.get(key(account, instrument))! - magnitude(quantity));
        };
        for (const { closes, instrument } of plan.plans) {
          for (const { account, quantityAtoms } of closes) take(account, instrument, quantityAtoms);
        }
        for (const { account, instrument, quantityAtoms } of plan.crosses)
          take(account, instrument, quantityAtoms);
        for (const quantity of left.values()) expect(quantity).toBe(0n);
      }),
      { seed: 54, numRuns: 1000 },
    );
    expect(crossed).toBeGreaterThan(0);
  });
});

describe('hedge-aware over several instruments', () => {
  it('judges each instrument with what was done in the ones before (LIQUIDATION-018)', () => {
    // Long A hedged with short B; both are called. Closing A alone raises his requirement, closing B then lowers it again.
    const other = { unrealisedUsd: 10, entryUsd: 100, leverage: 1 };
    const book = (instrument: string, change: object) => ({
      instrument,
      lotAtoms: 1n,
      markLotAtoms: 5n,
      longs: [],
      shorts: [],
      ...change,
    });
    const input: BatchInput = {
      closing: [
        { account: 'z', instrument: 'A', side: 'short', quantityAtoms: 10n, valueAtoms: -50n },
        { account: 'y', instrument: 'B', side: 'long', quantityAtoms: 10n, valueAtoms: 50n },
      ],
      books: [
        book('A', { longs: [{ account: 'w', quantityAtoms: 10n, ...other }] }),
        book('B', { shorts: [{ account: 'w', quantityAtoms: 10n, ...other }] }),
      ],
      marginAfter: null,
    };
    const plan = planOf('hedge-aware', { ...input, marginAfter: netMargin(input) });
    expect(plan.plans.map((p) => p.fills[0]!.marginChangeUsd)).toEqual([9, -11]);
    expect(plan.plans[1]!.fills[0]!.why).toContain('does not rise');
  });

  it('refuses an instrument without a book', () => {
    const closing = [
      { account: 'z', instrument: 'X', side: 'long', quantityAtoms: 1n, valueAtoms: 1n },
    ] as const;
    expect(planBatch('queue', { closing, books: [], marginAfter: null })).toMatchObject({
      failure: 'UNKNOWN_INSTRUMENT',
    });
  });
});

describe('11,279 liquidations in one tick against 19,337 counterparties in 162 instruments', () => {
  const crash = makeCrash({ instruments: 162, accounts: 30_616, closed: 11_279, positionsEach: 1, seed: 7 });

  it.each(DELEVERAGING_POLICIES)(
    'give one result under %s, conserved, within a lot (LIQUIDATION-019)',
    (policy) => {
      const input = { ...crash, marginAfter: policy === 'hedge-aware' ? netMargin(crash) : null };
      expect(input.closing.length).toBeGreaterThan(11_000);
      const plan = planOf(policy, input);
      judgeConservation(input, plan);
      for (const one of plan.plans) expect(one.overshootLots).toBeLessThan(1);
      expect(plan.plans.some((one) => one.fills.length > 100)).toBe(true);
      expect(planOf(policy, { ...shuffled(input, 99), marginAfter: input.marginAfter })).toEqual(plan);
    },
  );
});
