import { describe, expect, it } from 'vitest';
import { toHex } from '../base/bytes.ts';
import { isFailure } from '../base/failure.ts';
import { pureSha256 } from '../base/sha256.ts';
import { nativeCrypto } from '../io/proof-crypto.ts';
import type { AccountRecord, Assessed } from './account-codec.ts';
import type { Signed } from './document.ts';
import {
  forge,
  type Handed,
  handOut,
  makeInput,
  makeVenue,
  OPERATOR_KEY,
  reservesOf,
  sound,
  TRUST,
  type Venue,
  verifyHanded,
  withRecord,
} from './epoch.fixture.ts';
import type { EpochInput } from './epoch.ts';
import { signDocument } from './document.ts';
import { commitRecord, keyOf, liabilitiesOf, liabilityLayout, makeBooks } from './liabilities.ts';
import { openManifest, toManifestText, type OpenManifest } from './manifest.ts';
import { reservesCodec } from './reserves.ts';
import { pureCrypto } from './signature.ts';
import { type AccountStatement, type Statement, toStatementText } from './statement.ts';
import { rootOfPath } from './sum-tree.ts';
import { NEVER_PROVEN, type Outcome, STATEMENT_IDS, type StatementId } from './verdict.ts';
import { FIXTURE_METHODOLOGY } from './venue.fixture.ts';
import { verifyStatement } from './verify.ts';

const venue = makeVenue();
const honest = handOut(venue);

const outcomes = (
  signed: Signed<Statement>,
  manifest: OpenManifest = honest.manifest,
): Record<StatementId, Outcome> => {
  const { lines } = verifyHanded(signed, manifest, { crypto: nativeCrypto });
  return Object.fromEntries(lines.map(({ id, outcome }) => [id, outcome])) as Record<StatementId, Outcome>;
};
const reason = (handed: Handed, account: string, id: StatementId): string =>
  verifyHanded(handed.statement(account), handed.manifest, { crypto: nativeCrypto }).lines.find(
    (line) => line.id === id,
  )!.reason;
const stateAgain =
  (assessed: Partial<Assessed>) =>
  (record: AccountRecord): AccountRecord => ({
    ...record,
    assessed: { ...record.assessed, ...assessed },
  });
const failedOf = (handed: Handed, account: string): StatementId[] => {
  const found = outcomes(handed.statement(account), handed.manifest);
  return STATEMENT_IDS.filter((id) => found[id] === 'failed');
};

describe('an honest venue (PROOF-040, PROOF-043)', () => {
  it('proves S1 to S8 to every account, and says what is not proven here', () => {
    for (const { id } of venue.accounts) {
      expect(outcomes(honest.statement(id))).toEqual({
        ...Object.fromEntries(STATEMENT_IDS.map((s) => [s, 'proven'])),
        S9: 'not-proven-here',
        S10: 'not-proven-here',
      });
    }
    expect(NEVER_PROVEN.length).toBeGreaterThan(5);
  });

  it('gives one answer with native and with plain cryptography', () => {
    const signed = honest.statement('alice');
    expect(verifyHanded(signed, honest.manifest, { crypto: pureCrypto })).toEqual(
      verifyHanded(signed, honest.manifest, { crypto: nativeCrypto }),
    );
  });

  it('shows a queued account its place in the queue (PROOF-027)', () => {
    expect(reason(honest, 'short-of-margin', 'S6')).toBe('below maintenance, and entry 0 of 1 in the queue');
  });

  it('hands out files of at most 8 kB', () => {
    for (const { id } of venue.accounts)
      expect(toStatementText(honest.statement(id)).length).toBeLessThan(8_192);
  });
});

