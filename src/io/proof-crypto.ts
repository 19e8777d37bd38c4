import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { toHex } from '../base/bytes.ts';
import type { ProofCrypto } from '../proof/signature.ts';
import { nativeSha256 } from './store/sha256.ts';

/** What stands before the 32 bytes of an Ed25519 key in its DER form (RFC 8410). */
const DER_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const KEYS_MAX = 1_000;
const keys = new Map<string, KeyObject>();

/** SHA-256 and Ed25519 by the platform's native code: what servers and the command line pass in. */
export const nativeCrypto: ProofCrypto = {
  sha256: nativeSha256,
  verify: (signature, message, publicKey) => {
    try {
      return verify(null, message, keyOf(publicKey), signature);
    } catch {
      return false;
    }
  },
};

function keyOf(publicKey: Uint8Array): KeyObject {
  const name = toHex(publicKey);
  let key = keys.get(name);
  if (key === undefined) {
    key = createPublicKey({ key: Buffer.concat([DER_PREFIX, publicKey]), format: 'der', type: 'spki' });
    if (keys.size >= KEYS_MAX) keys.clear();
    keys.set(name, key);
  }
  return key;
}
