import { type Failure, describeFailure } from '../base/failure.ts';

/** The statements that a venue is asked to prove. */
export const STATEMENTS = {
  S1: 'your account is counted, once',
  S2: 'no debt hides a claim',
  S3: 'each asset is covered',
  S4: 'the derivatives book closes',
  S5: 'your margin was computed as published',
  S6: 'you are margined, or visibly in the queue',
  S7: 'one set of parameters, the one shown here',
  S8: 'history is append-only and witnessed',
  S9: 'the state follows from the journal',
  S10: 'the liquidation was due',
} as const;
export type StatementId = keyof typeof STATEMENTS;
export const STATEMENT_IDS: readonly StatementId[] = Object.keys(STATEMENTS) as StatementId[];

/** `not-proven-here` is said of what this file cannot show, whoever made it. */
export type Outcome = 'proven' | 'failed' | 'not-proven-here';

/** One line of the answer. `reason` says what was checked, what is wrong, or where the proof would be. */
export type Line = {
  readonly id: StatementId;
  readonly title: string;
  readonly outcome: Outcome;
  readonly reason: string;
};

/** The answer: what the file is about, and a line for every statement. */
export type Verdict = {
  readonly account: string;
  readonly origin: string;
  readonly epoch: number;
  readonly timeMs: number;
  readonly lines: readonly Line[];
  /** The checkpoint to keep for the next time; null where history failed. */
  readonly checkpoint: string | null;
};

/** What no statement of this kind proves, ever (PROOF-043). */
export const NEVER_PROVEN: readonly string[] = [
  'that prices, volatilities and stated reserves are true',
  'that the risk model is adequate',
  'that reserves are unencumbered and were not borrowed for the day',
  'debts that were never entered in the books',
  'accounts whose owners do not check: if a share f of them does, m altered accounts go unseen with probability (1 − f)^m',
  'order fairness, timeliness, and what happened between epochs, except by replay',
  'that the venue’s machines and this verifier do what their source says',
  'that the liquidation queue is worked off',
];

/** What a check found: words for a proven line, a failure for a failed one, or why it is not proven here. */
export type Finding = string | Failure | { readonly notHere: string };

export function toLine(id: StatementId, finding: Finding): Line {
  const title = STATEMENTS[id];
  if (typeof finding === 'string') return { id, title, outcome: 'proven', reason: finding };
  if ('notHere' in finding) return { id, title, outcome: 'not-proven-here', reason: finding.notHere };
  return { id, title, outcome: 'failed', reason: describeFailure(finding) };
}

/** A failed line for what would have been proven, had history not failed. */
export function withoutHistory(line: Line): Line {
  if (line.id === 'S8' || line.outcome !== 'proven') return line;
  return { ...line, outcome: 'failed', reason: 'rests on S8, which failed' };
}
