import { createHash, hash } from 'node:crypto';
import type { Sha256 } from '../../base/sha256.ts';

/** SHA-256 by the platform's native code: the one that servers pass in. */
export const nativeSha256: Sha256 = {
  hash: (bytes) => plain(hash('sha256', bytes, 'buffer')),
  start: () => {
    const state = createHash('sha256');
    return {
      add: (bytes): void => {
        state.update(bytes);
      },
      finish: () => plain(state.digest()),
    };
  },
};

function plain(digest: Buffer): Uint8Array {
  return new Uint8Array(digest.buffer, digest.byteOffset, digest.byteLength);
}
