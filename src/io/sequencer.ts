import { assert } from '../base/assert.ts';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { Sha256 } from '../base/sha256.ts';
import { apply } from '../engine/apply.ts';
import type { Command, MarketFrame } from '../engine/command.ts';
import type { EngineState } from '../engine/state.ts';
import { decodeCommand, encodeCommand, recordKindOf } from '../journal/command.ts';
import { encodeState, type StateHasher } from '../journal/engine-state.ts';
import type { JournalEntry, JournalRecord } from '../journal/record.ts';
import type { JournalStore } from '../journal/store.ts';
import type { Clock } from './clock.ts';
import { FrameBuffer } from './conflate.ts';
import type { Applied } from './replay.ts';
import { GroupCommit, type GroupCommitReport } from './store/group-commit.ts';

export type SequencerOptions = {
  readonly store: JournalStore;
  readonly sha256: Sha256;
  readonly clock: Clock;
  readonly state: EngineState;
  readonly hasher: StateHasher;
  /** Commands that may wait for their turn; one more is refused. */
  readonly inboxMax: number;
  /** Commands in one turn, and so in one commit. */
  readonly batchMax: number;
  /** A state hash is recorded after so many commands. */
  readonly hashEvery: number;
  /** What a turn applied, in order, once all of it is done. Must not throw. */
  readonly onApplied: (batch: readonly Applied[]) => void;
  /** Once, when the engine halts; `error` where a defect did it. */
  readonly onHalt: (failure: Failure, error: unknown) => void;
};

export type SequencerReport = {
  readonly waiting: number;
  readonly commands: number;
  readonly hashes: number;
  readonly journal: GroupCommitReport;
  readonly halted: Failure | null;
};

type Waiting = {
  readonly bytes: Uint8Array;
  readonly kind: JournalEntry['kind'];
  readonly settle: (outcome: Applied | Failure) => void;
};

/**
 * The one way into the engine. Commands wait in a bounded inbox in order of arrival; frames of the market wait conflated. A turn stamps
 * what waits with its place and one time, writes it durably, and only then applies it: what the journal does not have has not happened.
 * What is applied is what was written, decoded again, so a replay applies the very same. If the journal cannot write, or the engine has a
 * defect, everything after is refused (JOURNAL_WRITE_FAILED, ENGINE_HALTED).
 */
export class Sequencer {
  readonly #options: SequencerOptions;
  readonly #journal: GroupCommit;
  readonly #frames = new FrameBuffer();
  #inbox: Waiting[] = [];
  #idle: (() => void)[] = [];
  #isTurning = false;
  #halted: Failure | null = null;
  #commands = 0;
  #hashes = 0;
  #sinceHash = 0;