describe('margin that was not computed as published (AC7, PROOF-042)', () => {
  const alice = venue.input.accounts.find(({ account }) => account.id === 'alice')!.assessed;

  it('fails S5 for a requirement altered by one unit in the last place', () => {
    const buffer = new DataView(new ArrayBuffer(8));
    buffer.setFloat64(0, alice.maintenanceUsd);
    buffer.setBigInt64(0, buffer.getBigInt64(0) + 1n);
    const changed = stateAgain({ maintenanceUsd: buffer.getFloat64(0) });
    const handed = handOut(venue, withRecord(venue.input, 'alice', changed));
    expect(failedOf(handed, 'alice')).toEqual(['S5', 'S6']);
    expect(reason(handed, 'alice', 'S5')).toContain('assessed.maintenanceUsd');
    expect(failedOf(handed, 'bob')).toEqual([]);
  });

  it('fails S5 for a wrong worst scenario, a better health, a swapped status', () => {
    const [first, ...rest] = alice.worst;
    for (const change of [
      { worst: [{ ...first!, index: first!.index + 1 }, ...rest] },
      { worst: [{ ...first!, pnlUsd: first!.pnlUsd + 1 }, ...rest] },
      { health: 'warning' as const },
      { status: 'queued' as const },
      { equityUsd: alice.equityUsd + 1 },
      { initialUsd: alice.initialUsd - 0.5 },
    ]) {
      const handed = handOut(venue, withRecord(venue.input, 'alice', stateAgain(change)));
      expect(failedOf(handed, 'alice'), Object.keys(change)[0]).toContain('S5');
    }
  });

  it('fails an account below maintenance that is called margined and is missing from the queue', () => {
    const hidden = stateAgain({ status: 'margined', shortfallAtoms: 0n, health: 'healthy' });
    const handed = handOut(venue, withRecord(venue.input, 'short-of-margin', hidden));
    expect(handed.epoch.record.queue.size).toBe(0);
    expect(failedOf(handed, 'short-of-margin')).toEqual(['S5', 'S6']);
  });

  it('fails S6 where the queue does not hold a queued account, or its statement gives no place', () => {
    const signed = honest.statement('short-of-margin');
    expect(outcomes(forge(signed, { queue: null })).S6).toBe('failed');
    expect(outcomes(forge(signed, { queue: { index: 0, proof: [new Uint8Array(32)] } })).S6).toBe('failed');
    expect(outcomes(forge(honest.statement('alice'), { queue: { index: 0, proof: [] } })).S6).toBe('failed');
  });

  it('fails S5 where a linked account is left out or changed', () => {
    const signed = honest.statement('alice');
    const { linked } = signed.body as AccountStatement;
    expect(linked).toHaveLength(1);
    expect(outcomes(forge(signed, { linked: [] })).S5).toBe('failed');
    expect(outcomes(forge(signed, { linked: [{ ...linked[0]!, positions: [] }] })).S5).toBe('failed');
  });

  it('fails, and does not fall over, where the manifest makes no sense to the engine', () => {
    const parameters = { ...FIXTURE_METHODOLOGY, tail: { measure: 'es' as const, level: '2' } };
    const input = { ...venue.input, inputs: { ...venue.input.inputs } };
    const manifest = sound(
      openManifest(
        toManifestText({ ...honest.manifest, parameters, plimsoll: 'margin-manifest/1' }),
        pureSha256,
      ),
    );
    const handed = handOut(venue, { ...input, inputs: manifest.hashes });
    expect(outcomes(handed.statement('alice'), manifest).S5).toBe('failed');
  });
});

describe('one set of parameters for all (AC4, attack 15)', () => {
  const other = { ...FIXTURE_METHODOLOGY, maintenanceFrac: 0.79 };
  const manifest = sound(
    openManifest(
      toManifestText({ ...honest.manifest, parameters: other, plimsoll: 'margin-manifest/1' }),
      pureSha256,
    ),
  );

  it('refuses a statement under parameters that the epoch does not commit to', () => {
    const found = outcomes(honest.statement('alice'), manifest);
    for (const id of ['S3', 'S4', 'S5', 'S6', 'S7'] as const) expect(found[id]).toBe('failed');
  });

  it('is not fooled by new sums under an old root, as a verifier is that binds them apart', () => {
    const short = handOut(makeVenue({ BTC: 199_999_999n }));
    const signed = short.statement('alice');
    const { record, nonce, index, path, anchor } = signed.body as AccountStatement;
    const { epoch } = anchor;
    const assets = epoch.sums.assets.map((own) => (own.asset === 'BTC' ? { ...own, claims: 1n } : own));
    const sums = { ...epoch.sums, assets };
    const weakAccepts = (): boolean => {
      const leaf = {
        key: keyOf(record.account.id, nonce, pureSha256),
        commitment: commitRecord(record, nonce, pureSha256),
        sums: sound(
          liabilitiesOf(
            record,
            makeBooks(
              short.epoch.record.sums.assets.map((a) => a.asset),
              venue.market.products,
            ),
          ),
        ),
      };
      const at = { index, count: epoch.accounts, path };
      const root = sound(rootOfPath(leaf, at, { layout: liabilityLayout(4), sha256: pureSha256 }));
      const isCovered = sums.assets.every(({ asset, claims, borrowings }) => {
        const held = short.epoch.reserves.find(({ body }) => body.asset === asset)!.body.atoms;
        return claims - borrowings <= held;
      });
      return toHex(root.hash) === toHex(epoch.liabilities) && isCovered;
    };
    expect(weakAccepts()).toBe(true);
    const found = outcomes(
      forge(signed, { anchor: { ...anchor, epoch: { ...epoch, sums } } }),
      short.manifest,
    );
    expect(found).toMatchObject({ S1: 'failed', S8: 'failed' });
    const later = { ...anchor, epoch: { ...epoch, timeMs: epoch.timeMs + 1 } };
    const redated = outcomes(forge(signed, { anchor: later }), short.manifest);
    expect(STATEMENT_IDS.filter((id) => redated[id] === 'proven')).toEqual([]);
  });
});

