import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { Sha256 } from '../base/sha256.ts';
import { id } from './account-codec.ts';
import { canonicalText, parseCanonical } from './canonical.ts';
import type { LogTrust } from './checkpoint.ts';
import { type Codec, list, nullable, record, text, u53, word } from './codec.ts';
import { parseVerifierKey, type VerifierKey } from './note.ts';

/**
 * What a reader knew before: the venue's keys, the witnesses and how many of them must agree, the reader's own account, and the last
 * checkpoint that the reader kept.
 */
export type Trust = LogTrust & {
  readonly operator: VerifierKey;
  readonly account: string | null;
  readonly lastSeen: string | null;
};

export type TrustFile = {
  readonly plimsoll: 'trust/1';
  readonly log: string;
  readonly operator: string;
  readonly witnesses: readonly string[];
  readonly quorum: number;
  readonly account: string | null;
  readonly lastSeen: string | null;
};

const keyText = text(400);
const trustCodec: Codec<TrustFile> = record<TrustFile>({
  plimsoll: word('trust/1'),
  log: keyText,
  operator: keyText,
  witnesses: list(keyText, 64),
  quorum: u53,
  account: nullable(id),
  lastSeen: nullable(text(100_000)),
});

export function toTrustText(file: TrustFile): string {
  return canonicalText(trustCodec, file);
}

/** Reads a trust file. Refuses what {@link parseCanonical} refuses, and keys that are none or of the wrong kind. */
export function parseTrust(source: string, sha256: Sha256): Trust | Failure {
  const file = parseCanonical(trustCodec, source, { field: 'trust', lengthMax: 1_000_000 });
  if (isFailure(file)) return file;
  const log = parseKey(file.log, { field: 'trust.log', kind: 'log' }, sha256);
  if (isFailure(log)) return log;
  const operator = parseKey(file.operator, { field: 'trust.operator', kind: 'log' }, sha256);
  if (isFailure(operator)) return operator;
  const witnesses: VerifierKey[] = [];
  for (const [i, witness] of file.witnesses.entries()) {
    const key = parseKey(witness, { field: `trust.witnesses[${i}]`, kind: 'witness' }, sha256);
    if (isFailure(key)) return key;
    witnesses.push(key);
  }
  return { ...file, log, operator, witnesses };
}

function parseKey(
  source: string,
  of: { readonly field: string; readonly kind: VerifierKey['kind'] },
  sha256: Sha256,
): VerifierKey | Failure {
  const key = parseVerifierKey(source, of.field, sha256);
  if (isFailure(key) || key.kind === of.kind) return key;
  return refuse('SHAPE_INVALID', { field: of.field, value: source, expected: `the key of a ${of.kind}` });
}
