import { expect } from 'vitest';
import { capture, type Captured } from './capture.ts';
import type { Loose } from './documents.ts';

/** Words that only an answer holds. */
const LOOKS_LIKE_MARGIN = /headroom|\bmaintenance\b|initialUsd|equityUsd|marginRatio/i;

export type Expected = { readonly failure: string; readonly field: RegExp; readonly value?: RegExp };

/** A refusal says code, field, value and expectation, ends with 2, and nothing that looks like a margin is printed. */
export async function expectRefusal(argv: readonly string[], expected: Expected): Promise<void> {
  const machine = await capture([...argv, '--json']);
  const { error } = JSON.parse(machine.stdout) as Loose;
  expect(error).toEqual({
    failure: expected.failure,
    field: expect.stringMatching(expected.field),
    value: expected.value === undefined ? expect.any(String) : expect.stringMatching(expected.value),
    expected: expect.any(String),
  });
  expect(error.expected).not.toBe('');
  const person = await capture(argv);
  expect(person.stdout).toBe('');
  expect(person.stderr).toContain(`${expected.failure}: ${error.field} = ${error.value}, expected`);
  for (const one of [machine, person]) expectNothingElse(one);
}

function expectNothingElse({ stdout, stderr, exitCode }: Captured): void {
  expect(exitCode).toBe(2);
  expect(stdout + stderr).not.toMatch(LOOKS_LIKE_MARGIN);
  // oxlint-disable-next-line no-control-regex
  expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
}
