import { toBase64 } from '../base/base64.ts';
import { type Failure, refuse } from '../base/failure.ts';
import type { Sha256 } from '../base/sha256.ts';
import { hashOf } from './canonical.ts';
import { bytes, type Codec, type Fields, record } from './codec.ts';
import { DOMAIN } from './domain.ts';
import type { SignerKey, VerifierKey } from './note.ts';
import { type ProofCrypto, signBytes } from './signature.ts';

/** A document with the operator's signature: who is shown it can show it to a judge. */
export type Signed<T> = { readonly body: T; readonly signature: Uint8Array };

export function signedCodec<T>(body: Codec<T>): Codec<Signed<T>> {
  const fields: Fields<Signed<T>> = { body, signature: bytes(64) };
  return record<Signed<T>>(fields);
}

/** Signs the hash of a document's canonical bytes. Two lines, so that it is never taken for a checkpoint, which has three. */
export function signDocument<T>(
  codec: Codec<T>,
  body: T,
  by: { readonly signer: SignerKey; readonly sha256: Sha256 },
): Signed<T> {
  return { body, signature: signBytes(messageOf(codec, body, by.sha256), by.signer.secretKey) };
}

/** Null where the operator signed exactly this document, else SIGNATURE_INVALID. */
export function judgeDocument<T>(
  codec: Codec<T>,
  signed: Signed<T>,
  by: { readonly operator: VerifierKey; readonly crypto: ProofCrypto },
): Failure | null {
  const { operator, crypto } = by;
  const message = messageOf(codec, signed.body, crypto.sha256);
  if (crypto.verify(signed.signature, message, operator.publicKey)) return null;
  const expected = `a document signed by ${operator.name}`;
  return refuse('SIGNATURE_INVALID', { field: 'signature', value: toBase64(signed.signature), expected });
}

function messageOf<T>(codec: Codec<T>, body: T, sha256: Sha256): Uint8Array {
  const digest = hashOf({ domain: DOMAIN.document, codec }, body, sha256);
  return new TextEncoder().encode(`plimsoll-document/1\n${toBase64(digest)}\n`);
}
