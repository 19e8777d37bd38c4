import { type Failure, refuse } from './failure.ts';
import { ByteReader, ByteWriter } from './bytes.ts';

/**
 * What the canonical encoding can say. `bigint` is an integer (up to 256 bits), `number` an f64 (never NaN; −0 is kept),
 * a string is well-formed Unicode, an object is a map from string to value. Two values that differ have different bytes.
 */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | readonly Value[]
  | { readonly [key: string]: Value };

/** One tag byte before every value. Lengths and counts are u32, big-endian like everything. */
const TAG = { null: 0, false: 1, true: 2, integer: 3, f64: 4, string: 5, bytes: 6, list: 7, map: 8 } as const;

const DEPTH_MAX = 32;
const INTEGER_BYTES_MAX = 32;
const LENGTH_MAX = 2 ** 32 - 1;

const utf8Decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The one canonical encoding of a value (JOURNAL-001):
 * tag | integer: length (1 to 32), two's complement, as short as possible | f64: 8 bytes | string, bytes: length, bytes |
 * list: count, values | map: count, then key (as length and bytes) and value, keys strictly increasing as UTF-8 bytes.
 * Refuses ENCODING_INVALID for NaN, an unpaired surrogate, an integer beyond 256 bits, nesting beyond 32, and anything
 * that is no {@link Value} (`undefined`, functions, class instances, …).
 */
export function encode(value: Value): Uint8Array | Failure {
  const writer = new ByteWriter();
  const bad = writeValue(writer, value, 0);
  return bad === null ? writer.take() : bad;
}

/**
 * The value of canonical bytes, in a wrapper so that no value can pass for a refusal. Maps come without a prototype.
 * Refuses ENCODING_INVALID for every byte sequence that {@link encode} does not produce.
 */
export function decode(bytes: Uint8Array): { readonly value: Value } | Failure {
  const reader = new ByteReader(bytes);
  const value = readValue(reader, 0);
  reader.end();
  return reader.trouble === null ? { value } : invalid(`${bytes.length} bytes`, reader.trouble);
}

/** The order of two strings by their UTF-8 bytes, which is the order of their code points: negative if `a` is first. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return utf8Rank(left) - utf8Rank(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above every other code unit. */
function utf8Rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function invalid(value: unknown, expected: string): Failure {
  return refuse('ENCODING_INVALID', { field: 'value', value, expected });
}

function writeValue(writer: ByteWriter, value: Value, depth: number): Failure | null {
  switch (typeof value) {
    case 'boolean':
      writer.u8(value ? TAG.true : TAG.false);
      return null;
    case 'bigint':
      return writeInteger(writer, value);
    case 'number':
      if (Number.isNaN(value)) return invalid(value, 'a number');
      writer.u8(TAG.f64);
      writer.f64(value);
      return null;
    case 'string':
      writer.u8(TAG.string);
      return writeString(writer, value);
    case 'object':
      return writeObject(writer, value, depth);
    default:
      return invalid(typeof value, 'a value that has an encoding');
  }
}

function writeObject(writer: ByteWriter, value: Value & (object | null), depth: number): Failure | null {
  if (value === null) {
    writer.u8(TAG.null);
    return null;
  }
  if (value instanceof Uint8Array) {
    if (value.length > LENGTH_MAX) return invalid(value.length, 'at most 2^32 − 1 bytes');
    writer.u8(TAG.bytes);
    writer.u32(value.length);
    writer.raw(value);
    return null;
  }
  if (depth === DEPTH_MAX) return invalid('deeper nesting', `nesting of at most ${DEPTH_MAX}`);
  if (Array.isArray(value)) return writeList(writer, value, depth);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    return invalid('a class instance', 'a plain object');
  return writeMap(writer, value as { readonly [key: string]: Value }, depth);
}

function writeList(writer: ByteWriter, list: readonly Value[], depth: number): Failure | null {
  writer.u8(TAG.list);
  writer.u32(list.length);
  for (const item of list) {
    const bad = writeValue(writer, item, depth + 1);
    if (bad !== null) return bad;
  }
  return null;
}

function writeMap(writer: ByteWriter, map: { readonly [key: string]: Value }, depth: number): Failure | null {
  const keys = Object.keys(map).toSorted(compareUtf8);
  writer.u8(TAG.map);
  writer.u32(keys.length);
  for (const key of keys) {
    const bad = writeString(writer, key) ?? writeValue(writer, map[key]!, depth + 1);
    if (bad !== null) return bad;
  }
  return null;
}

