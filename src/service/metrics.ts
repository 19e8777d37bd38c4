import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Applied } from '../io/replay.ts';
import type { Venue } from './venue.ts';

/** Seconds, from a tenth of a millisecond to ten. */
const BUCKETS = [0.0001, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** Figures for Prometheus; one registry per service. */
export type Metrics = {
  readonly registry: Registry;
  readonly requests: Histogram<'route' | 'status'>;
  readonly connections: Gauge;
  readonly dropped: Counter;
};

/** Makes the figures of a venue; those that are only looked at are read when they are scraped. */
export function createMetrics(venue: Venue): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const commands = new Counter({
    name: 'plimsoll_commands_total',
    help: 'Commands applied, by kind and whether the engine refused them.',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  const happened = new Counter({
    name: 'plimsoll_events_total',
    help: 'Events, by kind.',
    labelNames: ['kind'],
    registers,
  });
  venue.follow((batch: readonly Applied[]) => {
    for (const { command, events } of batch) {
      const outcome = events[0]?.kind === 'CommandRefused' ? 'refused' : 'done';
      commands.inc({ kind: command.kind, outcome });
      for (const { kind } of events) happened.inc({ kind });
    }
  });
  addGauges(venue, registers);
  return {
    registry,
    requests: new Histogram({
      name: 'plimsoll_http_seconds',
      help: 'Time to answer a request.',
      labelNames: ['route', 'status'],
      buckets: BUCKETS,
      registers,
    }),
    connections: new Gauge({ name: 'plimsoll_stream_connections', help: 'Open streams.', registers }),
    dropped: new Counter({
      name: 'plimsoll_stream_dropped_total',
      help: 'Streams closed because their client read too slowly.',
      registers,
    }),
  };
}

function addGauges(venue: Venue, registers: Registry[]): void {
  const { state, sequencer } = venue;
  const read: readonly (readonly [name: string, help: string, value: () => number])[] = [
    ['market_revision', 'Revision of the market.', () => state.tables.clock.items[0]?.revision ?? 0],
    ['accounts', 'Accounts, sleeves included.', () => state.tables.accounts.items.length],
    ['margin_calls', 'Accounts under a margin call.', () => state.called.size],
    ['liquidations', 'Accounts in liquidation.', () => state.liquidating.size],
    ['inbox_waiting', 'Commands that wait for their turn.', () => sequencer.assess().waiting],
    ['halted', '1 once the engine has halted.', () => (sequencer.halted === null ? 0 : 1)],
    ['journal_records', 'Records written since the start.', () => sequencer.assess().journal.records],
    ['journal_commits', 'Synchronised commits since the start.', () => sequencer.assess().journal.batches],
    [
      'journal_latency_p50_seconds',
      'Time to durable, median of the last records.',
      () => sequencer.assess().journal.latencyMsP50 / 1_000,
    ],
    [
      'journal_latency_p99_seconds',
      'Time to durable, 99th percentile of the last records.',
      () => sequencer.assess().journal.latencyMsP99 / 1_000,
    ],
  ];
  for (const [name, help, value] of read) {
    new Gauge({
      name: `plimsoll_${name}`,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  }
}
