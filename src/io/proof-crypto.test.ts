import { describe, expect, it } from 'vitest';
import { fixtureBytes } from '../proof/venue.fixture.ts';
import { publicKeyOf, pureCrypto, signBytes } from '../proof/signature.ts';
import { nativeCrypto } from './proof-crypto.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

describe('Ed25519', () => {
  it('signs and verifies test 2 of RFC 8032, section 7.1, in both forms', () => {
    const secretKey = hex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb');
    const publicKey = hex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
    const signature = hex(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
        '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    );
    expect(publicKeyOf(secretKey)).toEqual(publicKey);
    expect(signBytes(hex('72'), secretKey)).toEqual(signature);
    for (const crypto of [pureCrypto, nativeCrypto]) {
      expect(crypto.verify(signature, hex('72'), publicKey)).toBe(true);
      expect(crypto.verify(signature, hex('73'), publicKey)).toBe(false);
    }
  });

  it('gives one verdict in both forms for every signature with one bit changed', () => {
    const secretKey = fixtureBytes(32, 1);
    const publicKey = publicKeyOf(secretKey);
    const message = fixtureBytes(50, 2);
    const signature = signBytes(message, secretKey);
    for (let bit = 0; bit < 512; bit += 7) {
      const changed = signature.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(pureCrypto.verify(changed, message, publicKey)).toBe(false);
      expect(nativeCrypto.verify(changed, message, publicKey)).toBe(false);
    }
  });

  it('answers false, and nothing worse, to bytes of any length', () => {
    for (const crypto of [pureCrypto, nativeCrypto]) {
      for (const length of [0, 1, 31, 32, 63, 64, 65]) {
        expect(crypto.verify(fixtureBytes(length, 3), fixtureBytes(5, 4), fixtureBytes(length, 5))).toBe(
          false,
        );
      }
    }
  });
});
