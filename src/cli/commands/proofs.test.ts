import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { isFailure } from '../../base/failure.ts';
import { signCheckpoint } from '../../proof/checkpoint.ts';
import { headOf } from '../../proof/epoch.ts';
import { forge, handOut, LOG_KEY, makeVenue, ORIGIN, sound, TRUST } from '../../proof/epoch.fixture.ts';
import { toManifestText } from '../../proof/manifest.ts';
import { MerkleLog } from '../../proof/merkle.ts';
import { isSignedBy, parseNote, parseVerifierKey, toKeyText } from '../../proof/note.ts';
import { pureCrypto } from '../../proof/signature.ts';
import { type AccountStatement, toStatementText } from '../../proof/statement.ts';
import { toTrustText } from '../../proof/trust.ts';
import { fixtureBytes } from '../../proof/venue.fixture.ts';
import { toSubmission } from '../../proof/witness.ts';
import { Refused } from '../failure-exit.ts';
import { PLAIN } from '../render/paint.ts';
import { addVerifyStatement } from './verify-statement.ts';
import { addWitness } from './witness.ts';

const folder = mkdtempSync(join(tmpdir(), 'proofs-'));
const at = (name: string): string => join(folder, name);
const keep = (name: string, text: string): string => {
  writeFileSync(at(name), text);
  return at(name);
};
afterAll(() => rmSync(folder, { recursive: true }));

type Run = { readonly out: string; readonly exit: number; readonly code: string };

function run(...argv: readonly string[]): Run {
  const said: string[] = [];
  let exit = 0;
  const terminal = {
    print: (text: string) => void said.push(text),
    note: () => undefined,
    exitWith: (code: number) => {
      exit = code;
    },
    paint: PLAIN,
  };
  const program = new Command('plimsoll').exitOverride();
  addVerifyStatement(program, terminal);
  addWitness(program, terminal);
  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { out: said.join('\n'), exit: 2, code: error.failure.failure };
  }
  return { out: said.join('\n'), exit, code: 'none' };
}

const honest = handOut(makeVenue());
const manifest = keep('manifest.json', toManifestText({ ...honest.manifest, plimsoll: 'margin-manifest/1' }));
const trust = keep(
  'trust.json',
  toTrustText({
    plimsoll: 'trust/1',
    log: toKeyText(TRUST.log),
    operator: toKeyText(TRUST.operator),
    witnesses: TRUST.witnesses.map(toKeyText),
    quorum: 2,
    account: 'bob',
    lastSeen: null,
  }),
);
const verify = (statement: string, ...more: readonly string[]): Run =>
  run(
    'verify-statement',
    keep('statement.json', statement),
    '--manifest',
    manifest,
    '--trust',
    trust,
    ...more,
  );

describe('plimsoll verify-statement', () => {
  const signed = honest.statement('bob');

  it('prints a line per claim, what is never proven, and the checkpoint to keep', () => {
    const { out, exit } = verify(toStatementText(signed));
    expect(exit).toBe(0);
    expect(out.match(/^S\d+ +(proven|not proven here) /gm)).toHaveLength(10);
    expect(out).toContain('Never proven');
    expect(out).toContain(`— ${ORIGIN} `);
  });

  it('answers machines in JSON', () => {
    const answer = JSON.parse(verify(toStatementText(signed), '--json').out) as {
      plimsoll: string;
      lines: unknown[];
    };
    expect(answer).toMatchObject({ plimsoll: 'verdict/1', account: 'bob', epoch: 12 });
    expect(answer.lines).toHaveLength(10);
  });

  it('exits with 1 where a claim failed, and with 2 where the file is refused', () => {
    const lie = forge(signed, { index: (signed.body as AccountStatement).index + 1 });
    expect(verify(toStatementText(lie))).toMatchObject({ exit: 1 });
    expect(verify(`${toStatementText(signed)} `)).toMatchObject({ exit: 2, code: 'ENCODING_INVALID' });
    expect(verify(toStatementText(honest.statement('alice')))).toMatchObject({
      exit: 2,
      code: 'UNKNOWN_ACCOUNT',
    });
  });
});

describe('plimsoll witness', () => {
  const name = 'witness.example/cli';
  const key = run('witness-key', name, '--out', at('witness.key')).out;
  const logOf = (count: number, seed = 0): MerkleLog => {
    const log = new MerkleLog(pureCrypto.sha256);
    for (let i = 0; i < count; i += 1) log.append(fixtureBytes(10, seed + i));
    return log;
  };
  const noteOf = (log: MerkleLog): string => signCheckpoint({ origin: ORIGIN, ...headOf(log) }, LOG_KEY);
  const submit = (log: MerkleLog, oldSize: number): Run => {
    const proof = sound(log.proveConsistency(oldSize, log.size));
    const file = keep('submission', toSubmission({ oldSize, proof, note: noteOf(log) }));
    return run(
      'witness',
      file,
      '--state',
      at('state.json'),
      '--key',
      at('witness.key'),
      '--log',
      toKeyText(LOG_KEY.key),
    );
  };

  it('signs what continues the last head and refuses the rest, from one run to the next (AC5, AC6)', () => {
    const first = submit(logOf(5), 0);
    expect(first.exit).toBe(0);
    const note = sound(parseNote(`${noteOf(logOf(5))}${first.out}\n`, 'note'));
    expect(isSignedBy(note, sound(parseVerifierKey(key, 'key', pureCrypto.sha256)), pureCrypto)).toBe(true);
    expect(submit(logOf(5, 90), 5).code).toBe('LOG_INCONSISTENT');
    expect(submit(logOf(4), 4).code).toBe('LOG_INCONSISTENT');
    expect(submit(logOf(8, 90), 5).code).toBe('PROOF_INVALID');
    expect(submit(logOf(8), 5).exit).toBe(0);
  });

  it('keeps its secret to its owner, and never writes over one', () => {
    expect(statSync(at('witness.key')).mode & 0o777).toBe(0o600);
    expect(run('witness-key', name, '--out', at('witness.key')).code).toBe('FILE_UNREADABLE');
    expect(run('witness-key', 'a name', '--out', at('other.key')).code).toBe('SHAPE_INVALID');
    expect(isFailure(parseVerifierKey(key, 'key', pureCrypto.sha256))).toBe(false);
  });
});
