import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { expectIndexed, expectSound } from './audit.fixture.ts';
import type { Command } from './command.ts';
import { dirtyPages } from './pages.ts';
import { sampleAccount, sampleFrame, SAMPLE_EXPIRY_MS } from './sample.ts';
import { drive, give, openRun, replay, type SampleRun } from './sample-run.ts';
import { fingerprint, restoreCopy } from './fingerprint.fixture.ts';

const ACCOUNTS = 5;
const INSTRUMENTS = [
  'BTC-PERP',
  'ETH-PERP',
  'BTC-INVERSE',
  'BTC-27MAR26',
  'BTC-27MAR26-80000-P',
  'BTC-27MAR26-100000-C',
  'BTC-27MAR26-120000-C-COIN',
  'BTC-USDC',
] as const;
const PRICES: Readonly<Record<string, number>> = {
  'BTC-PERP': 95_000,
  'ETH-PERP': 3_300,
  'BTC-INVERSE': 95_000.5,
  'BTC-27MAR26': 95_900,
  'BTC-27MAR26-80000-P': 2_400.25,
  'BTC-27MAR26-100000-C': 5_100.125,
  'BTC-27MAR26-120000-C-COIN': 0.0123,
  'BTC-USDC': 95_000,
};

const account = fc.integer({ min: 0, max: ACCOUNTS - 1 }).map(sampleAccount);
const instrument = fc.constantFrom(...INSTRUMENTS);
const lots = fc.integer({ min: -3_000, max: 3_000 });
const drift = fc.double({ min: 0.9, max: 1.1, noNaN: true });

type Step = (run: SampleRun, n: number) => Command;

const order = fc
  .tuple(account, instrument, lots, drift, fc.boolean())
  .map(([who, what, size, by, reduceOnly]): Step => (_, n) => ({
    kind: 'SubmitOrder',
    account: who,
    order: {
      id: `o${n}`,
      instrument: what,
      quantityAtoms: BigInt(size) * (what === 'BTC-INVERSE' ? 100_000_000n : 100_000n),
      price: PRICES[what]! * by,
      reduceOnly,
    },
  }));
const fill = fc
  .tuple(account, account, instrument, lots, drift, fc.integer({ min: 0, max: 400 }))
  .map(([buyer, seller, what, size, by, fee]): Step => (run, n) => {
    const open = run.state.tables.accounts.items.find(({ id }) => id === buyer)?.orders ?? [];
    const mine = open.find((one) => one.instrument === what && one.quantityAtoms > 0n)?.id ?? null;
    return {
      kind: 'Fill',
      executionId: n % 11 === 0 ? 'repeated' : `x${n}`,
      instrument: what,
      quantityAtoms: BigInt(Math.abs(size)) * (what === 'BTC-INVERSE' ? 100_000_000n : 100_000n),
      price: PRICES[what]! * by,
      buyer: { account: buyer, orderId: mine, feeAtoms: BigInt(fee) },
      seller: { account: seller, orderId: null, feeAtoms: BigInt(fee) - 100n },
    };
  });
const movement = fc
  .tuple(account, fc.constantFrom('USDC', 'BTC', 'USDE', 'NONE'), fc.bigInt(-5n, 90_000_000_000n))
  .chain(([who, asset, atoms]) =>
    fc.constantFrom<Step>(
      (_, n) => ({ kind: 'Deposit', id: `m${n}`, account: who, asset, atoms }),
      (_, n) => ({ kind: 'Withdraw', id: `m${n % 50}`, account: who, asset, atoms }),
      (_, n) => ({
        kind: 'Transfer',
        id: `t${n}`,
        from: who,
        to: sampleAccount((n * 7) % ACCOUNTS),
        asset,
        atoms,
      }),
      () => ({ kind: 'IsolatePosition', account: who, instrument: 'BTC-PERP', atoms: atoms / 4n }),
    ),
  );
