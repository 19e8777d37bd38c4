import { sha256 } from '@noble/hashes/sha2.js';

/** Length of a SHA-256 hash. */
export const HASH_BYTES = 32;

/** SHA-256 in two shapes: `hash` of bytes at hand, `start` for bytes that come piece by piece. */
export type Sha256 = {
  hash(bytes: Uint8Array): Uint8Array;
  start(): { add(bytes: Uint8Array): void; finish(): Uint8Array };
};

/** SHA-256 in plain JavaScript, for wherever the platform offers none to pass in. */
export const pureSha256: Sha256 = {
  hash: (bytes) => sha256(bytes),
  start: () => {
    const state = sha256.create();
    return {
      add: (bytes): void => {
        state.update(bytes);
      },
      finish: () => state.digest(),
    };
  },
};
