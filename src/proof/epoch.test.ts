import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pureSha256 as sha256 } from '../base/sha256.ts';
import type { Account, Position } from '../portfolio/account.ts';
import { toAssessed } from './assessed.ts';
import { buildEpoch, queueEntry } from './epoch.ts';
import { makeVenue, sound, withRecord } from './epoch.fixture.ts';
import { epochSecretOf, liabilitiesOf, makeBooks, toLiabilitySums } from './liabilities.ts';
import { Fingerprints, type InstrumentTotal, totalPositions } from './positions.ts';
import { fixtureBytes } from './venue.fixture.ts';
import type { MarginReport } from '../margin/report.ts';

const venue = makeVenue();
const { input } = venue;
const books = makeBooks(input.assets, input.products);
const [model] = input.accounts;

const holding = (
  balances: Account['balances'],
  positions: readonly Position[] = [],
): ReturnType<typeof liabilitiesOf> =>
  liabilitiesOf({ ...model!, account: { ...model!.account, balances, positions } }, books);

describe('what an account adds to the sums (PROOF-021)', () => {
  it('is a claim or a borrowing per asset, never one against the other, collateral of a position included', () => {
    const sleeve = { instrument: 'BTC-PERP', quantityAtoms: -1n, costAtoms: 0n, isolatedAtoms: 30n };
    const balances = new Map([
      ['BTC', 5n],
      ['ETH', -7n],
      ['USDC', -100n],
    ]);
    const { assets, margined, queued } = toLiabilitySums(sound(holding(balances, [sleeve])), input.assets);
    expect(assets).toEqual([
      { asset: 'BTC', claims: 5n, borrowings: 0n },
      { asset: 'ETH', claims: 0n, borrowings: 7n },
      { asset: 'USD', claims: 0n, borrowings: 0n },
      { asset: 'USDC', claims: 30n, borrowings: 100n },
    ]);
    expect([margined, queued]).toEqual([1n, 0n]);
  });

  it('is refused for an unknown asset or instrument, and beyond 128 bits', () => {
    expect(holding(new Map([['XYZ', 1n]]))).toMatchObject({ failure: 'UNKNOWN_ASSET' });
    const strange = { instrument: 'XYZ-PERP', quantityAtoms: 1n, costAtoms: 0n, isolatedAtoms: null };
    expect(holding(new Map(), [strange])).toMatchObject({ failure: 'UNKNOWN_INSTRUMENT' });
    const full = { instrument: 'BTC-PERP', quantityAtoms: 1n, costAtoms: 0n, isolatedAtoms: 2n ** 127n };
    const huge = new Map([['USDC', 2n ** 127n]]);
    expect(holding(huge, [full])).toMatchObject({ failure: 'NUMBER_OUT_OF_RANGE' });
  });
});

describe('what of a report is committed to (PROOF-013)', () => {
  const report = {
    equityUsd: 100,
    creditUsd: 5,
    initialUsd: 130,
    maintenanceUsd: 105,
    health: 'liquidating',
    pool: { grossUsd: -0.0000005, countedUsd: 100, lines: [] },
    requirement: { scenarios: [] },
    sleeves: [{ equityUsd: -2, maintenanceUsd: 3 }],
  } as unknown as MarginReport;

  it('counts debts of the pool and of sleeves each for itself, rounded up to millionths', () => {
    expect(toAssessed(report)).toMatchObject({
      deficitAtoms: 2_000_001n,
      shortfallAtoms: 5_000_000n,
      status: 'queued',
    });
  });

  it('calls an account margined where equity and credit just cover maintenance', () => {
    expect(toAssessed({ ...report, sleeves: [] })).toMatchObject({ status: 'margined', shortfallAtoms: 0n });
    const short = toAssessed({ ...report, sleeves: [], maintenanceUsd: 105.00000001 });
    expect(short).toMatchObject({ status: 'queued', shortfallAtoms: 1n });
  });
});

describe('an epoch (PROOF-028)', () => {
  it('is the same whatever the order of the accounts', () => {
    const { record } = sound(buildEpoch(input, sha256));
    const turned = sound(buildEpoch({ ...input, accounts: input.accounts.toReversed() }, sha256));
    expect(turned.record).toEqual(record);
  });

  it('refuses an account that comes twice', () => {
    const twice = { ...input, accounts: [...input.accounts, model!] };
    expect(buildEpoch(twice, sha256)).toMatchObject({ failure: 'DUPLICATE_ID' });
  });

  it('refuses an account with an asset that has no sums', () => {
    const strange = withRecord(input, 'bob', (record) => ({
      ...record,
      account: { ...record.account, balances: new Map([['XYZ', 1n]]) },
    }));
    expect(buildEpoch(strange, sha256)).toMatchObject({ failure: 'UNKNOWN_ASSET' });
  });

  it('can be made of no accounts at all', () => {
    const { record, totals } = sound(buildEpoch({ ...input, accounts: [] }, sha256));
    expect(record).toMatchObject({ accounts: 0, fingerprint: 0n, queue: { size: 0 } });
    expect(totals).toEqual([]);
  });

  it('has another secret each time, from one of the venue', () => {
    const secret = fixtureBytes(32, 1);
    const secrets = [0, 1, 2 ** 40].map((epoch) => epochSecretOf(secret, epoch, sha256).join());
    expect(new Set(secrets).size).toBe(3);
    expect(queueEntry(secret, 1n)).toHaveLength(48);
  });
});

describe('fingerprints of positions (PROOF-025)', () => {
  const total = fc.record({
    instrument: fc.constantFrom('A', 'B', 'C'),
    long: fc.bigInt({ min: 0n, max: 2n ** 100n }),
    short: fc.bigInt({ min: 0n, max: 2n ** 100n }),
    houseLong: fc.constant(0n),
    houseShort: fc.constant(0n),
  });
  const prints = new Fingerprints(fixtureBytes(32, 3), sha256);
  const book = fc.uniqueArray(total, { selector: ({ instrument }) => instrument });
  const known = (totals: readonly InstrumentTotal[]): string =>
    totals
      .filter(({ long, short }) => long + short > 0n)
      .map(({ instrument, long, short }) => `${instrument} ${long} ${short}`)
      .sort()
      .join();

  it('are equal for equal totals only', () => {
    fc.assert(
      fc.property(book, book, (one, other) => {
        expect(prints.ofTotals(one) === prints.ofTotals(other)).toBe(known(one) === known(other));
      }),
      { seed: 31, numRuns: 500 },
    );
  });

  it('of accounts sum to that of their totals', () => {
    const positions = input.accounts.map(({ account }) => account.positions);
    const sum = positions.reduce((to, own) => to + prints.ofPositions(own), 0n) % (2n ** 127n - 1n);
    expect(sum).toBe(prints.ofTotals(sound(totalPositions(positions, []))));
  });

  it('have other weights under another root, so that no table can be made up beforehand', () => {
    const other = new Fingerprints(fixtureBytes(32, 4), sha256);
    const totals = sound(
      totalPositions([[{ instrument: 'A', quantityAtoms: 1n, costAtoms: 0n, isolatedAtoms: null }]], []),
    );
    expect(other.ofTotals(totals)).not.toBe(prints.ofTotals(totals));
  });

  it('refuse totals beyond 128 bits', () => {
    const huge = { instrument: 'A', quantityAtoms: 2n ** 127n, costAtoms: 0n, isolatedAtoms: null };
    expect(totalPositions([[huge], [huge]], [])).toMatchObject({ failure: 'NUMBER_OUT_OF_RANGE' });
  });
});
