import type { Static, TSchema } from 'typebox';
import { Check, Errors } from 'typebox/schema';
import { type Failure, refuse } from '../base/failure.ts';

/** Depth below which no document of ours goes; deeper input is refused before it can exhaust the stack. */
const DEPTH_MAX = 64;

/** Parses JSON text; refuses MALFORMED_JSON with the parser's own words, and nesting deeper than {@link DEPTH_MAX}. */
export function parseJson(text: string, field: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return depthOf(value, 0) > DEPTH_MAX
      ? refuse('SHAPE_INVALID', { field, value: 'nested too deep', expected: `at most ${DEPTH_MAX} levels` })
      : value;
  } catch (error) {
    return refuse('MALFORMED_JSON', { field, value: String((error as Error).message), expected: 'JSON' });
  }
}

function depthOf(value: unknown, depth: number): number {
  if (depth > DEPTH_MAX || typeof value !== 'object' || value === null) return depth;
  let deepest = depth;
  for (const inner of Object.values(value)) deepest = Math.max(deepest, depthOf(inner, depth + 1));
  return deepest;
}

/** Checks `value` against a schema; the first mismatch becomes a SHAPE_INVALID with its path, value and expectation. */
export function parseShape<S extends TSchema>(schema: S, value: unknown, field: string): Static<S> | Failure {
  if (Check(schema, value)) return value as Static<S>;
  const [, errors] = Errors(schema, value);
  const error = errors.find((e) => !OUTER_KEYWORDS.has(e.keyword)) ?? errors[0]!;
  const path = error.instancePath.split('/').slice(1);
  return refuse('SHAPE_INVALID', {
    field: toFieldPath(field, path),
    value: toText(pick(value, path)),
    expected: error.keyword === 'boolean' ? 'no such field' : error.message.replace(/^must (be )?/, ''),
  });
}

/** Keywords that only repeat what a deeper error says better. */
const OUTER_KEYWORDS: ReadonlySet<string> = new Set(['anyOf', 'additionalProperties', 'allOf', 'oneOf']);

function toFieldPath(root: string, path: readonly string[]): string {
  return path.reduce((text, part) => (/^\d+$/.test(part) ? `${text}[${part}]` : `${text}.${part}`), root);
}

function toText(value: unknown): string {
  return value === undefined ? 'missing' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function pick(value: unknown, path: readonly string[]): unknown {
  let at: unknown = value;
  for (const part of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string, unknown>)[part];
  }
  return at;
}
