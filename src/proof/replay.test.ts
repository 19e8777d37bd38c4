import { describe, expect, it } from 'vitest';
import { pureSha256 } from '../base/sha256.ts';
import { nativeSha256 } from '../io/store/sha256.ts';
import type { Sha256 } from '../base/sha256.ts';
import { canonicalText, parseCanonical } from './canonical.ts';
import { buildEpoch } from './epoch.ts';
import { makeVenue, sound } from './epoch.fixture.ts';
import { type EpochRecord, epochRecordCodec, hashEpoch } from './epoch-record.ts';
import { epochSecretOf } from './liabilities.ts';
import { compareEpochs } from './replay.ts';
import { fixtureBytes } from './venue.fixture.ts';

const venue = makeVenue();
const SECRET = fixtureBytes(32, 90);

/** A journal of deposits, an epoch after each three: what a replay makes of it. */
function replay(deposits: readonly bigint[], sha256: Sha256): EpochRecord[] {
  const epochs: EpochRecord[] = [];
  let accounts = venue.input.accounts;
  let previous: Uint8Array = new Uint8Array(32);
  for (const [at, atoms] of deposits.entries()) {
    accounts = accounts.map((record, i) => {
      if (i !== at % accounts.length) return record;
      const before = record.account.balances.get('USDC') ?? 0n;
      const balances = new Map([...record.account.balances, ['USDC', before + atoms]] as const);
      return { ...record, account: { ...record.account, balances } };
    });
    if (at % 3 !== 2) continue;
    const epoch = epochs.length;
    const input = { ...venue.input, epoch, accounts, previous, secret: epochSecretOf(SECRET, epoch, sha256) };
    const { record } = sound(buildEpoch(input, sha256));
    epochs.push(record);
    previous = hashEpoch(record, sha256);
  }
  return epochs;
}

const DEPOSITS = Array.from({ length: 15 }, (_, i) => BigInt(i + 1) * 1_000_000n);
const published = replay(DEPOSITS, nativeSha256).map((record) => {
  const source = canonicalText(epochRecordCodec, record);
  return sound(parseCanonical(epochRecordCodec, source, { field: 'epoch', lengthMax: 100_000 }));
});

describe('replay against published epochs (AC9, PROOF-035)', () => {
  it('gives every root again byte for byte, with native and with plain hashing', () => {
    expect(compareEpochs(published, replay(DEPOSITS, pureSha256))).toEqual({ agreed: 5, divergence: null });
  });

  it('names the first epoch after an altered entry', () => {
    for (const altered of [0, 4, 9, 14]) {
      const deposits = DEPOSITS.with(altered, DEPOSITS[altered]! + 1n);
      const { agreed, divergence } = compareEpochs(published, replay(deposits, nativeSha256));
      const epoch = Math.floor(altered / 3);
      expect(agreed).toBe(epoch);
      expect(divergence).toMatchObject({
        epoch,
        fields: ['fingerprint', 'liabilities', 'positions', 'sums'],
      });
    }
  });

  it('names an epoch that one side lacks, and a chain that was cut', () => {
    const shorter = compareEpochs(published, published.slice(0, 4));
    expect(shorter).toMatchObject({ agreed: 4, divergence: { epoch: 4, recomputed: 'none' } });
    const cut = published.with(3, { ...published[3]!, previous: new Uint8Array(32) });
    expect(compareEpochs(cut, published)).toMatchObject({ agreed: 3, divergence: { fields: ['previous'] } });
  });
});
