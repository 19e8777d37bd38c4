import { parseBase64, toBase64 } from '../base/base64.ts';
import { toHex } from '../base/bytes.ts';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { LogHead } from './merkle.ts';
import {
  isSignedBy,
  type Note,
  parseNote,
  type SignerKey,
  signatureLine,
  toNoteText,
  type VerifierKey,
} from './note.ts';
import type { ProofCrypto } from './signature.ts';

/** A head with the name of the log that it is of. */
export type Checkpoint = LogHead & { readonly origin: string };

const SIZE = /^(?:0|[1-9]\d{0,15})$/;

/** The text of a checkpoint: origin, size, root, a line each (C2SP tlog-checkpoint, without extension lines). */
function toCheckpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** The checkpoint that a note's text states. Refuses SHAPE_INVALID for anything else, extension lines included. */
export function parseCheckpointText(text: string, field: string): Checkpoint | Failure {
  const [origin, size, root, end, ...rest] = text.split('\n');
  const bytes = root === undefined ? null : parseBase64(root, field);
  const isSound =
    origin !== undefined && origin.length > 0 && SIZE.test(size ?? '') && Number.isSafeInteger(Number(size));
  if (
    !isSound ||
    bytes === null ||
    isFailure(bytes) ||
    bytes.length !== 32 ||
    end !== '' ||
    rest.length > 0
  ) {
    return refuse('SHAPE_INVALID', { field, value: text, expected: 'origin, size and root, a line each' });
  }
  return { origin, size: Number(size), root: bytes };
}

/** The checkpoint as a note, signed by its log. */
export function signCheckpoint(checkpoint: Checkpoint, signer: SignerKey): string {
  const text = toCheckpointText(checkpoint);
  return toNoteText(text, [signatureLine(text, signer)]);
}

/** Whose word a reader takes: the log's key, the witnesses' keys, and how many of those must have signed. */
export type LogTrust = {
  readonly log: VerifierKey;
  readonly witnesses: readonly VerifierKey[];
  readonly quorum: number;
};

/** A checkpoint that its log signed, and the trusted witnesses that cosigned it. */
export type SignedCheckpoint = { readonly checkpoint: Checkpoint; readonly witnesses: readonly string[] };

/**
 * Opens a checkpoint note (PROOF-032). Refuses SHAPE_INVALID; SIGNATURE_INVALID where the log of that name did not sign, a trusted key is
 * named with a wrong signature, or fewer different witnesses than the quorum signed.
 */
export function openCheckpoint(
  source: string,
  trust: LogTrust,
  crypto: ProofCrypto,
): SignedCheckpoint | Failure {
  const signed = openUnwitnessed(source, trust.log, crypto);
  if (isFailure(signed)) return signed;
  const names: string[] = [];
  const keys = new Set<string>();
  for (const witness of trust.witnesses) {
    const verdict = isSignedBy(signed.note, witness, crypto);
    if (verdict === null) continue;
    if (!verdict) return unsigned(witness.name, 'a valid cosignature');
    if (keys.has(toHex(witness.publicKey))) continue;
    keys.add(toHex(witness.publicKey));
    names.push(witness.name);
  }
  if (names.length < trust.quorum) return unsigned(`${names.length} witnesses`, `at least ${trust.quorum}`);
  return { checkpoint: signed.checkpoint, witnesses: names };
}

/** The checkpoint of a note that its log signed, whoever else did or did not. Refuses as {@link openCheckpoint}. */
export function openUnwitnessed(
  source: string,
  log: VerifierKey,
  crypto: ProofCrypto,
): { readonly checkpoint: Checkpoint; readonly note: Note } | Failure {
  const note = parseNote(source, 'checkpoint');
  if (isFailure(note)) return note;
  const checkpoint = parseCheckpointText(note.text, 'checkpoint');
  if (isFailure(checkpoint)) return checkpoint;
  const isOwn = checkpoint.origin === log.name && isSignedBy(note, log, crypto) === true;
  return isOwn ? { checkpoint, note } : unsigned(checkpoint.origin, `a checkpoint signed by ${log.name}`);
}

function unsigned(value: string, expected: string): Failure {
  return refuse('SIGNATURE_INVALID', { field: 'checkpoint', value, expected });
}
