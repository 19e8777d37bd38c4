import { describe, expect, it } from 'vitest';
import { type Failure, isFailure } from '../base/failure.ts';
import { pureSha256 as sha256 } from '../base/sha256.ts';
import { signCheckpoint } from './checkpoint.ts';
import { headOf } from './epoch.ts';
import { LOG_KEY, ORIGIN, sound, WITNESS_KEYS } from './epoch.fixture.ts';
import { MerkleLog } from './merkle.ts';
import { isSignedBy, makeSignerKey, parseNote } from './note.ts';
import { pureCrypto } from './signature.ts';
import { fixtureBytes } from './venue.fixture.ts';
import { type Cosigned, judgeSubmission, toSubmission, type Witness, type WitnessState } from './witness.ts';

const WITNESS: Witness = { signer: WITNESS_KEYS[0]!, logs: [LOG_KEY.key] };

function logOf(count: number, seed = 0): MerkleLog {
  const log = new MerkleLog(sha256);
  for (let i = 0; i < count; i += 1) log.append(fixtureBytes(10, seed + i));
  return log;
}

const noteOf = (log: MerkleLog): string => signCheckpoint({ origin: ORIGIN, ...headOf(log) }, LOG_KEY);

function submit(log: MerkleLog, oldSize: number, state: WitnessState): Cosigned | Failure {
  const proof = sound(log.proveConsistency(oldSize, log.size));
  return judge(toSubmission({ oldSize, proof, note: noteOf(log) }), state);
}

function judge(source: string, state: WitnessState): Cosigned | Failure {
  return judgeSubmission(source, { witness: WITNESS, state, timeSeconds: 1_770_000_000 }, pureCrypto);
}

const code = (value: unknown): string => (isFailure(value) ? value.failure : 'signed');

describe('a witness (PROOF-033)', () => {
  it('signs a first head, and each one that continues the last', () => {
    const first = sound(submit(logOf(5), 0, new Map()));
    const second = sound(submit(logOf(9), 5, first.state));
    expect(second.state.get(ORIGIN)).toEqual(headOf(logOf(9)));
    const note = sound(parseNote(noteOf(logOf(9)) + second.line, 'note'));
    expect(isSignedBy(note, WITNESS.signer.key, pureCrypto)).toBe(true);
    expect(code(submit(logOf(9), 9, second.state))).toBe('signed');
  });

  it('refuses a second head of one size (AC5), a step back (AC6) and a fork', () => {
    const { state } = sound(submit(logOf(9), 0, new Map()));
    expect(code(submit(logOf(9, 500), 9, state))).toBe('LOG_INCONSISTENT');
    expect(code(submit(logOf(8), 8, state))).toBe('LOG_INCONSISTENT');
    expect(code(submit(logOf(8), 0, state))).toBe('LOG_INCONSISTENT');
    expect(code(submit(logOf(12, 500), 9, state))).toBe('PROOF_INVALID');
  });

  it('tells the size it signed last to who assumes another', () => {
    const { state } = sound(submit(logOf(9), 0, new Map()));
    const refused = submit(logOf(12), 0, state);
    expect(refused).toMatchObject({ failure: 'LOG_INCONSISTENT', field: 'checkpoint.old', value: '9' });
  });

  it('refuses a proof where none belongs, and one that is cut', () => {
    const { state } = sound(submit(logOf(5), 0, new Map()));
    const proof = sound(logOf(9).proveConsistency(5, 9));
    const note = noteOf(logOf(9));
    expect(code(judge(toSubmission({ oldSize: 5, proof: proof.slice(1), note }), state))).toBe(
      'PROOF_INVALID',
    );
    expect(code(judge(toSubmission({ oldSize: 0, proof, note }), new Map()))).toBe('PROOF_INVALID');
  });

  it('refuses logs that it does not watch, and heads that they did not sign', () => {
    const other = makeSignerKey(
      { name: 'other.example', kind: 'log', secretKey: fixtureBytes(32, 60) },
      sha256,
    );
    const stranger = makeSignerKey({ name: ORIGIN, kind: 'log', secretKey: fixtureBytes(32, 61) }, sha256);
    const head = headOf(logOf(3));
    const unknown = signCheckpoint({ origin: 'other.example', ...head }, other);
    const unsigned = signCheckpoint({ origin: ORIGIN, ...head }, stranger);
    expect(code(judge(toSubmission({ oldSize: 0, proof: [], note: unknown }), new Map()))).toBe(
      'LOG_UNKNOWN',
    );
    expect(code(judge(toSubmission({ oldSize: 0, proof: [], note: unsigned }), new Map()))).toBe(
      'SIGNATURE_INVALID',
    );
  });

  it('refuses text that is no submission', () => {
    const note = noteOf(logOf(3));
    for (const source of [
      '',
      note,
      `old 00\n\n${note}`,
      `old 0\nAAAA\n\n${note}`,
      `old -1\n\n${note}`,
      `new 0\n\n${note}`,
    ]) {
      expect(code(judge(source, new Map())), source).toBe('SHAPE_INVALID');
    }
  });
});