describe('each asset covered, the book closed (AC8, PROOF-041, PROOF-026)', () => {
  const changed = (change: Partial<EpochInput>): Handed => handOut(venue, { ...venue.input, ...change });

  it('refuses reserves short of one asset by one atom', () => {
    const short = makeVenue({ BTC: 199_999_999n });
    expect(failedOf(handOut(short), 'alice')).toEqual(['S3']);
    expect(reason(handOut(short), 'alice', 'S3')).toContain('reserves.BTC');
  });

  it('refuses a book that is solvent in total: dummy users who owe a liquid coin and hold a thin one (attack 10)', () => {
    const dummy = venue.accounts.find(({ id }) => id === 'idle')!;
    const thin = new Map([
      ['BTC', -100_000_000n],
      ['ETH', 4_000_000_000n],
    ]);
    const accounts = venue.accounts.map((account) =>
      account === dummy ? { ...dummy, balances: thin } : account,
    );
    const fooled: Venue = {
      ...venue,
      accounts,
      input: makeInput({ ...venue, accounts }, { BTC: 100_000_000n, USDC: 7_280_000_000_000n }),
    };
    const handed = handOut(fooled);
    const usd = { BTC: 100_000, ETH: 4_000, USD: 1, USDC: 1 } as const;
    const places = { BTC: 8, ETH: 8, USD: 2, USDC: 6 } as const;
    type Coin = keyof typeof usd;
    const value = (asset: string, atoms: bigint): number =>
      (Number(atoms) / 10 ** places[asset as Coin]) * usd[asset as Coin];
    const owed = handed.epoch.record.sums.assets.reduce(
      (sum, { asset, claims, borrowings }) => sum + value(asset, claims - borrowings),
      0,
    );
    const held = handed.epoch.reserves.reduce((sum, { body }) => sum + value(body.asset, body.atoms), 0);
    expect(held).toBeGreaterThan(owed);
    expect(failedOf(handed, 'alice')).toEqual(['S3']);
    expect(reason(handed, 'alice', 'S3')).toContain('reserves.ETH');
  });

  it('refuses reserves of another epoch, unsigned ones, ones that were swapped after the commitment', () => {
    const stale = venue.input.reserves.map(({ body }) =>
      signDocument(reservesCodec, { ...body, epoch: 11 }, { signer: OPERATOR_KEY, sha256: pureSha256 }),
    );
    expect(failedOf(changed({ reserves: stale }), 'alice')).toEqual(['S3']);
    const unsigned = venue.input.reserves.map((signed) => ({ ...signed, signature: new Uint8Array(64) }));
    expect(failedOf(changed({ reserves: unsigned }), 'alice')).toEqual(['S3']);
    const richer = handOut(venue, {
      ...venue.input,
      reserves: [reservesOf(venue.market, 'BTC', 10n ** 20n)],
    });
    expect(outcomes(honest.statement('alice'), richer.manifest).S3).toBe('failed');
  });

  it('refuses deficits beyond the insurance fund', () => {
    const owing = stateAgain({ deficitAtoms: 5_000_000_000_001n });
    expect(failedOf(handOut(venue, withRecord(venue.input, 'bob', owing)), 'alice')).toEqual(['S3']);
    const covered = stateAgain({ deficitAtoms: 5_000_000_000_000n });
    expect(failedOf(handOut(venue, withRecord(venue.input, 'bob', covered)), 'alice')).toEqual([]);
  });

  it('refuses one instrument off by one atom, and takes it where the house has the other side', () => {
    const more = (record: AccountRecord): AccountRecord => {
      const [first, ...rest] = record.account.positions;
      const positions = [{ ...first!, quantityAtoms: first!.quantityAtoms + 1n }, ...rest];
      return { ...record, account: { ...record.account, positions } };
    };
    const input = withRecord(venue.input, 'bob', more);
    expect(failedOf(handOut(venue, input), 'alice')).toEqual(['S4']);
    const house = [[{ instrument: 'BTC-PERP', quantityAtoms: -1n, costAtoms: 0n, isolatedAtoms: null }]];
    expect(failedOf(handOut(venue, { ...input, housePositions: house }), 'alice')).toEqual([]);
  });

  it('refuses totals that balance but are not those of the committed positions (PROOF-025)', () => {
    const [first, ...rest] = honest.epoch.totals;
    const totals = [{ ...first!, long: first!.long + 5n, short: first!.short + 5n }, ...rest];
    const manifest = sound(
      openManifest(toManifestText({ ...honest.manifest, totals, plimsoll: 'margin-manifest/1' }), pureSha256),
    );
    const signed = honest.statement('alice');
    expect(outcomes(signed, manifest).S4).toBe('failed');
    const { anchor } = signed.body as AccountStatement;
    const epoch = { ...anchor.epoch, totals: manifest.hashes.totals };
    const { lines } = verifyHanded(forge(signed, { anchor: { ...anchor, epoch } }), manifest, {
      crypto: nativeCrypto,
    });
    expect(lines.find(({ id }) => id === 'S4')!.reason).toContain('totals of the committed positions');
  });

  it('refuses a status that is counted as another than the record has (attack 9)', () => {
    const signed = honest.statement('short-of-margin');
    const { anchor } = signed.body as AccountStatement;
    const sums = { ...anchor.epoch.sums, margined: 8n, queued: 0n };
    expect(outcomes(forge(signed, { anchor: { ...anchor, epoch: { ...anchor.epoch, sums } } })).S1).toBe(
      'failed',
    );
  });
});