function writeString(writer: ByteWriter, text: string): Failure | null {
  if (!text.isWellFormed()) return invalid(text, 'a string without unpaired surrogates');
  writer.text(text);
  return null;
}

const NARROW = new Uint8Array(8);
const WIDE = new Uint8Array(INTEGER_BYTES_MAX);
const NARROW_VIEW = new DataView(NARROW.buffer);
const WIDE_VIEW = new DataView(WIDE.buffer);

function writeInteger(writer: ByteWriter, value: bigint): Failure | null {
  const isNarrow = BigInt.asIntN(64, value) === value;
  if (isNarrow) {
    NARROW_VIEW.setBigInt64(0, value);
  } else if (BigInt.asIntN(INTEGER_BYTES_MAX * 8, value) === value) {
    for (let at = 0; at < INTEGER_BYTES_MAX; at += 8) {
      WIDE_VIEW.setBigInt64(at, BigInt.asIntN(64, value >> BigInt((INTEGER_BYTES_MAX - 8 - at) * 8)));
    }
  } else {
    return invalid(value, 'an integer of at most 256 bits');
  }
  const bytes = isNarrow ? NARROW : WIDE;
  let start = 0;
  while (start < bytes.length - 1 && isRedundant(bytes[start]!, bytes[start + 1]!)) start += 1;
  writer.u8(TAG.integer);
  writer.u8(bytes.length - start);
  for (let at = start; at < bytes.length; at += 1) writer.u8(bytes[at]!);
  return null;
}

/** A leading byte that only repeats the sign of the byte after it. */
function isRedundant(first: number, second: number): boolean {
  return (first === 0 && second < 0x80) || (first === 0xff && second >= 0x80);
}

function readValue(reader: ByteReader, depth: number): Value {
  const tag = reader.u8();
  switch (tag) {
    case TAG.null:
      return null;
    case TAG.false:
      return false;
    case TAG.true:
      return true;
    case TAG.integer:
      return readInteger(reader);
    case TAG.f64:
      return readF64(reader);
    case TAG.string:
      return readString(reader);
    case TAG.bytes:
      return reader.raw(reader.u32()).slice();
    case TAG.list:
      return readList(reader, depth);
    case TAG.map:
      return readMap(reader, depth);
    default:
      reader.reject('a known tag');
      return null;
  }
}

function readInteger(reader: ByteReader): bigint {
  const length = reader.u8();
  if (length < 1 || length > INTEGER_BYTES_MAX)
    reader.reject(`an integer of 1 to ${INTEGER_BYTES_MAX} bytes`);
  const bytes = reader.raw(length);
  if (bytes.length > 1 && isRedundant(bytes[0]!, bytes[1]!)) reader.reject('an integer as short as possible');
  if (reader.trouble !== null) return 0n;
  let value = BigInt(bytes[0]! >= 0x80 ? bytes[0]! - 0x100 : bytes[0]!);
  for (let index = 1; index < bytes.length; index += 1) value = (value << 8n) | BigInt(bytes[index]!);
  return value;
}

/** Every NaN is refused, whatever its bits: none can come out of {@link encode}. */
function readF64(reader: ByteReader): number {
  const value = reader.f64();
  if (Number.isNaN(value)) reader.reject('a number');
  return value;
}

function readString(reader: ByteReader): string {
  const bytes = reader.raw(reader.u32());
  try {
    return utf8Decoder.decode(bytes);
  } catch {
    reader.reject('UTF-8');
    return '';
  }
}

/** Reads a count of items that take at least `bytesEach`, so that no count can ask for more than the bytes hold. */
function readCount(reader: ByteReader, depth: number, bytesEach: number): number {
  const count = reader.u32();
  if (depth === DEPTH_MAX) reader.reject(`nesting of at most ${DEPTH_MAX}`);
  if (count * bytesEach > reader.left) reader.reject(`${count} items`);
  return reader.trouble === null ? count : 0;
}

function readList(reader: ByteReader, depth: number): Value[] {
  const count = readCount(reader, depth, 1);
  const list: Value[] = [];
  while (list.length < count && reader.trouble === null) list.push(readValue(reader, depth + 1));
  return list;
}

function readMap(reader: ByteReader, depth: number): { readonly [key: string]: Value } {
  const count = readCount(reader, depth, 5);
  const map: { [key: string]: Value } = Object.create(null);
  let last: string | null = null;
  for (let index = 0; index < count && reader.trouble === null; index += 1) {
    const key = readString(reader);
    if (last !== null && compareUtf8(last, key) >= 0) reader.reject('keys strictly increasing');
    map[key] = readValue(reader, depth + 1);
    last = key;
  }
  return map;
}
