/** A text that a suite reads: `name` is its path relative to what the user named, with `/` between parts. */
export type ConformFile = { readonly name: string; readonly text: string };

export type ConformInput = {
  /** The file the user named, or every file below the folder the user named, sorted by name. */
  readonly files: readonly ConformFile[];
  /** A file beside the one named (series that several files share); null where there is none. */
  readonly sibling: (name: string) => string | null;
};

/**
 * One comparison. `deviation` ≤ `tolerance` passes; both are in the measure that the suite states (relative or absolute).
 * A case that upstream itself calls invalid is `skipped`, with the reason.
 */
export type ConformCase = {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly field: string;
  readonly deviation: number;
  readonly tolerance: number;
  readonly expected: number | string | null;
  readonly actual: number | string | null;
  readonly reason?: string;
};

export type ConformSuite = {
  readonly id: string;
  /** What is compared with what, in one sentence. */
  readonly about: string;
  /** Yields cases as they are computed, so that a caller can show progress. Malformed input yields a failed case. */
  readonly run: (input: ConformInput) => Iterable<ConformCase>;
};