describe('who may hand out what to whom', () => {
  const refusal = (signed: Signed<Statement>, trust = TRUST): string => {
    const verdict = verifyStatement(
      toStatementText(signed),
      { manifest: honest.manifest, trust },
      nativeCrypto,
    );
    return isFailure(verdict) ? verdict.failure : 'none';
  };

  it('refuses a statement that the operator did not sign, and one about somebody else', () => {
    const signed = honest.statement('alice');
    expect(refusal({ ...signed, signature: new Uint8Array(64) })).toBe('SIGNATURE_INVALID');
    expect(refusal({ ...signed, body: honest.statement('bob').body })).toBe('SIGNATURE_INVALID');
    expect(refusal(signed, { ...TRUST, account: 'bob' })).toBe('UNKNOWN_ACCOUNT');
    expect(refusal(signed, { ...TRUST, account: 'alice' })).toBe('none');
  });

  it('has no id, nonce or record of another user in it (AC11, PROOF-044)', () => {
    const own = toStatementText(honest.statement('bob'));
    for (const other of venue.accounts.filter(({ id }) => id !== 'bob')) {
      const theirs = honest.statement(other.id).body as AccountStatement;
      expect(own).not.toContain(other.id);
      expect(own).not.toContain(Buffer.from(theirs.nonce).toString('base64'));
    }
    expect(honest.statement('bob').body).toMatchObject({ linked: [] });
  });

  it('has pseudonyms of one account in two epochs that share no run of bytes (AC11)', () => {
    const later = handOut(venue, { ...venue.input, epoch: 13, secret: new Uint8Array(32).fill(9) });
    for (const { id } of venue.accounts) {
      const [one, two] = [honest, later].map(({ epoch }) => ({
        keys: epoch.keys.at(epoch.indexOf.get(id)!),
        nonces: epoch.nonces.at(epoch.indexOf.get(id)!),
      }));
      for (const part of ['keys', 'nonces'] as const) {
        const bytes = Buffer.from(one![part]).toString('hex');
        for (let at = 0; at + 8 <= 64; at += 2) {
          expect(Buffer.from(two![part]).toString('hex')).not.toContain(bytes.slice(at, at + 8));
        }
      }
    }
  });
});
