import { parseBase64, toBase64 } from '../base/base64.ts';
import { ByteReader } from '../base/bytes.ts';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { Sha256 } from '../base/sha256.ts';
import { type ProofCrypto, publicKeyOf, signBytes } from './signature.ts';

/**
 * What a key signs (the type byte of a verifier key): 1 the text itself, as a log does; 4 the text with the time, as a witness does.
 */
export type KeyKind = 'log' | 'witness';

const KINDS = ['log', 'witness'] as const;
const KIND_BYTES: Readonly<Record<KeyKind, number>> = { log: 1, witness: 4 };

/** A key to verify with: `id` is the first four bytes of SHA-256 of name, newline, type byte and public key. */
export type VerifierKey = {
  readonly name: string;
  readonly kind: KeyKind;
  readonly publicKey: Uint8Array;
  readonly id: number;
};

/** A key to sign with, 32 secret bytes. */
export type SignerKey = { readonly key: VerifierKey; readonly secretKey: Uint8Array };

/** A text that ends in a newline, and who signed it; `body` is what follows the key's id. */
export type Note = {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
};
export type NoteSignature = { readonly name: string; readonly id: number; readonly body: Uint8Array };

const NAME = /^[^\s+\p{Zs}]{1,200}$/u;
const SIGNATURES_MAX = 64;
const NOTE_LENGTH_MAX = 100_000;
const utf8 = new TextEncoder();

function makeVerifierKey(
  of: { readonly name: string; readonly kind: KeyKind; readonly publicKey: Uint8Array },
  sha256: Sha256,
): VerifierKey {
  const name = utf8.encode(`${of.name}\n`);
  const bytes = new Uint8Array(name.length + 1 + 32);
  bytes.set(name);
  bytes[name.length] = KIND_BYTES[of.kind];
  bytes.set(of.publicKey, name.length + 1);
  return { ...of, id: new ByteReader(sha256.hash(bytes)).u32() };
}

export function makeSignerKey(
  of: { readonly name: string; readonly kind: KeyKind; readonly secretKey: Uint8Array },
  sha256: Sha256,
): SignerKey {
  const { name, kind, secretKey } = of;
  return { key: makeVerifierKey({ name, kind, publicKey: publicKeyOf(secretKey) }, sha256), secretKey };
}

/** `name+id+key`: the text form of a verifier key (C2SP signed-note). */
export function toKeyText(key: VerifierKey): string {
  const bytes = new Uint8Array(33);
  bytes[0] = KIND_BYTES[key.kind];
  bytes.set(key.publicKey, 1);
  return `${key.name}+${key.id.toString(16).padStart(8, '0')}+${toBase64(bytes)}`;
}

/** The verifier key of its text form. Refuses SHAPE_INVALID for anything else, an id that is not the key's included. */
export function parseVerifierKey(text: string, field: string, sha256: Sha256): VerifierKey | Failure {
  const refused = refuse('SHAPE_INVALID', { field, value: text, expected: 'a verifier key: name+id+key' });
  const [name, , encoded] = /^([^+]*)\+[0-9a-f]{8}\+(.*)$/.test(text) ? splitKey(text) : [];
  if (name === undefined || encoded === undefined || !NAME.test(name)) return refused;
  const bytes = parseBase64(encoded, field);
  if (isFailure(bytes) || bytes.length !== 33) return refused;
  const kind = KINDS.find((k) => KIND_BYTES[k] === bytes[0]);
  if (kind === undefined) return refused;
  const key = makeVerifierKey({ name, kind, publicKey: bytes.slice(1) }, sha256);
  return toKeyText(key) === text ? key : refused;
}

const SECRET_PREFIX = 'PRIVATE+KEY+';

/** `PRIVATE+KEY+name+id+key`: the text form of a key to sign with, as Go's note package has it. */
export function toSignerText({ key, secretKey }: SignerKey): string {
  return SECRET_PREFIX + toKeyText({ ...key, publicKey: secretKey });
}

