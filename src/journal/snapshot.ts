import type { Failure } from '../base/failure.ts';
import { ByteReader, ByteWriter, sameBytes } from './bytes.ts';
import { type ChainHead, corrupt } from './record.ts';
import { HASH_BYTES, type Sha256 } from './sha256.ts';

/** A state and where in the chain it stands: everything before `head.seqNext` is in it. `chunks` are opaque bytes. */
export type Snapshot = {
  readonly head: ChainHead;
  readonly stateHash: Uint8Array;
  readonly chunks: readonly Uint8Array[];
};

/** 'PLS1': names format and version, and keeps these hashes apart from hashes of anything else. */
const MAGIC = 0x504c5331;
const CHUNK_ENTRY_BYTES = 4 + HASH_BYTES;

/**
 * The table of contents of a snapshot, big-endian: 'PLS1', seqNext u53 on 8 bytes, chain hash 32, state hash 32, number
 * of chunks u32, length u32 and SHA-256 of each chunk; then SHA-256 of all of that, 32. Stored beside the chunks.
 */
export function encodeManifest(snapshot: Snapshot, sha256: Sha256): Uint8Array {
  const writer = new ByteWriter();
  writer.u32(MAGIC);
  writer.u53(snapshot.head.seqNext);
  writer.raw(snapshot.head.hash);
  writer.raw(snapshot.stateHash);
  writer.u32(snapshot.chunks.length);
  for (const chunk of snapshot.chunks) {
    writer.u32(chunk.length);
    writer.raw(sha256.hash(chunk));
  }
  writer.raw(sha256.hash(writer.take()));
  return writer.take();
}

/** The snapshot that `manifest` describes, from its chunks in order. Refuses JOURNAL_CORRUPT if one bit is different. */
export function decodeSnapshot(
  manifest: Uint8Array,
  chunks: readonly Uint8Array[],
  sha256: Sha256,
): Snapshot | Failure {
  const reader = new ByteReader(manifest);
  if (reader.u32() !== MAGIC) reader.reject('the start of a snapshot');
  const head = { seqNext: reader.u53(), hash: reader.raw(HASH_BYTES).slice() };
  const stateHash = reader.raw(HASH_BYTES).slice();
  const count = reader.u32();
  if (count !== chunks.length) reader.reject(`${count} chunks, not ${chunks.length}`);
  if (count * CHUNK_ENTRY_BYTES > reader.left) reader.reject(`${count} chunk hashes`);
  for (let index = 0; index < count && reader.trouble === null; index += 1) {
    const chunk = chunks[index]!;
    const isSameLength = reader.u32() === chunk.length;
    const isSame = sameBytes(reader.raw(HASH_BYTES), sha256.hash(chunk));
    if (!isSameLength || !isSame) reader.reject(`chunk ${index} as it was written`);
  }
  const covered = manifest.subarray(0, reader.offset);
  const hash = reader.raw(HASH_BYTES);
  reader.end();
  if (reader.trouble === null && !sameBytes(hash, sha256.hash(covered))) reader.reject('a hash that fits');
  return reader.trouble === null ? { head, stateHash, chunks } : corrupt(reader.trouble, 'the snapshot');
}
