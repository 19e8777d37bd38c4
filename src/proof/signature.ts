import { ed25519 } from '@noble/curves/ed25519.js';
import { pureSha256, type Sha256 } from '../base/sha256.ts';

/** The cryptography that a verifier needs, so that a server can pass in the platform's own. */
export type ProofCrypto = {
  readonly sha256: Sha256;
  /** Ed25519 (RFC 8032) of `message`; false for anything malformed. */
  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
};

/** Plain JavaScript from audited libraries: for wherever the platform offers none to pass in. Strict RFC 8032, not ZIP 215. */
export const pureCrypto: ProofCrypto = {
  sha256: pureSha256,
  verify: (signature, message, publicKey) => {
    try {
      return ed25519.verify(signature, message, publicKey, { zip215: false });
    } catch {
      return false;
    }
  },
};

/** The Ed25519 public key of a secret one, 32 bytes each. */
export function publicKeyOf(secretKey: Uint8Array): Uint8Array {
  return ed25519.getPublicKey(secretKey);
}

/** The Ed25519 signature of `message`: 64 bytes, the same every time. */
export function signBytes(message: Uint8Array, secretKey: Uint8Array): Uint8Array {
  return ed25519.sign(message, secretKey);
}
