/**
 * Tools that look at how a requirement moves from day to day (RTS 153/2013, article 28). Each is a fold: the state is plain data, and one
 * step takes what is calculated today to what is called.
 */

/** `reference`: slow average of the calculated requirement, USD; null before the first day. */
export type BufferState = { readonly reference: number | null };

export type BufferSpec = {
  /** On top of the calculated requirement in quiet times, 0.25 by the rule. */
  readonly bufferFrac: number;
  /** Decay per day with which the reference follows: the buffer is rebuilt over 1/(1 − decay) days. */
  readonly decay: number;
};

export const DEFAULT_BUFFER: BufferSpec = { bufferFrac: 0.25, decay: 0.99 };

/**
 * A buffer that is drawn down: called = max(calculated, (1 + buffer) · min(calculated, reference)). While requirements rise above their slow
 * average, the call stays where the buffer put it until it is used up; it is rebuilt as the average follows. Never below calculated.
 */
export function stepBuffer(
  state: BufferState,
  calculated: number,
  spec: BufferSpec,
): { readonly state: BufferState; readonly called: number } {
  const reference =
    state.reference === null ? calculated : spec.decay * state.reference + (1 - spec.decay) * calculated;
  const called = Math.max(calculated, (1 + spec.bufferFrac) * Math.min(calculated, reference));
  return { state: { reference }, called };
}

/**
 * Speed limit: a parameter, or the level of a requirement, goes towards its target by at most `frac` of itself a day, in either
 * direction. The first step takes the target.
 */
export function stepTowards(before: number | null, target: number, frac: number): number {
  if (before === null) return target;
  return Math.min(before * (1 + frac), Math.max(before / (1 + frac), target));
}
