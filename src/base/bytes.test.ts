import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter, sameBytes, toHex } from './bytes.ts';

describe('bytes', () => {
  it('come back as the fields they were', () => {
    const writer = new ByteWriter();
    writer.u8(255);
    writer.u32(0xfedcba98);
    writer.u53(Number.MAX_SAFE_INTEGER);
    writer.f64(-0.1);
    writer.raw(new Uint8Array(1000).fill(7));
    const bytes = writer.take();
    expect(toHex(bytes.subarray(0, 13))).toBe('fffedcba98001fffffffffffff');
    const reader = new ByteReader(bytes);
    expect([reader.u8(), reader.u32(), reader.u53(), reader.f64()]).toEqual([
      255,
      0xfedcba98,
      Number.MAX_SAFE_INTEGER,
      -0.1,
    ]);
    expect(sameBytes(reader.raw(1000), new Uint8Array(1000).fill(7))).toBe(true);
    reader.end();
    expect(reader.trouble).toBeNull();
  });

  it('hold whole numbers of 128 bits, negative ones in two’s complement', () => {
    const writer = new ByteWriter();
    for (const value of [1n, -1n, 2n ** 128n - 1n, -(2n ** 127n), 2n ** 64n]) writer.wide(value);
    const [f, o] = ['f', '0'].map((digit) => (count: number) => digit.repeat(count));
    const expected = [`${o!(31)}1`, f!(32), f!(32), `8${o!(31)}`, `${o!(15)}1${o!(16)}`];
    expect(toHex(writer.take())).toBe(expected.join(''));
  });

  it('stay as they were taken, whatever is written later', () => {
    const writer = new ByteWriter(4);
    writer.u32(1);
    const taken = writer.take();
    writer.u32(2);
    expect([toHex(taken), toHex(writer.take())]).toEqual(['00000001', '0000000100000002']);
  });

  it('survive growth at every kind of field', () => {
    for (let start = 1000; start <= 1024; start += 1) {
      const writer = new ByteWriter();
      writer.raw(new Uint8Array(start));
      writer.u8(1);
      writer.u32(2);
      writer.u53(3);
      writer.f64(4);
      writer.text('aé');
      writer.raw(new Uint8Array(1100).fill(5));
      const reader = new ByteReader(writer.take(), start);
      expect([reader.u8(), reader.u32(), reader.u53(), reader.f64(), reader.u32()]).toEqual([1, 2, 3, 4, 3]);
      expect([...reader.raw(4)]).toEqual([0x61, 0xc3, 0xa9, 5]);
    }
  });

  it('keep the first trouble and read as zero after it', () => {
    const reader = new ByteReader(new Uint8Array([1, 2, 3]));
    expect([reader.u8(), reader.u32(), reader.u8(), reader.raw(1).length]).toEqual([1, 0, 0, 0]);
    expect(reader.trouble).toBe('4 more bytes (at byte 1)');
  });

  it('refuse a number that JavaScript cannot hold, and bytes left over', () => {
    const reader = new ByteReader(new Uint8Array([0, 0x20, 0, 0, 0, 0, 0, 0]));
    expect(reader.u53()).toBe(0);
    expect(reader.trouble).toContain('below 2^53');
    const short = new ByteReader(new Uint8Array(2));
    short.end();
    expect(short.trouble).toContain('the end');
    expect(() => new ByteWriter().u53(-1)).toThrow('u53');
    expect(() => new ByteWriter().u32(2 ** 32)).toThrow('u32');
  });

  it('differ in length or in one byte', () => {
    expect(sameBytes(new Uint8Array(2), new Uint8Array(3))).toBe(false);
    expect(sameBytes(new Uint8Array([1, 2]), new Uint8Array([1, 3]))).toBe(false);
  });
});
