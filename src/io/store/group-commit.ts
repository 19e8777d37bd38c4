import { type Failure, isFailure, refuse } from '../../base/failure.ts';
import {
  type ChainHead,
  headAfter,
  type JournalEntry,
  type JournalRecord,
  PAYLOAD_BYTES_MAX,
  sealRecord,
} from '../../journal/record.ts';
import type { Sha256 } from '../../base/sha256.ts';
import type { JournalStore } from '../../journal/store.ts';

export type GroupCommitOptions = {
  readonly store: JournalStore;
  readonly sha256: Sha256;
  /** Records in one commit, at most. */
  readonly batchMax: number;
  /** Records that may wait for the disk; one more is refused. */
  readonly pendingMax: number;
  /** A clock that only goes forward, in milliseconds. */
  readonly nowMs: () => number;
};

/** Latency is from submission to durable, over the last {@link LATENCY_WINDOW} records; zero before the first. */
export type GroupCommitReport = {
  readonly records: number;
  readonly batches: number;
  readonly pending: number;
  readonly latencyMsP50: number;
  readonly latencyMsP99: number;
  readonly latencyMsMax: number;
};

export const LATENCY_WINDOW = 8192;

type Waiting = {
  readonly entry: JournalEntry;
  readonly sinceMs: number;
  readonly settle: (outcome: JournalRecord | Failure) => void;
};

/**
 * The only writer of a store (JOURNAL-007): entries that arrive while one turn of the event loop runs are sealed in order of arrival
 * and committed together, with one synchronisation of the disk.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  readonly #latencies = new Float64Array(LATENCY_WINDOW);
  #waiting: Waiting[] = [];
  #head: ChainHead;
  #halt: Failure | null = null;
  #isScheduled = false;
  #records = 0;
  #batches = 0;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    this.#head = options.store.head();
  }

  /**
   * The entry's record, once it is on the disk. Resolves (never rejects) in order of submission.
   * Refuses INPUT_TOO_LARGE, JOURNAL_OVERLOADED (try later); after a write failed, everything with that failure.
   */
  submit(entry: JournalEntry): Promise<JournalRecord | Failure> {
    const bad = this.#halt ?? this.#judge(entry);
    if (bad !== null) return Promise.resolve(bad);
    return new Promise((settle) => {
      this.#waiting.push({ entry, sinceMs: this.#options.nowMs(), settle });
      this.#schedule();
    });
  }

  /** Commits what waits, now. */
  flush(): void {
    while (this.#waiting.length > 0) this.#commit();
  }

  assess(): GroupCommitReport {
    const seen = this.#latencies.slice(0, Math.min(this.#records, LATENCY_WINDOW)).toSorted();
    const quantile = (share: number): number => seen[Math.ceil(share * seen.length) - 1] ?? 0;
    return {
      records: this.#records,
      batches: this.#batches,
      pending: this.#waiting.length,
      latencyMsP50: quantile(0.5),
      latencyMsP99: quantile(0.99),
      latencyMsMax: quantile(1),
    };
  }

  #judge(entry: JournalEntry): Failure | null {
    const { pendingMax } = this.#options;
    if (entry.payload.length > PAYLOAD_BYTES_MAX) {
      const expected = `at most ${PAYLOAD_BYTES_MAX} bytes`;
      return refuse('INPUT_TOO_LARGE', { field: 'payload', value: entry.payload.length, expected });
    }
    if (this.#waiting.length < pendingMax) return null;
    const expected = `at most ${pendingMax} records that wait for the disk`;
    return refuse('JOURNAL_OVERLOADED', { field: 'journal', value: this.#waiting.length, expected });
  }

  /** After input and output of this turn have been handled, so that all of it shares a commit. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (this.#waiting.length > 0) this.#commit();
      if (this.#waiting.length > 0) this.#schedule();
    });
  }

  #commit(): void {
    const batch = this.#waiting.splice(0, this.#options.batchMax);
    const records: JournalRecord[] = [];
    let head = this.#head;
    for (const { entry } of batch) {
      const record = sealRecord(head, entry, this.#options.sha256);
      records.push(record);
      head = headAfter(record);
    }
    const outcome = this.#halt ?? this.#options.store.append(this.#head.seqNext, records);
    if (isFailure(outcome)) {
      this.#halt = outcome;
      for (const { settle } of batch) settle(outcome);
      return;
    }
    this.#head = outcome;
    this.#batches += 1;
    const nowMs = this.#options.nowMs();
    for (const [index, { settle, sinceMs }] of batch.entries()) {
      this.#latencies[this.#records % LATENCY_WINDOW] = nowMs - sinceMs;
      this.#records += 1;
      settle(records[index]!);
    }
  }
}
