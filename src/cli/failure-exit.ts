import { describeFailure, type Failure } from '../base/failure.ts';

/** Exit codes: 0 done, 1 the thing asked about did not hold (a conformance case failed), 2 the input was refused. */
export const EXIT = { done: 0, negative: 1, refused: 2 } as const;

/** Ends a command with a refusal: one line on standard error, or the failure as JSON on standard output. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(describeFailure(failure));
    this.failure = failure;
  }
}

/** Unwraps a value, or ends the command with its refusal. Only the command line may do this. */
export function orRefuse<T>(value: T | Failure): T {
  if (typeof value === 'object' && value !== null && 'failure' in value && 'expected' in value) {
    throw new Refused(value as Failure);
  }
  return value as T;
}
