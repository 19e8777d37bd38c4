import { describe, expect, it } from 'vitest';
import { pureSha256 } from '../base/sha256.ts';
import { nativeCrypto } from '../io/proof-crypto.ts';
import { canonicalBytes } from './canonical.ts';
import { signCheckpoint } from './checkpoint.ts';
import { buildEpoch, headOf } from './epoch.ts';
import {
  cosign,
  forge,
  handOut,
  LOG_KEY,
  makeVenue,
  OPERATOR_KEY,
  ORIGIN,
  sound,
  TRUST,
  verifyHanded,
  WITNESS_KEYS,
} from './epoch.fixture.ts';
import { epochRecordCodec } from './epoch-record.ts';
import type { LiquidationRecord } from './liquidation.ts';
import { MerkleLog } from './merkle.ts';
import {
  type AccountStatement,
  makeLiquidationStatement,
  makeStatement,
  type Statement,
} from './statement.ts';
import type { Trust } from './trust.ts';
import { type Line, STATEMENT_IDS, type StatementId } from './verdict.ts';
import { fixtureBytes } from './venue.fixture.ts';
import type { Signed } from './document.ts';

const venue = makeVenue();
const honest = handOut(venue);
const sha256 = pureSha256;
const by = { signer: OPERATOR_KEY, sha256 };

/** A log with the epoch at its end, and a witnessed checkpoint of it. */
function logged(before: number, seed = 700): { log: MerkleLog; index: number; checkpoint: string } {
  const log = new MerkleLog(sha256);
  for (let i = 0; i < before; i += 1) log.append(fixtureBytes(20, seed + i));
  log.append(canonicalBytes(epochRecordCodec, honest.epoch.record));
  return {
    log,
    index: before,
    checkpoint: cosign(signCheckpoint({ origin: ORIGIN, ...headOf(log) }, LOG_KEY)),
  };
}

const headAt = (log: MerkleLog, size: number): string =>
  cosign(signCheckpoint({ origin: ORIGIN, ...sound(log.head(size)) }, LOG_KEY));

function statementAt(place: ReturnType<typeof logged>, keptSize: number | null): Signed<Statement> {
  return sound(makeStatement(honest.epoch, { account: 'bob', linked: [], at: { ...place, keptSize } }, by));
}

function lineOf(signed: Signed<Statement>, trust: Trust, id: StatementId = 'S8'): Line {
  const { lines } = verifyHanded(signed, honest.manifest, { trust, crypto: nativeCrypto });
  return lines.find((line) => line.id === id)!;
}

describe('history (S8, PROOF-034)', () => {
  it('continues the head that the reader kept, by a consistency proof', () => {
    const place = logged(9);
    const trust = { ...TRUST, lastSeen: headAt(place.log, 4) };
    expect(lineOf(statementAt(place, 4), trust)).toMatchObject({ outcome: 'proven' });
    expect(lineOf(statementAt(place, 4), trust).reason).toContain('continues the one kept');
    expect(lineOf(statementAt(place, 10), { ...TRUST, lastSeen: place.checkpoint }).outcome).toBe('proven');
    expect(lineOf(statementAt(place, null), { ...TRUST, lastSeen: place.checkpoint }).outcome).toBe('proven');
  });

  it('fails without the proof, and with one from another size', () => {
    const place = logged(9);
    const trust = { ...TRUST, lastSeen: headAt(place.log, 4) };
    expect(lineOf(statementAt(place, null), trust).reason).toContain('consistency proof from size 4');
    expect(lineOf(statementAt(place, 5), trust).outcome).toBe('failed');
    expect(lineOf(statementAt(place, 4), TRUST).outcome).toBe('failed');
  });

  it('fails for a head smaller than the one kept (AC6), and everything that rests on it', () => {
    const longer = logged(20);
    const trust = { ...TRUST, lastSeen: longer.checkpoint };
    const signed = statementAt(logged(9), null);
    expect(lineOf(signed, trust).reason).toContain('LOG_INCONSISTENT');
    const { lines, checkpoint } = verifyHanded(signed, honest.manifest, { trust, crypto: nativeCrypto });
    expect(lines.filter(({ outcome }) => outcome === 'proven')).toEqual([]);
    expect(checkpoint).toBeNull();
  });

  it('fails for a second head of one size, and for a fork (AC5)', () => {
    const [one, other] = [logged(9), logged(9, 800)];
    expect(lineOf(statementAt(one, null), { ...TRUST, lastSeen: other.checkpoint }).reason).toContain(
      'LOG_INCONSISTENT',
    );
    const forked = { ...TRUST, lastSeen: headAt(other.log, 4) };
    expect(lineOf(statementAt(one, 4), forked).reason).toContain('PROOF_INVALID');
  });

  it('fails without a quorum (AC5), and is not proven without any witness', () => {
    const { log, index } = logged(9);
    const bare = signCheckpoint({ origin: ORIGIN, ...headOf(log) }, LOG_KEY);
    const single = statementAt({ log, index, checkpoint: cosign(bare, [WITNESS_KEYS[1]!]) }, null);
    expect(lineOf(single, TRUST).outcome).toBe('failed');
    expect(lineOf(single, TRUST, 'S1').reason).toBe('rests on S8, which failed');
    expect(lineOf(single, { ...TRUST, quorum: 1 }).outcome).toBe('proven');
    const alone = statementAt({ log, index, checkpoint: bare }, null);
    expect(lineOf(alone, { ...TRUST, witnesses: [], quorum: 0 }).outcome).toBe('not-proven-here');
  });

  it('fails where the epoch is not in the log, or is of a log of another name', () => {
    const signed = statementAt(logged(9), null);
    const { anchor } = signed.body as AccountStatement;
    expect(lineOf(forge(signed, { anchor: { ...anchor, index: 8 } }), TRUST).outcome).toBe('failed');
    const renamed = { ...anchor, epoch: { ...anchor.epoch, origin: 'other.example' } };
    expect(lineOf(forge(signed, { anchor: renamed }), TRUST).outcome).toBe('failed');
  });
});

