import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { pureSha256 } from '../base/sha256.ts';
import { decodeSnapshot, encodeManifest, type Snapshot } from './snapshot.ts';

const snapshot: Snapshot = {
  head: { seqNext: 12, hash: new Uint8Array(32).fill(1) },
  stateHash: new Uint8Array(32).fill(2),
  chunks: [new Uint8Array([1, 2, 3]), new Uint8Array(0), new Uint8Array(5000).fill(9)],
};
const manifest = encodeManifest(snapshot, pureSha256);

describe('a snapshot (JOURNAL-005)', () => {
  it('comes back from its manifest and chunks, also without any chunk', () => {
    expect(decodeSnapshot(manifest, snapshot.chunks, pureSha256)).toEqual(snapshot);
    const bare = { ...snapshot, chunks: [] };
    expect(decodeSnapshot(encodeManifest(bare, pureSha256), [], pureSha256)).toEqual(bare);
  });

  it('is refused with any one bit of the manifest changed, or cut anywhere', () => {
    for (let bit = 0; bit < manifest.length * 8; bit += 1) {
      const changed = Uint8Array.from(manifest);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(decodeSnapshot(changed, snapshot.chunks, pureSha256)).toMatchObject({
        failure: 'JOURNAL_CORRUPT',
      });
    }
    for (let cut = 0; cut < manifest.length; cut += 1) {
      expect(isFailure(decodeSnapshot(manifest.subarray(0, cut), snapshot.chunks, pureSha256))).toBe(true);
    }
  });

  it('is refused with chunks that are changed, missing, exchanged or added', () => {
    const [a, b, c] = snapshot.chunks as [Uint8Array, Uint8Array, Uint8Array];
    for (const chunks of [[new Uint8Array([1, 2, 4]), b, c], [a, b], [b, a, c], [a, b, c, b], []]) {
      expect(decodeSnapshot(manifest, chunks, pureSha256)).toMatchObject({ failure: 'JOURNAL_CORRUPT' });
    }
  });
});
