import type { Applied } from '../io/replay.ts';

/** The last events, in memory, for who follows them: older ones are in the journal, which makes them again. */
export class EventLog {
  readonly #commandsMax: number;
  #held: Applied[] = [];
  #seqFirst = 0;

  constructor(commandsMax: number) {
    this.#commandsMax = commandsMax;
  }

  /** First sequence number whose events are held, if that command had any. */
  get seqFirst(): number {
    return this.#seqFirst;
  }

  add(batch: readonly Applied[]): void {
    for (const applied of batch) this.#held.push(applied);
    if (this.#held.length < 2 * this.#commandsMax) return;
    this.#held = this.#held.slice(-this.#commandsMax);
    this.#seqFirst = this.#held[0]!.seq;
  }

  /** Says that nothing before `seq` was seen. */
  beginAt(seq: number): void {
    this.#seqFirst = seq;
  }

  /** Commands with a sequence number above `after`, in order. */
  *since(after: number): Generator<Applied, void> {
    let low = 0;
    let high = this.#held.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#held[middle]!.seq <= after) low = middle + 1;
      else high = middle;
    }
    for (let at = low; at < this.#held.length; at += 1) yield this.#held[at]!;
  }
}
