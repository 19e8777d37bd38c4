import type { Static, TSchema } from 'typebox';
import { Check, Errors } from 'typebox/schema';
import { type Failure, refuse } from '../base/failure.ts';

/**
 * Checks `value` against a schema. The first part that does not fit is refused with its path, value and expectation: INPUT_TOO_LARGE
 * for a list that is too long (looked at first, as checking it would take long), NUMBER_NOT_FINITE, NUMBER_OUT_OF_RANGE, else SHAPE_INVALID.
 */
export function parseShape<S extends TSchema>(schema: S, value: unknown, field: string): Static<S> | Failure {
  const whole: Place = { schema: schema as Node, value, field };
  const long = tooLong(whole);
  if (long !== null) return long;
  return Check(schema, value) ? (value as Static<S>) : explain(deepest(whole));
}

/** What is read of a schema here. */
type Node = TSchema & {
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly Node[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly patternProperties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly maxItems?: number;
};

type Place = { readonly schema: Node; readonly value: unknown; readonly field: string };
type Json = { readonly [key: string]: unknown };

/** The innermost part that does not fit: what a person can correct. */
function deepest(place: Place): Place {
  for (const inner of partsOf(place)) if (!Check(inner.schema, inner.value)) return deepest(inner);
  return place;
}

function* partsOf({ schema, value, field }: Place): Generator<Place> {
  if (schema.anyOf !== undefined) {
    const variant = schema.anyOf.find((v) => isMeant(v, value));
    if (variant !== undefined) yield { schema: variant, value, field };
  } else if (Array.isArray(value)) {
    if (schema.items === undefined || value.length > (schema.maxItems ?? Infinity)) return;
    for (const [i, item] of value.entries())
      yield { schema: schema.items, value: item, field: `${field}[${i}]` };
  } else if (isObject(value)) {
    for (const [key, inner] of Object.entries(value)) {
      const known = schema.properties !== undefined && Object.hasOwn(schema.properties, key);
      const found = known ? schema.properties[key] : Object.values(schema.patternProperties ?? {})[0];
      if (found !== undefined) yield { schema: found, value: inner, field: `${field}.${key}` };
    }
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a variant of a union is the one that was meant: an object by its tag, anything else by its type. */
function isMeant(variant: Node, value: unknown): boolean {
  if (!isObject(value)) return variant.const === undefined && variant.type === typeof value;
  const tags = Object.entries(variant.properties ?? {}).filter(([, inner]) => inner.const !== undefined);
  return variant.type === 'object' && tags.every(([key, inner]) => value[key] === inner.const);
}

function tooLong(place: Place): Failure | null {
  const { schema, value, field } = place;
  if (Array.isArray(value) && value.length > (schema.maxItems ?? Infinity)) {
    const expected = `at most ${schema.maxItems} items`;
    return refuse('INPUT_TOO_LARGE', { field, value: `${value.length} items`, expected });
  }
  for (const inner of partsOf(place)) {
    if (typeof inner.value !== 'object') continue;
    const long = tooLong(inner);
    if (long !== null) return long;
  }
  return null;
}

function explain({ schema, value, field }: Place): Failure {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return refuse('NUMBER_NOT_FINITE', { field, value, expected: 'a finite number' });
  }
  if (schema.anyOf !== undefined) return explainUnion(schema.anyOf, value, field);
  const [, errors] = Errors(schema, value);
  const error = errors[0]!;
  const key = error.instancePath.split('/')[1];
  if (error.keyword === 'boolean' && key !== undefined && isObject(value)) {
    const at = `${field}.${key}`;
    return refuse('SHAPE_INVALID', { field: at, value: shown(value[key]), expected: 'no such field' });
  }
  const code = RANGES.has(error.keyword) ? 'NUMBER_OUT_OF_RANGE' : 'SHAPE_INVALID';
  return refuse(code, { field, value: shown(value), expected: expectationOf(schema, error) });
}

const RANGES: ReadonlySet<string> = new Set(['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum']);

function expectationOf(
  schema: Node,
  error: { readonly keyword: string; readonly message: string; readonly params: object },
): string {
  if (schema.const !== undefined) return String(schema.const);
  if ('requiredProperties' in error.params) return `the fields ${String(error.params.requiredProperties)}`;
  return error.message.replace(/^must (be )?/, '');
}

function explainUnion(variants: readonly Node[], value: unknown, field: string): Failure {
  const tag = Object.entries(variants[0]?.properties ?? {}).find(
    ([, inner]) => inner.const !== undefined,
  )?.[0];
  if (tag === undefined || !isObject(value)) {
    const names = variants.map((v) => String(v.const ?? v.type));
    return refuse('SHAPE_INVALID', { field, value: shown(value), expected: names.join(' or ') });
  }
  const names = variants.map((v) => String(v.properties?.[tag]?.const));
  return refuse('SHAPE_INVALID', {
    field: `${field}.${tag}`,
    value: shown(value[tag]),
    expected: names.join(' or '),
  });
}

/** Objects and lists by their kind alone: they may be of any size. */
function shown(value: unknown): unknown {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return isObject(value) ? 'an object' : value;
}
