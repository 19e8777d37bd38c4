import { describe, expect, it } from 'vitest';
import { toBase64 } from '../base/base64.ts';
import { isFailure } from '../base/failure.ts';
import { pureSha256 as sha256 } from '../base/sha256.ts';
import { openCheckpoint, parseCheckpointText, signCheckpoint } from './checkpoint.ts';
import { cosign, LOG_KEY, ORIGIN, sound, TRUST, WITNESS_KEYS } from './epoch.fixture.ts';
import {
  cosignatureLine,
  isSignedBy,
  makeSignerKey,
  parseNote,
  parseSignerKey,
  parseVerifierKey,
  signatureLine,
  toKeyText,
  toNoteText,
  toSignerText,
} from './note.ts';
import { pureCrypto } from './signature.ts';
import { fixtureBytes } from './venue.fixture.ts';

/** The example of Go's golang.org/x/mod/sumdb/note. */
const GO_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const GO_SECRET = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const GO_NOTE = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;

const CHECKPOINT = { origin: ORIGIN, size: 8, root: fixtureBytes(32, 40) };
const NOTE = signCheckpoint(CHECKPOINT, LOG_KEY);
const code = (value: unknown): string => (isFailure(value) ? value.failure : 'none');

describe('signed notes (PROOF-031)', () => {
  it('verify the example of the Go implementation, and no other text', () => {
    const key = sound(parseVerifierKey(GO_KEY, 'key', sha256));
    expect(isSignedBy(sound(parseNote(GO_NOTE, 'note')), key, pureCrypto)).toBe(true);
    expect(isSignedBy(sound(parseNote(GO_NOTE.replace('If', 'if'), 'note')), key, pureCrypto)).toBe(false);
    expect(toKeyText(key)).toBe(GO_KEY);
  });

  it('make the same line as the Go implementation from its private key', () => {
    const secret = Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1);
    const signer = makeSignerKey(
      { name: 'PeterNeumann', kind: 'log', secretKey: Uint8Array.from(secret) },
      sha256,
    );
    expect(toKeyText(signer.key)).toBe(GO_KEY);
    expect(toSignerText(signer)).toBe(GO_SECRET);
    expect(sound(parseSignerKey(GO_SECRET, 'key', sha256))).toEqual(signer);
    const text = GO_NOTE.slice(0, GO_NOTE.lastIndexOf('\n\n') + 1);
    expect(toNoteText(text, [signatureLine(text, signer)])).toBe(GO_NOTE);
  });

  it('refuse what is no note and what is no key', () => {
    const wrong = [
      '',
      'text\n',
      'text\n\n',
      'text\n\n- a AAAAAAA=\n',
      'text\n\n— a AAAAAAA=',
      'a\r\n\n— a AAAAAAA=\n',
    ];
    for (const source of [
      ...wrong,
      'text\n\n— a  AAAAAAA=\n',
      'text\n\n— a+b AAAAAAA=\n',
      'text\n\n— a AAA=\n',
    ]) {
      expect(code(parseNote(source, 'note')), source).toBe('SHAPE_INVALID');
    }
    for (const source of [
      '',
      'a+b',
      GO_KEY.replace('c74f', 'c74e'),
      GO_KEY.replace('ARpc', 'Axpc'),
      ` ${GO_KEY}`,
      `${GO_KEY}=`,
    ]) {
      expect(code(parseVerifierKey(source, 'key', sha256)), source).toBe('SHAPE_INVALID');
    }
    for (const source of [
      '',
      GO_KEY,
      GO_SECRET.slice(1),
      GO_SECRET.replace('c74f', 'c74e'),
      `${GO_SECRET}\n`,
    ]) {
      const refused = parseSignerKey(source, 'key', sha256);
      expect(refused, source).toMatchObject({ failure: 'SHAPE_INVALID', value: '"not shown"' });
    }
  });
});

describe('checkpoints (PROOF-032)', () => {
  it('open with the log’s signature and a quorum of witnesses', () => {
    const opened = sound(openCheckpoint(cosign(NOTE), TRUST, pureCrypto));
    expect(opened.checkpoint).toEqual(CHECKPOINT);
    expect(opened.witnesses).toEqual(WITNESS_KEYS.map(({ key }) => key.name));
  });

  it('refuse too few witnesses, one witness twice, and one key under two names', () => {
    const [first] = WITNESS_KEYS;
    const one = cosign(NOTE, [first!]);
    expect(code(openCheckpoint(one, TRUST, pureCrypto))).toBe('SIGNATURE_INVALID');
    expect(code(openCheckpoint(cosign(one, [first!]), TRUST, pureCrypto))).toBe('SIGNATURE_INVALID');
    const alias = makeSignerKey(
      { name: 'alias.example', kind: 'witness', secretKey: first!.secretKey },
      sha256,
    );
    const trust = { ...TRUST, witnesses: [first!.key, alias.key] };
    expect(code(openCheckpoint(cosign(one, [alias]), trust, pureCrypto))).toBe('SIGNATURE_INVALID');
    expect(code(openCheckpoint(one, { ...TRUST, quorum: 1 }, pureCrypto))).toBe('none');
  });

  it('refuse a log of another name, an unsigned one, and a signature for something else', () => {
    const stranger = makeSignerKey({ name: ORIGIN, kind: 'log', secretKey: fixtureBytes(32, 50) }, sha256);
    const forged = cosign(signCheckpoint(CHECKPOINT, stranger));
    const renamed = cosign(signCheckpoint({ ...CHECKPOINT, origin: 'other.example' }, LOG_KEY));
    const resized = cosign(NOTE).replace('\n8\n', '\n9\n');
    for (const source of [forged, renamed, resized]) {
      expect(code(openCheckpoint(source, TRUST, pureCrypto))).toBe('SIGNATURE_INVALID');
    }
  });

  it('refuse a known witness with a wrong signature, though the others are enough', () => {
    const line = cosignatureLine('another text\n', 1, WITNESS_KEYS[1]!);
    const source = cosign(NOTE, [WITNESS_KEYS[0]!]) + line;
    expect(code(openCheckpoint(source, { ...TRUST, quorum: 1 }, pureCrypto))).toBe('SIGNATURE_INVALID');
  });

  it('ignore keys that nobody trusts, as the format asks', () => {
    const stranger = makeSignerKey(
      { name: 'stranger.example', kind: 'witness', secretKey: fixtureBytes(32, 51) },
      sha256,
    );
    expect(code(openCheckpoint(cosign(cosign(NOTE), [stranger]), TRUST, pureCrypto))).toBe('none');
  });

  it('have one text: no leading zeros, no extension lines, a root of 32 bytes', () => {
    const root = toBase64(CHECKPOINT.root);
    expect(code(parseCheckpointText(`a\n8\n${root}\n`, 'x'))).toBe('none');
    const wrong = [
      `a\n08\n${root}\n`,
      `a\n-1\n${root}\n`,
      `a\n8\n${root}\nmore\n`,
      `a\n8\n${root}`,
      `\n8\n${root}\n`,
      `a\n8\nAAAA\n`,
    ];
    for (const text of [...wrong, `a\n1e3\n${root}\n`, `a\n9007199254740993\n${root}\n`]) {
      expect(code(parseCheckpointText(text, 'x')), text).toBe('SHAPE_INVALID');
    }
  });
});
