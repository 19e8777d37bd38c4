import type { ErrorCode } from './catalogue.ts';

/** A refusal as data (INPUT-004): what was wrong (`failure`), where (`field`), what came (`value`) and what was `expected`. */
export type Failure = {
  readonly failure: ErrorCode;
  readonly field: string;
  readonly value: string;
  readonly expected: string;
};

const VALUE_LENGTH_MAX = 120;
const FIELD_LENGTH_MAX = 300;
/** Characters that would steer a terminal or hide text in it. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return visible(text, VALUE_LENGTH_MAX);
}

function visible(text: string, lengthMax: number): string {
  const short = text.length <= lengthMax ? text : `${text.slice(0, lengthMax)}…`;
  return short.replace(INVISIBLE, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);
}

/** Makes a {@link Failure}; `value` may be anything. Value and field are shortened, and made safe to print, for display. */
export function refuse(
  failure: ErrorCode,
  where: { field: string; value: unknown; expected: string },
): Failure {
  const field = visible(where.field, FIELD_LENGTH_MAX);
  return { failure, field, value: shown(where.value), expected: where.expected };
}

export function isFailure(value: unknown): value is Failure {
  return typeof value === 'object' && value !== null && 'failure' in value && 'expected' in value;
}

/** One line for a person: `CODE: field = value, expected …`. */
export function describeFailure(f: Failure): string {
  return `${f.failure}: ${f.field} = ${f.value}, expected ${f.expected}`;
}
