import { parseBase64, toBase64 } from '../base/base64.ts';
import { sameBytes } from '../base/bytes.ts';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { canonicalText, parseCanonical } from './canonical.ts';
import { type Checkpoint, openUnwitnessed, parseCheckpointText } from './checkpoint.ts';
import { type Codec, hash, mapOf, record, u53, word } from './codec.ts';
import { judgeConsistency, type LogHead } from './merkle.ts';
import { cosignatureLine, parseNote, type SignerKey, type VerifierKey } from './note.ts';
import type { ProofCrypto } from './signature.ts';

/** The last head that a witness signed, of each log it watches, by origin. */
export type WitnessState = ReadonlyMap<string, LogHead>;

/** Who the witness is, and the logs that it watches. */
export type Witness = { readonly signer: SignerKey; readonly logs: readonly VerifierKey[] };

/** What to store **before** the line is handed out, and the line. */
export type Cosigned = { readonly state: WitnessState; readonly line: string };

type WitnessFile = { readonly plimsoll: 'witness/1'; readonly heads: WitnessState };

const stateCodec: Codec<WitnessFile> = record<WitnessFile>({
  plimsoll: word('witness/1'),
  heads: mapOf(record<LogHead>({ size: u53, root: hash }), 10_000),
});

/** What a witness keeps, as text. */
export function toStateText(heads: WitnessState): string {
  return canonicalText(stateCodec, { plimsoll: 'witness/1', heads });
}

/** Refuses what {@link parseCanonical} refuses: a witness that has lost its memory must not sign. */
export function parseState(source: string): WitnessState | Failure {
  const file = parseCanonical(stateCodec, source, { field: 'witness', lengthMax: 10_000_000 });
  return isFailure(file) ? file : file.heads;
}

type Submission = {
  readonly oldSize: number;
  readonly proof: readonly Uint8Array[];
  readonly note: string;
};

const PROOF_MAX = 63;

/** A submission as text: `old SIZE`, the hashes of the consistency proof, an empty line, the note (C2SP tlog-witness). */
export function toSubmission(of: Submission): string {
  return `old ${of.oldSize}\n${of.proof.map((hash) => `${toBase64(hash)}\n`).join('')}\n${of.note}`;
}

/**
 * Signs a head if it continues the last one signed (PROOF-033). Refuses, in the order of the protocol: SHAPE_INVALID; LOG_UNKNOWN;
 * SIGNATURE_INVALID; LOG_INCONSISTENT for a head smaller than the last, an old size other than the last one signed (the value
 * is that size), or a second root of one size; PROOF_INVALID where the proof does not hold.
 */
export function judgeSubmission(
  source: string,
  from: { readonly witness: Witness; readonly state: WitnessState; readonly timeSeconds: number },
  crypto: ProofCrypto,
): Cosigned | Failure {
  const submission = parseSubmission(source);
  if (isFailure(submission)) return submission;
  const { witness, state, timeSeconds } = from;
  const head = openFrom(submission.note, witness.logs, crypto);
  if (isFailure(head)) return head;
  const last = state.get(head.origin) ?? { size: 0, root: new Uint8Array(32) };
  const refused = judgeContinuation(submission, { head, last }, crypto);
  if (refused !== null) return refused;
  const text = submission.note.slice(0, submission.note.lastIndexOf('\n\n') + 1);
  return {
    state: new Map([...state, [head.origin, { size: head.size, root: head.root }]]),
    line: cosignatureLine(text, timeSeconds, witness.signer),
  };
}

function openFrom(source: string, logs: readonly VerifierKey[], crypto: ProofCrypto): Checkpoint | Failure {
  const note = parseNote(source, 'checkpoint');
  if (isFailure(note)) return note;
  const stated = parseCheckpointText(note.text, 'checkpoint');
  if (isFailure(stated)) return stated;
  const own = logs.filter((log) => log.name === stated.origin);
  if (own.length === 0) {
    const expected = `one of ${logs.map((log) => log.name).join(', ')}`;
    return refuse('LOG_UNKNOWN', { field: 'checkpoint.origin', value: stated.origin, expected });
  }
  const opened = own.map((log) => openUnwitnessed(source, log, crypto));
  const found = opened.find((o) => !isFailure(o)) ?? opened[0]!;
  return isFailure(found) ? found : found.checkpoint;
}

function judgeContinuation(
  { oldSize, proof }: Submission,
  { head, last }: { readonly head: LogHead; readonly last: LogHead },
  { sha256 }: ProofCrypto,
): Failure | null {
  if (head.size < last.size) return inconsistent('size', head.size, `at least ${last.size}, signed before`);
  if (oldSize !== last.size) return inconsistent('old', last.size, 'the size that was signed last');
  if (head.size === last.size && last.size > 0 && !sameBytes(head.root, last.root)) {
    return inconsistent('root', toBase64(head.root), `${toBase64(last.root)}, signed before for this size`);
  }
  return judgeConsistency(last, head, { proof, sha256 });
}

function inconsistent(field: string, value: unknown, expected: string): Failure {
  return refuse('LOG_INCONSISTENT', { field: `checkpoint.${field}`, value, expected });
}

function parseSubmission(source: string): Submission | Failure {
  const expected = 'old SIZE, hashes, an empty line, a signed checkpoint';
  const refused = refuse('SHAPE_INVALID', { field: 'submission', value: source, expected });
  const split = source.indexOf('\n\n');
  const [first, ...hashes] = source.slice(0, Math.max(0, split)).split('\n');
  const match = /^old (0|[1-9]\d{0,14})$/.exec(first ?? '');
  if (match === null || hashes.length > PROOF_MAX) return refused;
  const proof: Uint8Array[] = [];
  for (const text of hashes) {
    const hash = parseBase64(text, 'submission');
    if (isFailure(hash) || hash.length !== 32) return refused;
    proof.push(hash);
  }
  return { oldSize: Number(match[1]), proof, note: source.slice(split + 2) };
}
