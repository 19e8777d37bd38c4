import type { ErrorCode } from './catalogue.ts';

/** A refusal as data: what was wrong (`failure`), where (`field`), what came (`value`) and what was `expected`. */
export type Failure = {
  readonly failure: ErrorCode;
  readonly field: string;
  readonly value: string;
  readonly expected: string;
};

const VALUE_LENGTH_MAX = 120;

function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length <= VALUE_LENGTH_MAX ? text : `${text.slice(0, VALUE_LENGTH_MAX)}…`;
}

/** Makes a {@link Failure}; `value` may be anything and is shortened for display. */
export function refuse(
  failure: ErrorCode,
  where: { field: string; value: unknown; expected: string },
): Failure {
  return { failure, field: where.field, value: shown(where.value), expected: where.expected };
}

export function isFailure(value: unknown): value is Failure {
  return typeof value === 'object' && value !== null && 'failure' in value && 'expected' in value;
}

/** One line for a person: `CODE: field = value, expected …`. */
export function describeFailure(f: Failure): string {
  return `${f.failure}: ${f.field} = ${f.value}, expected ${f.expected}`;
}
