import { existsSync, readFileSync } from 'node:fs';
import type { Failure } from '../../base/failure.ts';
import { sameBytes } from '../../base/bytes.ts';
import { corrupt } from '../../journal/record.ts';

/**
 * SQLite ends a write-ahead log at its first frame with a wrong checksum: right for a commit that a power cut tore,
 * but a byte that went bad in the middle would silently take every later commit with it. The two can be told apart.
 * A commit is synchronised before the next begins, so a torn one is the last, and at most one commit mark of this
 * generation of the log can stand after the last sound commit. Two or more prove that acknowledged commits are lost.
 * Layout: https://sqlite.org/fileformat2.html, section 4.
 */
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** Last bit: whether checksums run over big-endian words. */
const MAGIC = 0x377f0682;

type Checksum = readonly [number, number];

/**
 * Whether the write-ahead log beside the journal at `path` shows that commits were lost: null, or JOURNAL_CORRUPT.
 * Only reads; what it refuses is left as it was found.
 */
export function judgeWriteAheadLog(path: string): Failure | null {
  const first = readLog(path);
  const damage = findDamage(first);
  // Somebody who writes at this moment can look like damage, but not twice; the lock is asked for later.
  if (damage === null || !sameBytes(readLog(path), first)) return null;
  return corrupt(`a write-ahead log without ${damage}`, path);
}

function readLog(path: string): Uint8Array {
  return existsSync(`${path}-wal`) ? readFileSync(`${path}-wal`) : new Uint8Array(0);
}

function findDamage(log: Uint8Array): string | null {
  if (log.length < HEADER_BYTES || log.subarray(0, HEADER_BYTES).every((byte) => byte === 0)) return null;
  const view = new DataView(log.buffer, log.byteOffset, log.byteLength);
  const isLittleEndian = (view.getUint32(0) & 1) === 0;
  const sum = addWords(view, { from: 0, bytes: 24, sum: [0, 0], isLittleEndian });
  const isHeader = (view.getUint32(0) & ~1) === MAGIC && isChecksum(view, 24, sum);
  const pageBytes = view.getUint32(8);
  if (!isHeader || pageBytes < 512 || pageBytes > 65_536) return 'a damaged header';
  const marks = marksAfterSoundCommit(view, { pageBytes, sum, isLittleEndian });
  return marks < 2 ? null : `${marks} commits after damage`;
}

/** Commit marks of the header's generation (its two salts) after the last commit whose checksums hold. */
function marksAfterSoundCommit(
  view: DataView,
  log: { readonly pageBytes: number; readonly sum: Checksum; readonly isLittleEndian: boolean },
): number {
  const { pageBytes, isLittleEndian } = log;
  let sum: Checksum = log.sum;
  let isSound = true;
  let marks = 0;
  for (let at = HEADER_BYTES; at + FRAME_HEADER_BYTES + pageBytes <= view.byteLength;) {
    const page = at + FRAME_HEADER_BYTES;
    const isOfGeneration =
      view.getUint32(at + 8) === view.getUint32(16) && view.getUint32(at + 12) === view.getUint32(20);
    if (isSound) {
      sum = addWords(view, { from: at, bytes: 8, sum, isLittleEndian });
      sum = addWords(view, { from: page, bytes: pageBytes, sum, isLittleEndian });
      isSound = isOfGeneration && isChecksum(view, at + 16, sum);
    }
    if (!isSound && isOfGeneration && view.getUint32(at + 4) !== 0) marks += 1;
    at = page + pageBytes;
  }
  return marks;
}

function addWords(
  view: DataView,
  span: {
    readonly from: number;
    readonly bytes: number;
    readonly sum: Checksum;
    readonly isLittleEndian: boolean;
  },
): Checksum {
  let [a, b] = span.sum;
  for (let at = span.from; at < span.from + span.bytes; at += 8) {
    a = (a + view.getUint32(at, span.isLittleEndian) + b) >>> 0;
    b = (b + view.getUint32(at + 4, span.isLittleEndian) + a) >>> 0;
  }
  return [a, b];
}

function isChecksum(view: DataView, at: number, sum: Checksum): boolean {
  return view.getUint32(at) === sum[0] && view.getUint32(at + 4) === sum[1];
}
