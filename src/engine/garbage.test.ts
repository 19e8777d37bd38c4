import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectSound } from './audit.fixture.ts';
import type { Command } from './command.ts';
import { fingerprint } from './fingerprint.fixture.ts';
import { SAMPLE_METHODOLOGY, SAMPLE_START_MS, sampleFrame } from './sample.ts';
import { drive, give, openRun } from './sample-run.ts';

const order = { id: 'o', instrument: 'BTC-PERP', quantityAtoms: 100_000n, price: 95_000, reduceOnly: false };
const side = { account: 'trader-0', orderId: 'o', feeAtoms: 0n };
const SOUND: readonly Command[] = [
  { kind: 'ListAsset', asset: { id: 'SOL', places: 8, kind: 'coin', issuer: null, pegTo: null } },
  {
    kind: 'ListInstrument',
    product: {
      id: 'NEW',
      kind: 'option',
      form: 'linear',
      underlying: 'BTC',
      settle: 'USDC',
      lotAtoms: 100_000n,
      contractSize: 1,
      expiryMs: SAMPLE_START_MS + 1e9,
      strike: 90_000,
      right: 'call',
    },
  },
  { kind: 'OpenAccount', account: 'new', client: 'c', owner: 'o', mode: 'cross' },
  { kind: 'SetAccountMode', account: 'trader-0', mode: 'cross' },
  { kind: 'Deposit', id: 'm', account: 'trader-0', asset: 'USDC', atoms: 1_000n },
  { kind: 'Withdraw', id: 'm', account: 'trader-1', asset: 'USDC', atoms: 1_000n },
  { kind: 'Transfer', id: 'm', from: 'trader-0', to: 'trader-1', asset: 'BTC', atoms: 5n },
  { kind: 'IsolatePosition', account: 'trader-0', instrument: 'BTC-PERP', atoms: 9_000_000_000n },
  { kind: 'SubmitOrder', account: 'trader-0', order },
  { kind: 'CancelOrder', account: 'trader-0', orderId: 'o' },
  {
    kind: 'Fill',
    executionId: 'x',
    instrument: 'BTC-PERP',
    quantityAtoms: 100_000n,
    price: 95_000,
    buyer: side,
    seller: { ...side, account: 'trader-1', orderId: null },
  },
  sampleFrame(SAMPLE_START_MS + 5_000, { btc: 95_000, eth: 3_300 }),
  { kind: 'SettleFunding', instrument: 'BTC-PERP' },
  { kind: 'SettleExpiry', instrument: 'BTC-27MAR26', settlementPrice: 95_000 },
  { kind: 'ProposeParameters', proposal: 'p', by: 'ann', why: 'w', methodology: SAMPLE_METHODOLOGY },
  { kind: 'ApproveParameters', proposal: 'p', by: 'bob' },
  {
    kind: 'GrantCredit',
    account: 'trader-0',
    line: 'l',
    limitUsd: 5,
    by: 'ann',
    expiryMs: SAMPLE_START_MS + 1e7,
  },
  { kind: 'ApproveCredit', account: 'trader-0', line: 'l', by: 'bob' },
  {
    kind: 'OverrideBreaker',
    override: 'v',
    scope: 'venue',
    state: 'halted',
    by: 'ann',
    why: 'w',
    untilMs: SAMPLE_START_MS + 1e7,
  },
  { kind: 'ApproveOverride', override: 'v', by: 'bob' },
  { kind: 'BidAuction', auction: 'trader-0', bidder: 'backstop', shareFrac: 0.5 },
  { kind: 'LiquidationStep', account: 'trader-0' },
  { kind: 'Tick', lagMs: 5 },
];

const NUMBERS = [0, -0, -1, 1, 0.1, 1e-320, 1e308, -1e308, Infinity, -Infinity, Number.NaN, 2 ** 53, 95_000];
const BIGINTS = [0n, 1n, -1n, 2n ** 63n, -(2n ** 63n), 2n ** 127n, 2n ** 200n, 100_000n, -100_000_000n];
const STRINGS = [
  '',
  ' ',
  '$fee',
  '$insurance',
  'trader-0',
  'trader-0|BTC-PERP',
  'BTC',
  'BTC-PERP',
  '\ud800',
  'x'.repeat(500),
  '__proto__',
];

type Pick = () => number;

/** The command with some of its leaves replaced by others of their type. */
function spoil<T>(value: T, pick: Pick): T {
  const spoils = pick() % 4 === 0;
  const one = <V>(from: readonly V[]): V => from[pick() % from.length]!;
  if (typeof value === 'number') return (spoils ? one(NUMBERS) : value) as T;
  if (typeof value === 'bigint') return (spoils ? one(BIGINTS) : value) as T;
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map((item: unknown) => spoil(item, pick)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]: [string, unknown]) => {
    const isName =
      typeof inner === 'string' &&
      !['kind', 'mode', 'state', 'form', 'right', 'tool', 'measure', 'level'].includes(key);
    return [key, isName && pick() % 6 === 0 ? one(STRINGS) : spoil(inner, pick)] as const;
  });
  return Object.fromEntries(entries) as T;
}

describe('garbage at the door', () => {
  it('is refused or booked, never thrown on, and leaves a sound state that can be hashed', () => {
    let refused = 0;
    let given = 0;
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat(), { minLength: 40, maxLength: 40 }), { minLength: 50, maxLength: 80 }),
        (seeds) => {
          const run = openRun({ accounts: 3, days: 80 });
          for (const seed of seeds) {
            let at = 0;
            const pick = (): number => seed[at++ % seed.length]! + at;
            const command = SOUND[seed[0]! % SOUND.length]!;
            run.timeMs += 500;
            const isHeavy = command.kind === 'ProposeParameters';
            const [first] = give(run, isHeavy ? command : spoil(command, pick));
            given += 1;
            if (first!.kind === 'CommandRefused') refused += 1;
            drive(run, 'backstop');
          }
          expectSound(run.state);
          expect(fingerprint(run.state)).toHaveLength(64);
        },
      ),
      { numRuns: 25, seed: 99, endOnFailure: true },
    );
    expect(given - refused).toBeGreaterThan(200);
    expect(refused).toBeGreaterThan(200);
  });
});
