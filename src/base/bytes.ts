import { assert } from './assert.ts';

const START_BYTES = 1024;
const utf8Encoder = new TextEncoder();

/** Appends fixed-width big-endian fields to a buffer that grows. Ranges are the caller's duty and asserted. */
export class ByteWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  /** `bytes` that will be written, where that is known: it saves growing and the copy at the end. */
  constructor(bytes: number = START_BYTES) {
    this.#bytes = new Uint8Array(bytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  u8(value: number): void {
    const at = this.#claim(1);
    this.#view.setUint8(at, value);
  }

  u32(value: number): void {
    assert(Number.isInteger(value) && value >= 0 && value < 2 ** 32, 'a u32 field is in range');
    const at = this.#claim(4);
    this.#view.setUint32(at, value);
  }

  /** A whole number that JavaScript holds exactly: at most 2^53 − 1, on 8 bytes. */
  u53(value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, 'a u53 field is in range');
    const at = this.#claim(8);
    this.#view.setUint32(at, Math.floor(value / 2 ** 32));
    this.#view.setUint32(at + 4, value % 2 ** 32);
  }

  f64(value: number): void {
    const at = this.#claim(8);
    this.#view.setFloat64(at, value);
  }

  /** A whole number of at most 128 bits, on 16 bytes; a negative one in two's complement. */
  wide(value: bigint): void {
    const at = this.#claim(16);
    this.#view.setBigInt64(at, BigInt.asIntN(64, value >> 64n));
    this.#view.setBigInt64(at + 8, BigInt.asIntN(64, value));
  }

  raw(bytes: Uint8Array): void {
    const at = this.#claim(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** The length in bytes (u32) and the UTF-8 of well-formed text. */
  text(text: string): void {
    const start = this.#claim(4 + text.length);
    this.#view.setUint32(start, text.length);
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      if (unit >= 0x80) {
        this.#length = start;
        const bytes = utf8Encoder.encode(text);
        this.u32(bytes.length);
        this.raw(bytes);
        return;
      }
      this.#bytes[start + 4 + index] = unit;
    }
  }

  /** What was written; later writes leave it as it is (a full buffer is replaced before anything more goes in). */
  take(): Uint8Array {
    return this.#length === this.#bytes.length ? this.#bytes : this.#bytes.slice(0, this.#length);
  }

  /** Makes room first: it may replace the buffer, so the buffer is looked up only after it. */
  #claim(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) this.#grow();
    return at;
  }

  #grow(): void {
    const wider = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
    wider.set(this.#bytes);
    this.#bytes = wider;
    this.#view = new DataView(wider.buffer);
  }
}

/**
 * Reads what {@link ByteWriter} wrote, from bytes that may be anything. The first thing that does not fit is kept in
 * `trouble` and everything after it reads as zero, so a parser checks once, at its end (and before it loops).
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;
  /** What was expected where the bytes first failed; null as long as all is well. */
  trouble: string | null = null;

  constructor(bytes: Uint8Array, at = 0) {
    // A Buffer's slice() would share memory with it; a plain view's copies.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = at;
  }

  get offset(): number {
    return this.#at;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** Records that the bytes before the present offset are not what they must be. */
  reject(expected: string): void {
    this.trouble ??= `${expected} (at byte ${this.#at})`;
  }

  u8(): number {
    return this.#has(1) ? this.#view.getUint8(this.#step(1)) : 0;
  }

  u32(): number {
    return this.#has(4) ? this.#view.getUint32(this.#step(4)) : 0;
  }

  u53(): number {
    const high = this.u32();
    const low = this.u32();
    if (high >= 2 ** 21) this.reject('a whole number below 2^53');
    return this.trouble === null ? high * 2 ** 32 + low : 0;
  }

  f64(): number {
    return this.#has(8) ? this.#view.getFloat64(this.#step(8)) : 0;
  }

  /** The next `count` bytes, not copied. */
  raw(count: number): Uint8Array {
    if (!this.#has(count)) return new Uint8Array(0);
    const at = this.#step(count);
    return this.#bytes.subarray(at, at + count);
  }

  /** Rejects what follows, if anything does. */
  end(): void {
    if (this.left > 0) this.reject('the end of the bytes');
  }

  #has(count: number): boolean {
    if (this.trouble === null && count > this.left) this.reject(`${count} more bytes`);
    return this.trouble === null;
  }

  #step(count: number): number {
    const at = this.#at;
    this.#at += count;
    return at;
  }
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}

/** Lower-case hexadecimal, two digits a byte. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}
