import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { toHex } from '../base/bytes.ts';
import {
  CHAIN_START,
  decodeRecord,
  encodeRecord,
  headAfter,
  type JournalEntry,
  PAYLOAD_BYTES_MAX,
  type RecordKind,
  recordLength,
  sealRecord,
} from './record.ts';
import { pureSha256 } from '../base/sha256.ts';

const entry = (payload: number[], kind: RecordKind = 'command'): JournalEntry => ({
  timeMs: 1_760_054_400_000,
  kind,
  payload: Uint8Array.from(payload),
});
const record = sealRecord(
  { seqNext: 300, hash: new Uint8Array(32).fill(0xab) },
  entry([1, 2, 3]),
  pureSha256,
);
const bytes = encodeRecord(record);

describe('a record (JOURNAL-002)', () => {
  it('has the layout that is written down', () => {
    expect(toHex(bytes.subarray(0, -32))).toBe(
      `504c4a31${'000000000000012c'}${'00000199cb6ad400'}02${'ab'.repeat(32)}00000003010203`,
    );
  });

  it('hashes as an outside SHA-256 of the same bytes does', () => {
    // Python's hashlib over the 60 bytes above.
    expect(toHex(record.hash)).toBe('4fa82f3fc7dfb0f725041a507c162d7449e8552ac422e8bfe617eda4f85b4313');
  });

  it('comes back from its bytes, for every kind', () => {
    expect(decodeRecord(bytes, pureSha256)).toEqual(record);
    for (const kind of ['genesis', 'command', 'stateHash'] as const) {
      const one = sealRecord(CHAIN_START, entry([], kind), pureSha256);
      expect(decodeRecord(encodeRecord(one), pureSha256)).toEqual(one);
    }
  });

  it('is refused with any one bit changed, cut anywhere, or with a byte more', () => {
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Uint8Array.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(decodeRecord(changed, pureSha256)).toMatchObject({ failure: 'JOURNAL_CORRUPT' });
    }
    for (let cut = 0; cut < bytes.length; cut += 1) {
      expect(isFailure(decodeRecord(bytes.subarray(0, cut), pureSha256))).toBe(true);
      expect(recordLength(bytes.subarray(0, cut), 0)).toBeNull();
    }
    expect(isFailure(decodeRecord(Uint8Array.from([...bytes, 0]), pureSha256))).toBe(true);
    expect(recordLength(bytes, 0)).toBe(bytes.length);
  });

  it('is refused when rightly hashed bytes are no record', () => {
    const rehash = (change: (b: Uint8Array) => void): Uint8Array => {
      const body = bytes.slice(0, -32);
      change(body);
      return Uint8Array.from([...body, ...pureSha256.hash(body)]);
    };
    const refused = (change: (b: Uint8Array) => void): unknown => decodeRecord(rehash(change), pureSha256);
    expect(
      isFailure(
        decodeRecord(
          rehash(() => undefined),
          pureSha256,
        ),
      ),
    ).toBe(false);
    expect(refused((b) => b.set([0], 0))).toMatchObject({ failure: 'JOURNAL_CORRUPT' });
    expect(refused((b) => b.set([0x20], 5))).toMatchObject({ expected: expect.stringContaining('2^53') });
    expect(refused((b) => b.set([0], 20))).toMatchObject({ expected: expect.stringContaining('kind') });
    expect(refused((b) => b.set([4], 20))).toMatchObject({ expected: expect.stringContaining('kind') });
    expect(refused((b) => b.set([2], 53))).toMatchObject({ expected: expect.stringContaining('payload') });
  });

  it('chains: the hash of one is in the next', () => {
    const first = sealRecord(CHAIN_START, entry([1]), pureSha256);
    const second = sealRecord(headAfter(first), entry([1]), pureSha256);
    expect([first.seq, second.seq]).toEqual([0, 1]);
    expect(second.previousHash).toBe(first.hash);
    expect(toHex(second.hash)).not.toBe(toHex(first.hash));
  });

  it('never holds a payload beyond its limit', () => {
    const huge = { ...entry([]), payload: new Uint8Array(PAYLOAD_BYTES_MAX + 1) };
    expect(() => sealRecord(CHAIN_START, huge, pureSha256)).toThrow('limit');
  });

  it('decodes only from the bytes that encode it', () => {
    const anyEntry = fc.record({
      timeMs: fc.maxSafeNat(),
      kind: fc.constantFrom<RecordKind>('genesis', 'command', 'stateHash'),
      payload: fc.uint8Array({ maxLength: 100 }),
    });
    const head = fc.record({
      seqNext: fc.maxSafeNat(),
      hash: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    });
    fc.assert(
      fc.property(head, anyEntry, (at, one) => {
        const sealed = sealRecord(at, one, pureSha256);
        expect(decodeRecord(encodeRecord(sealed), pureSha256)).toEqual(sealed);
      }),
      { seed: 31, numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        expect(isFailure(decodeRecord(noise, pureSha256))).toBe(true);
      }),
      { seed: 32, numRuns: 1000 },
    );
  });
});
