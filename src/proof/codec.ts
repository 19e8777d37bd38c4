import { assert } from '../base/assert.ts';
import { parseBase64 } from '../base/base64.ts';
import type { ByteWriter } from '../base/bytes.ts';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { compareUtf8, type Value } from '../base/value.ts';

/**
 * One description of a type: how it is read from untrusted JSON, what it is in JSON, and which bytes stand for it in a hash. All
 * three go through the same fields, so that neither form can say what the other does not.
 */
export type Codec<T> = {
  /** `field` names the place in a refusal. */
  read(json: unknown, field: string): T | Failure;
  write(value: T): Value;
  /** Fields in ascending order of name, each of a stated width or with its length before it (PROOF-001). */
  encode(writer: ByteWriter, value: T): void;
  /** True for a field that may be absent. */
  readonly optional?: true;
};

/** One codec a field; a field that is added to the type does not compile before it has one. */
export type Fields<T> = { readonly [K in keyof Required<T>]: Codec<Required<T>[K]> };

type JsonObject = { readonly [key: string]: unknown };

/** Text up to a length in UTF-16 code units, without unpaired surrogates. */
export function text(lengthMax: number): Codec<string> {
  return {
    read: (json, field) =>
      typeof json === 'string' && json.length <= lengthMax && json.isWellFormed()
        ? json
        : bad(field, json, `text of at most ${lengthMax} characters`),
    write: (value) => value,
    encode: writeText,
  };
}

function writeText(writer: ByteWriter, value: string): void {
  assert(value.isWellFormed(), 'text that is hashed has no unpaired surrogates');
  writer.text(value);
}

/** One of a few words. */
export function word<const W extends string>(...words: readonly W[]): Codec<W> {
  return {
    read: (json, field) => words.find((w) => w === json) ?? bad(field, json, `one of ${words.join(', ')}`),
    write: (value) => value,
    encode: writeText,
  };
}

/** A finite f64, −0 apart from 0: a JSON number. */
export const real: Codec<number> = {
  read: (json, field) =>
    typeof json === 'number' && Number.isFinite(json) ? json : bad(field, json, 'a finite JSON number'),
  write: (value) => value,
  encode: (writer, value) => {
    assert(Number.isFinite(value), 'a number that is hashed is finite');
    writer.f64(value);
  },
};

export const flag: Codec<boolean> = {
  read: (json, field) => (typeof json === 'boolean' ? json : bad(field, json, 'true or false')),
  write: (value) => value,
  encode: (writer, value) => writer.u8(value ? 1 : 0),
};

const DECIMAL = /^(?:0|-?[1-9]\d{0,38})$/;

function integer(min: bigint, max: bigint): Codec<bigint> {
  return {
    read: (json, field) => {
      const value = typeof json === 'string' && DECIMAL.test(json) ? BigInt(json) : null;
      if (value === null) return bad(field, json, 'a whole number as plain decimal text');
      if (value >= min && value <= max) return value;
      return refuse('NUMBER_OUT_OF_RANGE', { field, value: json, expected: `from ${min} to ${max}` });
    },
    write: (value) => value,
    encode: (writer, value) => {
      assert(value >= min && value <= max, 'an amount that is hashed is within its width');
      writer.wide(value);
    },
  };
}

/** Exclusive bound of every unsigned amount and sum. */
export const U128_END: bigint = 2n ** 128n;
/** Amounts that are never negative: 128 bits, decimal text in JSON. */
export const u128: Codec<bigint> = integer(0n, U128_END - 1n);
/** Signed amounts: the magnitude has 127 bits, as in the ledger. */
export const i128: Codec<bigint> = integer(-(2n ** 127n - 1n), 2n ** 127n - 1n);

const u53Bits = integer(0n, 2n ** 53n - 1n);
/** Counts, indices, Unix milliseconds: at most 2^53 − 1, decimal text in JSON. */
export const u53: Codec<number> = {
  read: (json, field) => {
    const value = u53Bits.read(json, field);
    return isFailure(value) ? value : Number(value);
  },
  write: (value) => BigInt(value),
  encode: (writer, value) => writer.u53(value),
};

/** Exactly `length` bytes: base 64 in JSON. */
export function bytes(length: number): Codec<Uint8Array> {
  return {
    read: (json, field) => {
      const value = typeof json === 'string' ? parseBase64(json, field) : null;
      if (value === null || isFailure(value)) return value ?? bad(field, json, 'base 64 text');
      return value.length === length ? value : bad(field, json, `${length} bytes as base 64`);
    },
    write: (value) => value,
    encode: (writer, value) => {
      assert(value.length === length, 'bytes that are hashed have their length');
      writer.raw(value);
    },
  };
}

/** A SHA-256 hash. */
export const hash: Codec<Uint8Array> = bytes(32);

/** Finite f64s, 8 bytes each, big-endian: base 64 in JSON. */
export const reals: Codec<Float64Array> = {
  read: (json, field) => {
    const raw = typeof json === 'string' ? parseBase64(json, field) : null;
    if (raw === null || isFailure(raw)) return raw ?? bad(field, json, 'base 64 text');
    const view = new DataView(raw.buffer);
    const out = new Float64Array(Math.floor(raw.length / 8));
    for (let i = 0; i < out.length; i += 1) out[i] = view.getFloat64(i * 8);
    const isSound = raw.length % 8 === 0 && out.every((x) => Number.isFinite(x));
    return isSound ? out : bad(field, json, 'finite numbers of 8 bytes each');
  },
  write: (value) => {
    const view = new DataView(new ArrayBuffer(value.length * 8));
    for (let i = 0; i < value.length; i += 1) view.setFloat64(i * 8, value[i]!);
    return new Uint8Array(view.buffer);
  },
  encode: (writer, value) => {
    writer.u32(value.length);
    for (const number of value) real.encode(writer, number);
  },
};

