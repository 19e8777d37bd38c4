import { type Failure, isFailure } from '../base/failure.ts';
import { ByteReader, ByteWriter, sameBytes } from '../base/bytes.ts';
import { type ChainHead, corrupt } from './record.ts';
import { HASH_BYTES, type Sha256 } from '../base/sha256.ts';

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
 * The table of contents of a snapshot, big-endian (JOURNAL-005): 'PLS1', seqNext u53 on 8 bytes, chain hash 32, state hash 32, number
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

/** What a manifest says: of each chunk its length in bytes and its SHA-256. */
export type Manifest = {
  readonly head: ChainHead;
  readonly stateHash: Uint8Array;
  readonly chunks: readonly { readonly length: number; readonly hash: Uint8Array }[];
};

/** The manifest in exactly these bytes. Refuses JOURNAL_CORRUPT for anything else. */
export function decodeManifest(bytes: Uint8Array, sha256: Sha256): Manifest | Failure {
  const reader = new ByteReader(bytes);
  if (reader.u32() !== MAGIC) reader.reject('the start of a snapshot');
  const head = { seqNext: reader.u53(), hash: reader.raw(HASH_BYTES).slice() };
  const stateHash = reader.raw(HASH_BYTES).slice();
  const count = reader.u32();
  if (count * CHUNK_ENTRY_BYTES > reader.left) reader.reject(`${count} chunk hashes`);
  const chunks: { length: number; hash: Uint8Array }[] = [];
  while (chunks.length < count && reader.trouble === null) {
    chunks.push({ length: reader.u32(), hash: reader.raw(HASH_BYTES).slice() });
  }
  const covered = bytes.subarray(0, reader.offset);
  const hash = reader.raw(HASH_BYTES);
  reader.end();
  if (reader.trouble === null && !sameBytes(hash, sha256.hash(covered))) reader.reject('a hash that fits');
  return reader.trouble === null ? { head, stateHash, chunks } : corrupt(reader.trouble, 'the snapshot');
}

/** The snapshot that a manifest describes, from its chunks in order. Refuses JOURNAL_CORRUPT if one bit is different. */
export function decodeSnapshot(
  bytes: Uint8Array,
  chunks: readonly Uint8Array[],
  sha256: Sha256,
): Snapshot | Failure {
  const manifest = decodeManifest(bytes, sha256);
  if (isFailure(manifest)) return manifest;
  if (manifest.chunks.length !== chunks.length) {
    return corrupt(`${manifest.chunks.length} chunks, not ${chunks.length}`, 'the snapshot');
  }
  for (const [index, { length, hash }] of manifest.chunks.entries()) {
    const chunk = chunks[index]!;
    if (length !== chunk.length || !sameBytes(hash, sha256.hash(chunk))) {
      return corrupt(`chunk ${index} as it was written`, 'the snapshot');
    }
  }
  return { head: manifest.head, stateHash: manifest.stateHash, chunks };
}
