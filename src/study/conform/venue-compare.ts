import { describeFailure, type Failure, isFailure } from '../../base/failure.ts';
import type { ConformCase, ConformFile, ConformInput } from './suite.ts';
import { parseExactJson } from './venue-json.ts';

/** One number to compare. `scale` divides the difference: 1 = absolute, the magnitude of the number = relative. */
export type Comparison = {
  readonly field: string;
  readonly expected: number;
  readonly actual: number;
  readonly scale: number;
};

/** Passed where |actual − expected| / scale ≤ tolerance; a NaN fails. */
export function compareNumbers(name: string, tolerance: number, of: Comparison): ConformCase {
  const deviation = Math.abs(of.actual - of.expected) / of.scale;
  return {
    name,
    field: of.field,
    status: deviation <= tolerance ? 'passed' : 'failed',
    deviation,
    tolerance,
    expected: of.expected,
    actual: of.actual,
  };
}

/** A case that could not be computed. */
export function failedCase(name: string, why: Failure | string): ConformCase {
  const reason = isFailure(why) ? describeFailure(why) : why;
  return {
    name,
    field: 'input',
    status: 'failed',
    deviation: Infinity,
    tolerance: 0,
    expected: null,
    actual: null,
    reason,
  };
}

/** A case that upstream itself does not hold to. */
export function skippedCase(name: string, field: string, reason: string): ConformCase {
  return { name, field, status: 'skipped', deviation: 0, tolerance: 0, expected: null, actual: null, reason };
}

/** Every JSON file of an input, parsed; a file that is not JSON comes as a failed case. */
export function* jsonFiles(
  input: ConformInput,
): Generator<{ readonly file: ConformFile; readonly json: unknown } | ConformCase> {
  let seen = 0;
  for (const file of input.files) {
    if (!file.name.endsWith('.json') && input.files.length > 1) continue;
    seen += 1;
    const parsed = parseExactJson(file.text, file.name);
    yield isFailure(parsed) ? failedCase(file.name, parsed) : { file, json: parsed.json };
  }
  if (seen === 0) yield failedCase('input', 'no JSON file to read');
}