describe('a liquidation (S10, PROOF-045)', () => {
  const recordOf = (id: string): LiquidationRecord => ({
    timeMs: venue.market.timeMs,
    inputs: venue.input.inputs,
    record: venue.input.accounts.find(({ account }) => account.id === id)!,
  });
  const liquidations = [recordOf('bob'), recordOf('short-of-margin'), recordOf('dave')];
  const epoch = sound(buildEpoch({ ...venue.input, liquidations }, sha256));
  const log = new MerkleLog(sha256);
  log.append(canonicalBytes(epochRecordCodec, epoch.record));
  const at = { log, index: 0, checkpoint: headAt(log, 1), keptSize: null };
  const statement = (index: number, linked = [] as AccountStatement['linked']): Signed<Statement> =>
    sound(makeLiquidationStatement(epoch, { index, linked, at }, by));
  const outcomesOf = (signed: Signed<Statement>): Record<string, string> =>
    Object.fromEntries(
      verifyHanded(signed, honest.manifest, { crypto: nativeCrypto }).lines.map(({ id, outcome }) => [
        id,
        outcome,
      ]),
    );

  it('was due: margin was below maintenance at the committed parameters just before', () => {
    const here = { S5: 'proven', S7: 'proven', S8: 'proven', S10: 'proven' };
    const elsewhere = Object.fromEntries(
      STATEMENT_IDS.filter((id) => !(id in here)).map((id) => [id, 'not-proven-here']),
    );
    expect(outcomesOf(statement(1))).toEqual({ ...here, ...elsewhere });
  });

  it('was not due where margin was covered, whoever signed it', () => {
    expect(outcomesOf(statement(0))).toMatchObject({ S5: 'proven', S10: 'failed' });
  });

  it('is not shown by a record that says less than the engine computes, or that is not in the epoch', () => {
    const signed = statement(1);
    const { body } = signed;
    if (body.plimsoll !== 'liquidation/1') throw new Error('a liquidation');
    expect(outcomesOf(forge(signed, { place: { ...body.place, index: 0 } } as never))).toMatchObject({
      S10: 'failed',
    });
    const { record } = body.liquidation;
    const worse = { ...record, assessed: { ...record.assessed, maintenanceUsd: 1e9 } };
    const liquidation = { ...body.liquidation, record: worse };
    expect(outcomesOf(forge(signed, { liquidation } as never))).toMatchObject({ S10: 'failed' });
    const committed = sound(buildEpoch({ ...venue.input, liquidations: [liquidation] }, sha256));
    const other = new MerkleLog(sha256);
    other.append(canonicalBytes(epochRecordCodec, committed.record));
    const place = { log: other, index: 0, checkpoint: headAt(other, 1), keptSize: null };
    const lie = sound(makeLiquidationStatement(committed, { index: 0, linked: [], at: place }, by));
    expect(outcomesOf(lie)).toMatchObject({ S5: 'failed', S8: 'proven', S10: 'failed' });
  });
});