  constructor(options: SequencerOptions) {
    this.#options = options;
    this.#journal = new GroupCommit({
      store: options.store,
      sha256: options.sha256,
      batchMax: options.batchMax + 2,
      pendingMax: options.batchMax + 2,
      nowMs: () => performance.now(),
    });
  }

  get halted(): Failure | null {
    return this.#halted;
  }

  /** The command as it was applied, once it is durable and done. Resolves, never rejects. Refuses ENCODING_INVALID, JOURNAL_OVERLOADED. */
  submit(command: Command): Promise<Applied | Failure> {
    if (this.#halted !== null) return Promise.resolve(this.#halted);
    if (this.#inbox.length >= this.#options.inboxMax) {
      const expected = `at most ${this.#options.inboxMax} commands that wait`;
      return Promise.resolve(
        refuse('JOURNAL_OVERLOADED', { field: 'inbox', value: this.#inbox.length, expected }),
      );
    }
    const bytes = encodeCommand(command);
    if (isFailure(bytes)) return Promise.resolve(bytes);
    return new Promise((settle) => {
      this.#inbox.push({ bytes, kind: recordKindOf(command), settle });
      this.#schedule();
    });
  }

  /** Takes a frame of a feed into the next turn, conflated with what waits. */
  offer(frame: MarketFrame): void {
    if (this.#halted !== null) return;
    this.#frames.add(frame);
    this.#schedule();
  }

  /** Resolves when nothing waits any more. */
  drain(): Promise<void> {
    if (!this.#isTurning) return Promise.resolve();
    return new Promise((settle) => this.#idle.push(settle));
  }

  assess(): SequencerReport {
    const counts = { commands: this.#commands, hashes: this.#hashes };
    const journal = this.#journal.assess();
    return { waiting: this.#inbox.length, ...counts, journal, halted: this.#halted };
  }

  /** Keeps a snapshot of the state as it is between two turns; with `compact`, drops the records before it. */
  snapshot(compact: boolean): Failure | null {
    const { store, state, hasher } = this.#options;
    if (this.#halted !== null) return this.#halted;
    const stateHash = hasher.hash(state);
    const saved = store.saveSnapshot({ head: store.head(), stateHash, chunks: [...encodeState(state)] });
    if (isFailure(saved)) return this.#halt(saved, null);
    const dropped = compact ? store.compact() : 0;
    return isFailure(dropped) ? this.#halt(dropped, null) : null;
  }

  #schedule(): void {
    if (this.#isTurning) return;
    this.#isTurning = true;
    setImmediate(() => void this.#turn());
  }

  async #turn(): Promise<void> {
    const batch = this.#takeBatch();
    const applied = this.#halted === null ? await this.#commit(batch) : [];
    if (this.#halted !== null) this.#refuseAll(batch);
    if (applied.length > 0) this.#options.onApplied(applied);
    this.#isTurning = false;
    if (this.#inbox.length > 0 || !this.#frames.isEmpty) {
      this.#schedule();
      return;
    }
    for (const settle of this.#idle.splice(0)) settle();
  }

  /** The market first, then commands as they came. */
  #takeBatch(): Waiting[] {
    const commands = this.#inbox.splice(0, this.#options.batchMax);
    const frame = this.#frames.take();
    if (frame === null) return commands;
    const bytes = encodeCommand(frame);
    assert(!isFailure(bytes), 'a feed emits frames that have an encoding');
    return [{ bytes, kind: 'command', settle: () => undefined }, ...commands];
  }

  /** Writes a batch, then applies it. A batch of which nothing was applied is settled by whoever called. */
  async #commit(batch: readonly Waiting[]): Promise<Applied[]> {
    const { clock, hashEvery, hasher, state } = this.#options;
    const timeMs = clock.nowMs();
    if (this.#sinceHash >= hashEvery) {
      void this.#journal.submit({ timeMs, kind: 'stateHash', payload: hasher.hash(state) });
      this.#sinceHash = 0;
      this.#hashes += 1;
    }
    const writing = batch.map(({ bytes, kind }) => this.#journal.submit({ timeMs, kind, payload: bytes }));
    this.#journal.flush();
    const records = await Promise.all(writing);
    const applied: Applied[] = [];
    for (const [index, record] of records.entries()) {
      const outcome = isFailure(record) ? this.#refuse(record) : this.#apply(record);
      if (!isFailure(outcome)) applied.push(outcome);
      batch[index]!.settle(outcome);
      if (this.#halted !== null) break;
    }
    return applied;
  }

  /** A record too large is its sender's business alone; anything else that keeps a record from the disk halts the engine. */
  #refuse(failure: Failure): Failure {
    return failure.failure === 'INPUT_TOO_LARGE' ? failure : this.#halt(failure, null);
  }

  #apply({ seq, timeMs, payload }: JournalRecord): Applied | Failure {
    try {
      const command = decodeCommand(payload);
      assert(!isFailure(command), 'what was written can be read');
      const events = apply(this.#options.state, { seq, timeMs, command });
      this.#commands += 1;
      this.#sinceHash += 1;
      return { seq, timeMs, command, events };
    } catch (error) {
      const expected = 'a command without a defect behind it';
      return this.#halt(refuse('ENGINE_HALTED', { field: 'seq', value: seq, expected }), error);
    }
  }

  #halt(failure: Failure, error: unknown): Failure {
    if (this.#halted !== null) return this.#halted;
    this.#halted = failure;
    this.#frames.take();
    this.#options.onHalt(failure, error);
    return failure;
  }

  /** Settling what is settled does nothing. */
  #refuseAll(batch: readonly Waiting[]): void {
    for (const { settle } of [...batch, ...this.#inbox.splice(0)]) settle(this.#halted!);
  }
}
