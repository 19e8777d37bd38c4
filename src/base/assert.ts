/** Thrown when the program itself is wrong. Never thrown for what a user sent: that is a {@link Failure}. */
export class AssertionFailed extends Error {
  override readonly name = 'AssertionFailed';
}

/** Stops the program when an invariant does not hold; stays on in production. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionFailed(message);
}

/** Closes an exhaustive switch: a new variant without a branch is a type error here. */
export function unreachable(value: never): never {
  throw new AssertionFailed(`unreachable: ${String(value)}`);
}
