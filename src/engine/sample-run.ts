import { assert } from '../base/assert.ts';
import { apply } from './apply.ts';
import type { Command, Sequenced } from './command.ts';
import type { Event } from './event.ts';
import { nextLiquidation } from './liquidate.ts';
import { LIQUIDATION_ORDER } from './orders.ts';
import { SAMPLE_START_MS, type SampleOptions, sampleVenue } from './sample.ts';
import { createState, type EngineState } from './state.ts';

/** A venue that is driven by hand: the state, everything it was given, and the clock. */
export type SampleRun = {
  readonly state: EngineState;
  readonly log: Sequenced[];
  timeMs: number;
};

/** A run of the sample venue at its first frame. */
export function openRun(options: SampleOptions = {}): SampleRun {
  const run: SampleRun = { state: createState(), log: [], timeMs: SAMPLE_START_MS };
  for (const command of sampleVenue(options)) {
    const [first] = give(run, command);
    assert(first!.kind !== 'CommandRefused', `the sample opens: ${command.kind}`);
  }
  return run;
}

/** Applies a command now. */
export function give(run: SampleRun, command: Command): Event[] {
  const sequenced = { seq: run.log.length, timeMs: run.timeMs, command };
  run.log.push(sequenced);
  return apply(run.state, sequenced);
}

/** The same commands on a fresh state. */
export function replay(log: readonly Sequenced[]): EngineState {
  const state = createState();
  for (const sequenced of log) apply(state, sequenced);
  return state;
}

/**
 * What a driver does after every command: it sends a step for the liquidation whose turn it is, until there is none, and liquidation orders to a matching engine,
 * here one account that takes every order at its limit. Null leaves the orders unmatched. Gives all events.
 */
export function drive(run: SampleRun, maker: string | null): Event[] {
  const events: Event[] = [];
  const orders: { account: string; event: Extract<Event, { kind: 'OrderAccepted' }> }[] = [];
  for (let round = 0; round < 10_000; round++) {
    const account = nextLiquidation(run.state, run.timeMs);
    if (account === null) break;
    for (const event of give(run, { kind: 'LiquidationStep', account })) {
      events.push(event);
      if (event.kind === 'OrderAccepted' && event.orderId.startsWith(LIQUIDATION_ORDER)) {
        orders.push({ account: event.account, event });
      }
    }
  }
  if (maker === null) return events;
  for (const { account, event } of orders) events.push(...match(run, account, { event, maker }));
  return events;
}

function match(
  run: SampleRun,
  account: string,
  { event, maker }: { event: Extract<Event, { kind: 'OrderAccepted' }>; maker: string },
): Event[] {
  const { quantityAtoms, instrument, price } = event.order;
  const own = { account, orderId: event.orderId, feeAtoms: 0n };
  const other = { account: maker, orderId: null, feeAtoms: 0n };
  const buys = quantityAtoms > 0n;
  return give(run, {
    kind: 'Fill',
    executionId: `x-${event.orderId}`,
    instrument,
    price,
    quantityAtoms: buys ? quantityAtoms : -quantityAtoms,
    buyer: buys ? own : other,
    seller: buys ? other : own,
  });
}

/** A trade between two accounts without orders or fees. */
export function trade(
  run: SampleRun,
  of: { id: string; instrument: string; quantityAtoms: bigint; price: number; buyer: string; seller: string },
): Event[] {
  const { id, instrument, quantityAtoms, price } = of;
  const side = (account: string): { account: string; orderId: null; feeAtoms: bigint } => ({
    account,
    orderId: null,
    feeAtoms: 0n,
  });
  return give(run, {
    kind: 'Fill',
    executionId: id,
    instrument,
    quantityAtoms,
    price,
    buyer: side(of.buyer),
    seller: side(of.seller),
  });
}
