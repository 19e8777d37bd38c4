import { assert } from '../base/assert.ts';
import { toBase64 } from '../base/base64.ts';
import { ByteWriter } from '../base/bytes.ts';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { Sha256 } from '../base/sha256.ts';
import { compareUtf8, type Value } from '../base/value.ts';
import type { Codec } from './codec.ts';
import { type Domain, hashTagged } from './domain.ts';

/** The one byte sequence of a value (PROOF-001): what is hashed and signed. */
export function canonicalBytes<T>(codec: Codec<T>, value: T): Uint8Array {
  const writer = new ByteWriter();
  codec.encode(writer, value);
  return writer.take();
}

/** SHA-256 of a value's canonical bytes under its own domain. */
export function hashOf<T>(
  of: { readonly domain: Domain; readonly codec: Codec<T> },
  value: T,
  sha256: Sha256,
): Uint8Array {
  return hashTagged(sha256, of.domain, canonicalBytes(of.codec, value));
}

/**
 * The one JSON text of a value (PROOF-002): no spaces, keys ascending as UTF-8, whole numbers as decimal text, f64 as the shortest
 * JSON number (−0 is `-0`), bytes as base 64.
 */
export function canonicalText<T>(codec: Codec<T>, value: T): string {
  return jsonOf(codec.write(value));
}

/**
 * The value of canonical JSON text. Refuses INPUT_TOO_LARGE, MALFORMED_JSON, what the codec refuses, and ENCODING_INVALID for
 * any text but the one that {@link canonicalText} gives for the same value.
 */
export function parseCanonical<T>(
  codec: Codec<T>,
  source: string,
  of: { readonly field: string; readonly lengthMax: number },
): T | Failure {
  const { field, lengthMax } = of;
  if (source.length > lengthMax) {
    const expected = `at most ${lengthMax} characters`;
    return refuse('INPUT_TOO_LARGE', { field, value: source.length, expected });
  }
  const parsed = parseJson(source, field);
  if (isFailure(parsed)) return parsed;
  const value = codec.read(parsed.json, field);
  if (isFailure(value) || canonicalText(codec, value) === source) return value;
  const expected = 'the one canonical text: no spaces, keys ascending, plain numbers';
  return refuse('ENCODING_INVALID', { field, value: `${source.length} characters`, expected });
}

/** In a wrapper, so that no document can pass for a refusal. */
function parseJson(source: string, field: string): { readonly json: unknown } | Failure {
  try {
    return { json: JSON.parse(source) as unknown };
  } catch (error) {
    return refuse('MALFORMED_JSON', { field, value: (error as Error).message, expected: 'JSON' });
  }
}

/** The one JSON text of a canonical value. */
export function jsonOf(value: Value): string {
  switch (typeof value) {
    case 'bigint':
      return `"${value}"`;
    case 'number':
      assert(Number.isFinite(value), 'a codec writes finite numbers');
      return Object.is(value, -0) ? '-0' : String(value);
    case 'object':
      return jsonOfObject(value);
    default:
      return JSON.stringify(value);
  }
}

function jsonOfObject(value: Value & (object | null)): string {
  if (value === null) return 'null';
  if (value instanceof Uint8Array) return `"${toBase64(value)}"`;
  if (Array.isArray(value)) return `[${value.map((item: Value) => jsonOf(item)).join(',')}]`;
  const map = value as { readonly [key: string]: Value };
  const keys = Object.keys(map).sort(compareUtf8);
  return `{${keys.map((key) => `${JSON.stringify(key)}:${jsonOf(map[key]!)}`).join(',')}}`;
}