/** The key of its text form. Refuses SHAPE_INVALID, without showing the text, for anything else. */
export function parseSignerKey(text: string, field: string, sha256: Sha256): SignerKey | Failure {
  const refused = refuse('SHAPE_INVALID', { field, value: 'not shown', expected: 'PRIVATE+KEY+name+id+key' });
  const [name, , encoded] = text.startsWith(SECRET_PREFIX) ? splitKey(text.slice(SECRET_PREFIX.length)) : [];
  const bytes = encoded === undefined ? refused : parseBase64(encoded, field);
  if (name === undefined || isFailure(bytes) || bytes.length !== 33) return refused;
  const kind = KINDS.find((k) => KIND_BYTES[k] === bytes[0]);
  if (kind === undefined) return refused;
  const signer = makeSignerKey({ name, kind, secretKey: bytes.slice(1) }, sha256);
  return toSignerText(signer) === text ? signer : refused;
}

function splitKey(text: string): string[] {
  const first = text.indexOf('+');
  return [text.slice(0, first), text.slice(first + 1, first + 9), text.slice(first + 10)];
}

/** The signature line of a log on a text that ends in a newline. */
export function signatureLine(text: string, { key, secretKey }: SignerKey): string {
  return lineOf(key, signBytes(utf8.encode(text), secretKey));
}

/** The line of a witness: its signature is over `cosignature/v1`, the time in Unix seconds, and the text (C2SP tlog-cosignature). */
export function cosignatureLine(text: string, timeSeconds: number, { key, secretKey }: SignerKey): string {
  const body = new Uint8Array(8 + 64);
  new DataView(body.buffer).setBigUint64(0, BigInt(timeSeconds));
  body.set(signBytes(cosigned(text, BigInt(timeSeconds)), secretKey), 8);
  return lineOf(key, body);
}

function cosigned(text: string, timeSeconds: bigint): Uint8Array {
  return utf8.encode(`cosignature/v1\ntime ${timeSeconds}\n${text}`);
}

function lineOf(key: VerifierKey, body: Uint8Array): string {
  const bytes = new Uint8Array(4 + body.length);
  new DataView(bytes.buffer).setUint32(0, key.id);
  bytes.set(body, 4);
  return `— ${key.name} ${toBase64(bytes)}\n`;
}

/** Text, empty line, signature lines (C2SP signed-note). */
export function toNoteText(text: string, lines: readonly string[]): string {
  return `${text}\n${lines.join('')}`;
}

/** Takes a signed note apart without trusting it. Refuses SHAPE_INVALID for what is not of that form. */
export function parseNote(source: string, field: string): Note | Failure {
  const refused = refuse('SHAPE_INVALID', { field, value: source, expected: 'a signed note' });
  // eslint-disable-next-line no-control-regex
  if (source.length > NOTE_LENGTH_MAX || /[\u0000-\u0009\u000b-\u001f]/.test(source)) return refused;
  const split = source.lastIndexOf('\n\n');
  if (split < 0 || !source.endsWith('\n')) return refused;
  const lines = source.slice(split + 2, -1).split('\n');
  if (lines.length > SIGNATURES_MAX) return refused;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const [dash, name, encoded, ...rest] = line.split(' ');
    const bytes = encoded === undefined ? refused : parseBase64(encoded, field);
    if (dash !== '—' || !NAME.test(name ?? '') || rest.length > 0 || isFailure(bytes) || bytes.length < 5) {
      return refused;
    }
    signatures.push({ name: name!, id: new ByteReader(bytes).u32(), body: bytes.slice(4) });
  }
  return { text: source.slice(0, split + 1), signatures };
}

/**
 * Whether `key` signed the note: true or false where it is named in it, null where it is not. A key that is named must have
 * signed each time it is named.
 */
export function isSignedBy(note: Note, key: VerifierKey, crypto: ProofCrypto): boolean | null {
  const own = note.signatures.filter(({ name, id }) => name === key.name && id === key.id);
  if (own.length === 0) return null;
  return own.every(({ body }) => verifiesBody(note.text, body, { key, crypto }));
}

function verifiesBody(
  text: string,
  body: Uint8Array,
  by: { readonly key: VerifierKey; readonly crypto: ProofCrypto },
): boolean {
  const { key, crypto } = by;
  if (key.kind === 'log') {
    return body.length === 64 && crypto.verify(body, utf8.encode(text), key.publicKey);
  }
  if (body.length !== 72) return false;
  const timeSeconds = new DataView(body.buffer, body.byteOffset).getBigUint64(0);
  return timeSeconds < 2n ** 63n && crypto.verify(body.slice(8), cosigned(text, timeSeconds), key.publicKey);
}
