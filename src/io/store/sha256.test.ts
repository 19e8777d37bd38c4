import { describe, expect, it } from 'vitest';
import { nativeSha256 } from './sha256.ts';
import { toHex } from '../../base/bytes.ts';
import { pureSha256 } from '../../base/sha256.ts';

describe.each([
  ['pure', pureSha256],
  ['native', nativeSha256],
])('%s SHA-256', (_, sha256) => {
  it('gives the digests of FIPS 180-4', () => {
    const digests = ['', 'abc', 'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'].map((text) =>
      toHex(sha256.hash(new TextEncoder().encode(text))),
    );
    expect(digests).toEqual([
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ]);
  });

  it('gives the same piece by piece', () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_unused, index) => index % 251);
    const state = sha256.start();
    state.add(bytes.subarray(0, 1));
    state.add(bytes.subarray(1, 700));
    state.add(bytes.subarray(700));
    expect(toHex(state.finish())).toBe(toHex(pureSha256.hash(bytes)));
  });
});