const frame = fc.tuple(drift, drift, fc.boolean()).map(
  ([a, b, dark]): Step =>
    (run) =>
      sampleFrame(run.timeMs, { btc: 95_000 * a, eth: 3_300 * b }, dark ? ['ETH', 'USDE'] : []),
);
const other = fc.constantFrom<Step>(
  () => ({ kind: 'Tick' }),
  () => ({ kind: 'SettleFunding', instrument: 'BTC-PERP' }),
  () => ({ kind: 'SettleFunding', instrument: 'BTC-INVERSE' }),
  (run) => ({ kind: 'CancelOrder', account: sampleAccount(0), orderId: cancellable(run) }),
  (_, n) => ({ kind: 'SetAccountMode', account: sampleAccount(n % ACCOUNTS), mode: 'portfolio' }),
  (_, n) => ({ kind: 'SetAccountMode', account: sampleAccount(n % ACCOUNTS), mode: 'cross' }),
  () => ({ kind: 'SettleExpiry', instrument: 'BTC-27MAR26-80000-P', settlementPrice: 79_000 }),
  (_, n) => ({
    kind: 'BidAuction',
    auction: sampleAccount(n % ACCOUNTS),
    bidder: 'backstop',
    shareFrac: 0.5,
  }),
  (_, n) => ({ kind: 'LiquidationStep', account: sampleAccount(n % ACCOUNTS) }),
  (run, n) => ({
    kind: 'GrantCredit',
    account: sampleAccount(n % ACCOUNTS),
    line: 'line',
    limitUsd: 1_000,
    by: 'ann',
    expiryMs: run.timeMs + 60_000,
  }),
  (_, n) => ({ kind: 'ApproveCredit', account: sampleAccount(n % ACCOUNTS), line: 'line', by: 'bob' }),
);

function cancellable(run: SampleRun): string {
  return run.state.tables.accounts.items.find(({ id }) => id === sampleAccount(0))?.orders[0]?.id ?? 'none';
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fill },
  { weight: 5, arbitrary: order },
  { weight: 3, arbitrary: movement },
  { weight: 1, arbitrary: frame },
  { weight: 2, arbitrary: other },
);

describe('a venue under random commands', () => {
  it('conserves every asset and contract, refuses without a trace, and replays to the same state', () => {
    let applied = 0;
    let refused = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 60, maxLength: 160 }), (steps) => {
        const run = openRun({ accounts: ACCOUNTS, days: 120 });
        dirtyPages(run.state);
        for (const [n, make] of steps.entries()) {
          run.timeMs += 1_500;
          const [first] = give(run, make(run, n));
          if (first!.kind === 'CommandRefused') {
            refused += 1;
            const { pages, ledgerRows, ledgerAssets } = dirtyPages(run.state);
            expect([pages, ledgerRows, ledgerAssets]).toEqual([[], [], false]);
            continue;
          }
          applied += 1;
          dirtyPages(run.state);
          drive(run, n % 3 === 0 ? 'backstop' : null);
          dirtyPages(run.state);
          expectSound(run.state);
        }
        expectIndexed(run.state);
        expect(fingerprint(replay(run.log))).toBe(fingerprint(run.state));
      }),
      { numRuns: 24, seed: 20_260_112 },
    );
    expect(applied).toBeGreaterThan(1_000);
    expect(refused).toBeGreaterThan(400);
  });

  it('comes back from its pages, and goes on from there as if it had never stopped', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 30, maxLength: 60 }), (steps) => {
        const run = openRun({ accounts: ACCOUNTS, days: 120 });
        const half = Math.floor(steps.length / 2);
        const play = (on: SampleRun, from: number, to: number): void => {
          for (let n = from; n < to; n++) {
            on.timeMs += 1_500;
            give(on, steps[n]!(on, n));
            drive(on, 'backstop');
          }
        };
        play(run, 0, half);
        const state = restoreCopy(run.state);
        if (isFailure(state)) throw new Error(state.field);
        expect(fingerprint(state)).toBe(fingerprint(run.state));
        const copy: SampleRun = { state, log: [...run.log], timeMs: run.timeMs };
        play(run, half, steps.length);
        play(copy, half, steps.length);
        expect(fingerprint(copy.state)).toBe(fingerprint(run.state));
        expect(SAMPLE_EXPIRY_MS).toBeGreaterThan(run.timeMs);
      }),
      { numRuns: 6, seed: 7 },
    );
  });
});
