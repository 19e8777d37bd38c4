import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Failure, isFailure } from '../base/failure.ts';
import type { Command } from '../engine/command.ts';
import { clockOf, type EngineState } from '../engine/state.ts';
import type { Clock } from '../io/clock.ts';
import { Driver } from '../io/driver.ts';
import type { MarketFeed } from '../io/feeds/feed.ts';
import { type Applied, recover } from '../io/replay.ts';
import { Sequencer } from '../io/sequencer.ts';
import { type KeyStore, openKeyStore } from '../io/store/keys.ts';
import { nativeSha256 } from '../io/store/sha256.ts';
import { openSqliteStore } from '../io/store/sqlite.ts';
import type { JournalStore } from '../journal/store.ts';
import { EventLog } from './event-log.ts';

export type VenueOptions = {
  /** Folder of the journal and the keys; made if there is none. */
  readonly dataDir: string;
  /** The clock to go by, not before the time given. */
  readonly clockFrom: (startMs: number) => Clock;
  /** What a venue begins with, in order: asked for once, when the journal is empty. */
  readonly opening: (nowMs: number) => readonly Command[] | Failure;
  /** The market that the venue goes by; null: frames come as commands. */
  readonly feed: (state: EngineState, clock: Clock) => MarketFeed | Failure | null;
  readonly tickMs: number;
  readonly inboxMax: number;
  /** A snapshot is kept after so many commands, and when the venue stops. */
  readonly snapshotEvery: number;
  /** Whether records before a snapshot are dropped once it is kept; whoever wants to replay them has a copy. */
  readonly compact: boolean;
  readonly eventsHeld: number;
  readonly onHalt: (failure: Failure, error: unknown) => void;
};

const BATCH_MAX = 256;
const HASH_EVERY = 1_000;

type Listener = (batch: readonly Applied[]) => void;
type Opened = {
  readonly store: JournalStore;
  readonly keyStore: KeyStore;
  readonly state: EngineState;
};

/** A venue that runs: its state, the way in, and everything around it that keeps it going. */
export class Venue {
  readonly state: EngineState;
  readonly clock: Clock;
  readonly sequencer: Sequencer;
  readonly events: EventLog;
  readonly keyStore: KeyStore;
  readonly #options: VenueOptions;
  readonly #store: JournalStore;
  readonly #driver: Driver;
  readonly #listeners: Listener[] = [];
  #feed: MarketFeed | null = null;
  #sinceSnapshot = 0;
  #isStopping = false;

  constructor(
    options: VenueOptions,
    opened: Opened,
    made: { clock: Clock; sequencer: Sequencer; events: EventLog },
  ) {
    this.#options = options;
    this.state = opened.state;
    this.clock = made.clock;
    this.sequencer = made.sequencer;
    this.events = made.events;
    this.keyStore = opened.keyStore;
    this.#store = opened.store;
    const { sequencer, clock } = made;
    this.#driver = new Driver({ sequencer, state: opened.state, clock, tickMs: options.tickMs });
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** Calls `listener` with every turn's commands and events, in order, after they are in force. */
  follow(listener: Listener): void {
    this.#listeners.push(listener);
  }

  get feed(): MarketFeed | null {
    return this.#feed;
  }

  /** Begins to live: time, liquidations and the feed. Refuses as the feed does. */
  start(): Failure | null {
    const feed = this.#options.feed(this.state, this.clock);
    if (isFailure(feed)) return feed;
    this.#feed = feed;
    this.#driver.start();
    feed?.start((frame) => this.sequencer.offer(frame));
    this.#driver.step();
    return null;
  }

  /** Takes nothing more, finishes what waits, keeps a snapshot, closes. */
  async stop(): Promise<void> {
    if (this.#isStopping) return;
    this.#isStopping = true;
    this.#feed?.stop();
    this.#driver.stop();
    await this.sequencer.drain();
    if (this.#sinceSnapshot > 0) this.sequencer.snapshot(this.#options.compact);
    this.#store.close();
    this.keyStore.close();
  }

  /** What follows from a turn; only the sequencer calls it. */
  afterTurn(batch: readonly Applied[]): void {
    this.events.add(batch);
    for (const listener of this.#listeners) listener(batch);
    this.#sinceSnapshot += batch.length;
    if (this.#sinceSnapshot >= this.#options.snapshotEvery) {
      this.#sinceSnapshot = 0;
      this.sequencer.snapshot(this.#options.compact);
    }
    this.#driver.step();
  }
}

/**
 * Opens the venue of a folder: rebuilt from its journal, or begun with its opening commands. Not yet started. Refuses what the journal
 * refuses, STATE_HASH_MISMATCH, and an opening that the engine refuses.
 */
export async function openVenue(options: VenueOptions): Promise<Venue | Failure> {
  mkdirSync(options.dataDir, { recursive: true });
  const store = openSqliteStore(join(options.dataDir, 'journal.sqlite'), nativeSha256);
  if (isFailure(store)) return store;
  const venue = await openOn(store, options);
  if (isFailure(venue)) store.close();
  return venue;
}

async function openOn(store: JournalStore, options: VenueOptions): Promise<Venue | Failure> {
  const events = new EventLog(options.eventsHeld);
  const rebuilt = recover(store, { sha256: nativeSha256, onApplied: (applied) => events.add([applied]) });
  if (isFailure(rebuilt)) return rebuilt;
  const keyStore = openKeyStore(join(options.dataDir, 'keys.sqlite'));
  if (isFailure(keyStore)) return keyStore;
  const { state, hasher } = rebuilt;
  const isNew = store.head().seqNext === 0;
  events.beginAt(events.since(-1).next().value?.seq ?? store.head().seqNext);
  const clock = options.clockFrom(Math.max(rebuilt.timeMs, clockOf(state).marketMs));
  const sequencer = new Sequencer({
    store,
    sha256: nativeSha256,
    clock,
    state,
    hasher,
    inboxMax: options.inboxMax,
    batchMax: BATCH_MAX,
    hashEvery: HASH_EVERY,
    onApplied: (batch) => venue.afterTurn(batch),
    onHalt: options.onHalt,
  });
  const venue: Venue = new Venue(options, { store, keyStore, state }, { clock, sequencer, events });
  const refused = isNew ? await begin(venue, options.opening(clock.nowMs())) : null;
  return refused ?? venue;
}

/** Gives the opening commands, each after the one before it. */
async function begin({ sequencer }: Venue, commands: readonly Command[] | Failure): Promise<Failure | null> {
  if (isFailure(commands)) return commands;
  for (const command of commands) {
    const outcome = await sequencer.submit(command);
    if (isFailure(outcome)) return outcome;
    const [first] = outcome.events;
    if (first?.kind === 'CommandRefused') return first.failure;
  }
  return null;
}