export function nullable<T>(inner: Codec<T>): Codec<T | null> {
  return {
    read: (json, field) => (json === null ? null : inner.read(json, field)),
    write: (value) => (value === null ? null : inner.write(value)),
    encode: (writer, value) => {
      writer.u8(value === null ? 0 : 1);
      if (value !== null) inner.encode(writer, value);
    },
  };
}

/** Marks a field that may be absent. */
export function optional<T>(inner: Codec<T>): Codec<T> {
  return { ...inner, optional: true };
}

export function list<T>(inner: Codec<T>, lengthMax: number): Codec<readonly T[]> {
  return {
    read: (json, field) => {
      if (!Array.isArray(json)) return bad(field, json, 'a list');
      if (json.length > lengthMax) {
        const expected = `at most ${lengthMax} entries`;
        return refuse('INPUT_TOO_LARGE', { field, value: json.length, expected });
      }
      const out: T[] = [];
      for (const [i, item] of json.entries()) {
        const value = inner.read(item, `${field}[${i}]`);
        if (isFailure(value)) return value;
        out.push(value);
      }
      return out;
    },
    write: (value) => value.map((item) => inner.write(item)),
    encode: (writer, value) => {
      writer.u32(value.length);
      for (const item of value) inner.encode(writer, item);
    },
  };
}

/** An object with exactly these fields. */
export function record<T extends object>(fields: Fields<T>): Codec<T> {
  const keys = (Object.keys(fields) as (keyof T & string)[]).sort(compareUtf8);
  return {
    read: (json, field) => {
      if (!isObject(json)) return bad(field, json, 'an object');
      const strange = Object.keys(json).find((key) => !Object.hasOwn(fields, key));
      if (strange !== undefined) return bad(`${field}.${strange}`, 'present', 'no such field');
      const out: Partial<Record<keyof T, unknown>> = {};
      for (const key of keys) {
        if (!Object.hasOwn(json, key)) {
          if (fields[key].optional === true) continue;
          return bad(`${field}.${key}`, 'missing', 'a field');
        }
        const value = fields[key].read(json[key], `${field}.${key}`);
        if (isFailure(value)) return value;
        out[key] = value;
      }
      return out as T;
    },
    write: (value) => {
      const out: Record<string, Value> = {};
      for (const key of keys) if (value[key] !== undefined) out[key] = fields[key].write(value[key]);
      return out;
    },
    encode: (writer, value) => {
      for (const key of keys) {
        const isPresent = value[key] !== undefined;
        if (fields[key].optional === true) writer.u8(isPresent ? 1 : 0);
        if (isPresent) fields[key].encode(writer, value[key]);
      }
    },
  };
}

/** Values by id, in ascending order of id (by code unit). */
export function mapOf<T>(inner: Codec<T>, sizeMax: number): Codec<ReadonlyMap<string, T>> {
  return {
    read: (json, field) => {
      if (!isObject(json)) return bad(field, json, 'an object');
      const keys = Object.keys(json).sort();
      if (keys.length > sizeMax) {
        return refuse('INPUT_TOO_LARGE', {
          field,
          value: keys.length,
          expected: `at most ${sizeMax} entries`,
        });
      }
      const out = new Map<string, T>();
      for (const key of keys) {
        const value = inner.read(json[key], `${field}.${key}`);
        if (isFailure(value)) return value;
        out.set(key, value);
      }
      return out;
    },
    write: (value) => Object.fromEntries([...value].map(([key, item]) => [key, inner.write(item)])),
    encode: (writer, value) => {
      writer.u32(value.size);
      for (const key of [...value.keys()].sort(compareUtf8)) {
        writeText(writer, key);
        inner.encode(writer, value.get(key)!);
      }
    },
  };
}

/** One of several objects, told apart by the word in `tag`. */
export function variant<T extends object>(tag: string, of: { readonly [name: string]: Codec<T> }): Codec<T> {
  const pick = (name: unknown): Codec<T> | undefined =>
    typeof name === 'string' && Object.hasOwn(of, name) ? of[name] : undefined;
  return {
    read: (json, field) => {
      const name = isObject(json) ? json[tag] : undefined;
      const found = pick(name);
      const expected = `one of ${Object.keys(of).join(', ')}`;
      return found === undefined ? bad(`${field}.${tag}`, name, expected) : found.read(json, field);
    },
    write: (value) => pick((value as JsonObject)[tag])!.write(value),
    encode: (writer, value) => {
      const name = (value as JsonObject)[tag] as string;
      writeText(writer, name);
      pick(name)!.encode(writer, value);
    },
  };
}

/** SHAPE_INVALID at `field`. */
export function bad(field: string, value: unknown, expected: string): Failure {
  const shown = Array.isArray(value) ? 'a list' : isObject(value) ? 'an object' : value;
  return refuse('SHAPE_INVALID', { field, value: shown, expected });
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
