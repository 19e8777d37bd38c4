import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { isFailure, refuse } from '../../base/failure.ts';
import { readText } from '../../io/files.ts';
import { nativeCrypto } from '../../io/proof-crypto.ts';
import { signOnce } from '../../io/witness-store.ts';
import {
  makeSignerKey,
  parseSignerKey,
  parseVerifierKey,
  toKeyText,
  toSignerText,
  type VerifierKey,
} from '../../proof/note.ts';
import { judgeSubmission } from '../../proof/witness.ts';
import { orRefuse, Refused } from '../failure-exit.ts';
import { collect } from '../options.ts';
import type { Terminal } from '../terminal.ts';

type WitnessOptions = { readonly state: string; readonly key: string; readonly log: readonly string[] };

/** Adds `plimsoll witness FILE` and `plimsoll witness-key NAME`. */
export function addWitness(program: Command, terminal: Terminal): void {
  program
    .command('witness')
    .description(
      'cosign a checkpoint if it continues the last one signed; never two heads of one size, never a step back',
    )
    .argument('<file>', 'submission: "old SIZE", a consistency proof, an empty line, the signed checkpoint')
    .requiredOption('--state <file>', 'what was signed last; made at the first signature')
    .requiredOption('--key <file>', 'the key to sign with (plimsoll witness-key)')
    .requiredOption('--log <key>', 'verifier key of a log to watch, repeatable', collect)
    .action((path: string, options: WitnessOptions) => terminal.print(cosign(path, options).trimEnd()));
  program
    .command('witness-key')
    .description('make the key of a witness: the secret goes to a file, the verifier key is printed')
    .argument('<name>', 'name of the witness, like a web address without its scheme')
    .requiredOption('--out <file>', 'file for the secret; it must not exist yet')
    .action((name: string, { out }: { readonly out: string }) => terminal.print(makeKey(name, out)));
}

function cosign(path: string, options: WitnessOptions): string {
  const { sha256 } = nativeCrypto;
  const submission = orRefuse(readText(path, 1_000_000));
  const signer = orRefuse(parseSignerKey(orRefuse(readText(options.key)).trimEnd(), '--key', sha256));
  const logs = options.log.map((text) => watched(text));
  const timeSeconds = Math.floor(Date.now() / 1_000);
  const line = signOnce(options.state, (state) =>
    judgeSubmission(submission, { witness: { signer, logs }, state, timeSeconds }, nativeCrypto),
  );
  return orRefuse(line);
}

function watched(text: string): VerifierKey {
  const key = orRefuse(parseVerifierKey(text, '--log', nativeCrypto.sha256));
  if (key.kind === 'log') return key;
  throw new Refused(refuse('SHAPE_INVALID', { field: '--log', value: text, expected: 'the key of a log' }));
}

function makeKey(name: string, out: string): string {
  const { sha256 } = nativeCrypto;
  const signer = makeSignerKey({ name, kind: 'witness', secretKey: randomBytes(32) }, sha256);
  const key = toKeyText(signer.key);
  const unusable = parseVerifierKey(key, 'NAME', sha256);
  if (isFailure(unusable)) throw new Refused(unusable);
  try {
    writeFileSync(out, `${toSignerText(signer)}\n`, { mode: 0o600, flag: 'wx' });
  } catch {
    throw new Refused(
      refuse('FILE_UNREADABLE', {
        field: '--out',
        value: out,
        expected: 'a file that can be made and does not exist',
      }),
    );
  }
  return key;
}
