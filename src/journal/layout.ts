import type { Value } from '../base/value.ts';

/** Where a value first failed to be what it must be: the path so far, and what was expected there. */
export type Reading = { readonly path: string[]; trouble: string | null };

/**
 * How one type of plain data lies in a canonical value: reads the value into it, or notes the first thing that does not fit in
 * `reading.trouble` and goes on with something of no meaning, so that whoever reads checks once, at the end.
 */
export type Layout<T> = (value: Value, reading: Reading) => T;

/** Notes what was expected at the place that is being read. */
function reject(reading: Reading, expected: string): void {
  reading.trouble ??= `${expected} at ${reading.path.join('.') || 'the top'}`;
}

export const text: Layout<string> = (value, reading) => {
  if (typeof value === 'string') return value;
  reject(reading, 'text');
  return '';
};

export const flag: Layout<boolean> = (value, reading) => {
  if (typeof value === 'boolean') return value;
  reject(reading, 'true or false');
  return false;
};

/** Any f64 but NaN, which has no encoding. */
export const f64: Layout<number> = (value, reading) => {
  if (typeof value === 'number') return value;
  reject(reading, 'a number');
  return 0;
};

export const finite: Layout<number> = (value, reading) => {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  reject(reading, 'a finite number');
  return 0;
};

export const atoms: Layout<bigint> = (value, reading) => {
  if (typeof value === 'bigint') return value;
  reject(reading, 'an integer');
  return 0n;
};

/** One of a few words. */
export function oneOf<const T extends string>(...words: readonly T[]): Layout<T> {
  const known: ReadonlySet<Value> = new Set(words);
  return (value, reading) => {
    if (known.has(value)) return value as T;
    reject(reading, words.join(' or '));
    return words[0]!;
  };
}

export function nullable<T>(inner: Layout<T>): Layout<T | null> {
  return (value, reading) => (value === null ? null : inner(value, reading));
}

export function list<T>(item: Layout<T>): Layout<readonly T[]> {
  return (value, reading) => {
    if (!Array.isArray(value)) {
      reject(reading, 'a list');
      return [];
    }
    const out: T[] = [];
    for (let index = 0; index < value.length && reading.trouble === null; index += 1) {
      reading.path.push(String(index));
      out.push(item(value[index] as Value, reading));
      reading.path.pop();
    }
    return out;
  };
}

/** A map from any key to values of one type. */
export function dictionary<T>(item: Layout<T>): Layout<Readonly<Record<string, T>>> {
  return (value, reading) => {
    if (!isMap(value)) {
      reject(reading, 'a map');
      return {};
    }
    const out: Record<string, T> = {};
    for (const key of Object.keys(value)) {
      if (key === '__proto__') reject(reading, 'no such key');
      else field(out, key, { value: value[key]!, layout: item, reading });
    }
    return out;
  };
}

/** The layout of every field of a record. */
export type Fields<T> = { readonly [K in keyof T]-?: Layout<Exclude<T[K], undefined>> };

/** Exactly these fields, in this order in the result; those of `optional` may be absent, and nothing else may be there. */
export function record<T extends object>(
  fields: Fields<T>,
  optional: readonly (keyof T & string)[] = [],
): Layout<T> {
  const keys = Object.keys(fields) as (keyof T & string)[];
  const mayLack: ReadonlySet<string> = new Set(optional);
  return (value, reading) => {
    const out: Record<string, unknown> = {};
    if (!isMap(value)) {
      reject(reading, 'a map');
      return out as T;
    }
    let seen = 0;
    for (const key of keys) {
      if (reading.trouble !== null) break;
      const inner = value[key];
      if (inner === undefined) {
        if (!mayLack.has(key)) reject(reading, `the field ${key}`);
        continue;
      }
      seen += 1;
      field(out, key, { value: inner, layout: fields[key] as Layout<unknown>, reading });
    }
    if (Object.keys(value).length !== seen) reject(reading, `no fields but ${keys.join(', ')}`);
    return out as T;
  };
}

/** One of several records, told apart by the word in the field `tag`. */
export function tagged<T extends object, K extends keyof T & string>(
  tag: K,
  variants: { readonly [W in T[K] & string]: Layout<Extract<T, { readonly [P in K]: W }>> },
): Layout<T> {
  const known = new Map<Value | undefined, Layout<T>>(Object.entries(variants) as [string, Layout<T>][]);
  return (value, reading) => {
    const layout = isMap(value) ? known.get(value[tag]) : undefined;
    if (layout !== undefined) return layout(value, reading);
    reject(reading, `${tag}: ${[...known.keys()].join(' or ')}`);
    return {} as T;
  };
}

function field(
  out: Record<string, unknown>,
  key: string,
  at: { readonly value: Value; readonly layout: Layout<unknown>; readonly reading: Reading },
): void {
  at.reading.path.push(key);
  out[key] = at.layout(at.value, at.reading);
  at.reading.path.pop();
}

function isMap(value: Value): value is { readonly [key: string]: Value } {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}
