import fc from 'fast-check';
import { describeFailure, type Failure, isFailure } from '../../src/base/failure.ts';
import { assess, type AssessInput } from '../../src/margin/assess.ts';
import type { MarginReport, MethodId } from '../../src/margin/report.ts';
import { type Holding, inputOf, makeAccount, PRODUCTS } from '../../src/margin/universe.fixture.ts';
import type { Account } from '../../src/portfolio/account.ts';

/** Random books over the small venue. Every property shrinks to a smallest book that breaks it. */
export const SEED = 20_260_116;

const quantity = (size: number): fc.Arbitrary<number> =>
  fc.integer({ min: -1_000, max: 1_000 }).map((n) => (n * size) / 1_000);

const SIZES: Readonly<Record<string, number>> = {
  'ETH-P': 100,
  'ETH-P-TWIN': 100,
  'ETH-C': 100,
  'BTC-INV': 50_000,
  'LUNA-P': 5_000,
};

const holding = (instrument: string): fc.Arbitrary<Holding> =>
  quantity(SIZES[instrument] ?? 10).map((q): Holding => [instrument, q]);

/** One to six different instruments, some of zero quantity only if all others are not. */
export const holdings = (ids: readonly string[] = PRODUCTS.map((p) => p.id)): fc.Arbitrary<Holding[]> =>
  fc
    .subarray([...ids], { minLength: 1, maxLength: Math.min(6, ids.length) })
    .chain((chosen) => fc.tuple(...chosen.map(holding)))
    .filter((book) => book.some(([, q]) => q !== 0));

export const balances: fc.Arbitrary<Record<string, number>> = fc.record({
  USDC: fc.integer({ min: -200_000, max: 2_000_000 }),
  USD: fc.integer({ min: 0, max: 500_000 }),
  BTC: fc.integer({ min: -200, max: 1_000 }).map((n) => n / 100),
  ETH: fc.integer({ min: 0, max: 1_000 }).map((n) => n / 10),
});

export const accounts: fc.Arbitrary<Account> = fc
  .tuple(holdings(), balances)
  .map(([book, cash]) => makeAccount(book, cash));

/** The value, or an end of the test: nothing that the generators make may be refused. */
export function accept<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(describeFailure(value));
  return value;
}

/** The report on an account of the small venue. */
export function reportOf(
  method: MethodId,
  account: Account,
  change: Partial<AssessInput> = {},
): MarginReport {
  return accept(assess(method, inputOf(account, change)));
}

/** Components that are no add-ons: expected shortfall, stress, cap and buffer. */
const CORE: ReadonlySet<string> = new Set(['scenario-risk', 'stress', 'diversification-cap', 'buffer']);

export function coreOf(report: MarginReport): number {
  return report.requirement.components.reduce((s, c) => s + (CORE.has(c.id) ? c.initialUsd : 0), 0);
}

export function addOnsOf(report: MarginReport): number {
  return report.initialUsd - coreOf(report);
}

/** One account that holds what two hold. */
export function merge(a: Account, b: Account): Account {
  const balances = new Map(a.balances);
  for (const [id, amount] of b.balances) balances.set(id, (balances.get(id) ?? 0n) + amount);
  const positions = new Map(a.positions.map((p) => [p.instrument, p]));
  for (const p of b.positions) {
    const held = positions.get(p.instrument);
    positions.set(p.instrument, {
      ...p,
      quantityAtoms: p.quantityAtoms + (held?.quantityAtoms ?? 0n),
      costAtoms: p.costAtoms + (held?.costAtoms ?? 0n),
    });
  }
  return { ...a, balances, positions: [...positions.values()] };
}

/** The account `by` times as large. */
export function scale(account: Account, by: bigint): Account {
  return {
    ...account,
    balances: new Map([...account.balances].map(([id, amount]) => [id, amount * by])),
    positions: account.positions.map((p) => ({
      ...p,
      quantityAtoms: p.quantityAtoms * by,
      costAtoms: p.costAtoms * by,
    })),
  };
}

/** Rounding allowed between two ways to one sum: relative to what was added up. */
export function slackOf(...reports: readonly MarginReport[]): number {
  const size = (r: MarginReport): number =>
    r.positions.reduce((s, p) => s + p.notionalUsd, 0) +
    r.pool.lines.reduce((s, l) => s + Math.abs(l.grossUsd), 0);
  return 1e-9 * (1 + reports.reduce((s, r) => s + size(r), 0));
}
