import { assert } from '../base/assert.ts';
import { type Failure, refuse } from '../base/failure.ts';
import { ByteReader, ByteWriter, sameBytes } from '../base/bytes.ts';
import { HASH_BYTES, type Sha256 } from '../base/sha256.ts';

/** `genesis` begins a venue (parameters, assets), `command` is an input, `stateHash` what the state hashed to after it. */
export type RecordKind = 'genesis' | 'command' | 'stateHash';

/** What a sequencer hands in: `timeMs` is Unix time in milliseconds, `payload` canonical bytes of the kind. */
export type JournalEntry = {
  readonly timeMs: number;
  readonly kind: RecordKind;
  readonly payload: Uint8Array;
};

/** An entry in its place in the chain; `hash` covers everything before it, `previousHash` included. */
export type JournalRecord = JournalEntry & {
  readonly seq: number;
  readonly previousHash: Uint8Array;
  readonly hash: Uint8Array;
};

/** Where a chain stands: the sequence number of the next record, and the hash of the last one. */
export type ChainHead = { readonly seqNext: number; readonly hash: Uint8Array };

/** The head of a chain without records: the first record has seq 0 and 32 zero bytes before it. */
export const CHAIN_START: ChainHead = { seqNext: 0, hash: new Uint8Array(HASH_BYTES) };

/** Longest payload, bytes. */
export const PAYLOAD_BYTES_MAX: number = 2 ** 24;

/** 'PLJ1': names format and version, and keeps these hashes apart from hashes of anything else. */
const MAGIC = 0x504c4a31;
const HEADER_BYTES = 4 + 8 + 8 + 1 + HASH_BYTES + 4;
const KIND_CODES: Readonly<Record<RecordKind, number>> = { genesis: 1, command: 2, stateHash: 3 };
const KINDS: readonly (RecordKind | undefined)[] = [undefined, 'genesis', 'command', 'stateHash'];

/** Puts an entry at the head of a chain. The caller keeps payloads within {@link PAYLOAD_BYTES_MAX}. */
export function sealRecord(head: ChainHead, entry: JournalEntry, sha256: Sha256): JournalRecord {
  assert(entry.payload.length <= PAYLOAD_BYTES_MAX, 'a payload is within its limit');
  const { timeMs, kind, payload } = entry;
  const open = { seq: head.seqNext, timeMs, kind, payload, previousHash: head.hash };
  return { ...open, hash: sha256.hash(writeBody(open, bodyLength(payload)).take()) };
}

export function headAfter(record: JournalRecord): ChainHead {
  return { seqNext: record.seq + 1, hash: record.hash };
}

/**
 * The one encoding of a record, big-endian (JOURNAL-002): 'PLJ1', seq u53 on 8 bytes, timeMs likewise, kind u8, previous hash 32,
 * payload length u32, payload; then SHA-256 of all of that, 32.
 */
export function encodeRecord(record: JournalRecord): Uint8Array {
  const writer = writeBody(record, bodyLength(record.payload) + HASH_BYTES);
  writer.raw(record.hash);
  return writer.take();
}

/** The record in exactly these bytes, its hash recomputed. Refuses JOURNAL_CORRUPT for anything else. */
export function decodeRecord(bytes: Uint8Array, sha256: Sha256): JournalRecord | Failure {
  const { record, reader } = readRecord(new ByteReader(bytes));
  reader.end();
  if (record === null || reader.trouble !== null) return corrupt(reader.trouble ?? 'a record');
  const isTrue = sameBytes(sha256.hash(bytes.subarray(0, bytes.length - HASH_BYTES)), record.hash);
  return isTrue ? record : corrupt('a hash that fits the record', `record ${record.seq}`);
}

/**
 * Length of the record that begins at `offset`, by its header; null where fewer bytes are left than it needs.
 * Says nothing about whether the record is right.
 */
export function recordLength(bytes: Uint8Array, offset: number): number | null {
  if (bytes.length - offset < HEADER_BYTES) return null;
  const length = HEADER_BYTES + new ByteReader(bytes, offset + HEADER_BYTES - 4).u32() + HASH_BYTES;
  return length <= bytes.length - offset ? length : null;
}

/** JOURNAL_CORRUPT at `where`. */
export function corrupt(expected: string, where = 'the bytes'): Failure {
  return refuse('JOURNAL_CORRUPT', { field: 'journal', value: where, expected });
}

function bodyLength(payload: Uint8Array): number {
  return HEADER_BYTES + payload.length;
}

/** Everything of a record before its hash, which is the hash of it. */
function writeBody(record: Omit<JournalRecord, 'hash'>, capacity: number): ByteWriter {
  const writer = new ByteWriter(capacity);
  writer.u32(MAGIC);
  writer.u53(record.seq);
  writer.u53(record.timeMs);
  writer.u8(KIND_CODES[record.kind]);
  writer.raw(record.previousHash);
  writer.u32(record.payload.length);
  writer.raw(record.payload);
  return writer;
}

function readRecord(reader: ByteReader): { record: JournalRecord | null; reader: ByteReader } {
  if (reader.u32() !== MAGIC) reader.reject('the start of a record');
  const seq = reader.u53();
  const timeMs = reader.u53();
  const kind = KINDS[reader.u8()];
  const previousHash = reader.raw(HASH_BYTES).slice();
  const length = reader.u32();
  if (length > PAYLOAD_BYTES_MAX) reader.reject(`a payload of at most ${PAYLOAD_BYTES_MAX} bytes`);
  const payload = reader.raw(length).slice();
  const hash = reader.raw(HASH_BYTES).slice();
  if (kind === undefined) reader.reject('a known kind of record');
  const record = kind === undefined ? null : { seq, timeMs, kind, payload, previousHash, hash };
  return { record, reader };
}
