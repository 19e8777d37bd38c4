import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { pureSha256 } from '../base/sha256.ts';
import { sampleFrame } from '../engine/sample.ts';
import { give, openRun, replay, type SampleRun, trade } from '../engine/sample-run.ts';
import { restoreState } from '../engine/restore.ts';
import { createState, type EngineState } from '../engine/state.ts';
import { apply } from '../engine/apply.ts';

import { decodeState, encodeState, hashState, parseStateHash, StateHasher } from './engine-state.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function busy(): SampleRun {
  const run = openRun();
  const of = { instrument: 'BTC-PERP', price: 95_000, buyer: 'trader-0', seller: 'backstop' };
  trade(run, { ...of, id: 'a', quantityAtoms: 300_000_000n });
  trade(run, {
    ...of,
    id: 'b',
    instrument: 'BTC-27MAR26-100000-C',
    price: 5_000,
    quantityAtoms: 100_000_000n,
  });
  give(run, { kind: 'IsolatePosition', account: 'trader-0', instrument: 'BTC-PERP', atoms: 50_000_000_000n });
  run.timeMs += 10_000;
  give(run, sampleFrame(run.timeMs, { btc: 93_000, eth: 3_250 }));
  give(run, { kind: 'Tick' });
  return run;
}

describe('the hash of an engine', () => {
  it('is the same kept up command by command, made at once, and made by a replay', () => {
    const run = busy();
    const state = createState();
    const kept = new StateHasher(state, pureSha256);
    const hashes = run.log.map((sequenced) => {
      apply(state, sequenced);
      return hex(kept.hash(state));
    });
    expect(hashes.at(-1)).toBe(hex(hashState(run.state, pureSha256)));
    expect(hashes.at(-1)).toBe(hex(hashState(replay(run.log), pureSha256)));
    const changing = run.log.filter(({ command }) => command.kind !== 'Tick').length;
    expect(new Set(hashes).size).toBe(changing);
  });

  it('does not change with a refused command', () => {
    const run = busy();
    const hasher = new StateHasher(run.state, pureSha256);
    const before = hex(hasher.hash(run.state));
    for (const command of [
      { kind: 'CancelOrder', account: 'trader-0', orderId: 'none' },
      { kind: 'LiquidationStep', account: 'trader-0' },
      { kind: 'SettleExpiry', instrument: 'BTC-27MAR26', settlementPrice: 1 },
      { kind: 'Withdraw', id: 'w', account: 'trader-0', asset: 'USDC', atoms: 99_000_000_000n },
    ] as const) {
      expect(give(run, command)[0]!.kind).toBe('CommandRefused');
      expect(hex(hasher.hash(run.state))).toBe(before);
    }
  });
});

function restored(chunks: readonly Uint8Array[]): EngineState {
  const stored = decodeState(chunks);
  if (isFailure(stored)) throw new Error(stored.field);
  const state = restoreState(stored.ledger, stored.pages);
  if (isFailure(state)) throw new Error(state.field);
  state.seq = stored.seq;
  return state;
}

describe('a snapshot of an engine', () => {
  it('comes back with the same hash, and the same future', () => {
    const run = busy();
    const state = restored([...encodeState(run.state)]);
    const hash = hex(hashState(run.state, pureSha256));
    expect(hex(hashState(state, pureSha256))).toBe(hash);
    const copy: SampleRun = { state, log: [...run.log], timeMs: run.timeMs };
    for (const on of [run, copy]) {
      on.timeMs += 10_000;
      give(on, sampleFrame(on.timeMs, { btc: 85_000, eth: 3_000 }));
      give(on, { kind: 'SettleFunding', instrument: 'BTC-PERP' });
    }
    expect(hex(hashState(copy.state, pureSha256))).toBe(hex(hashState(run.state, pureSha256)));
  });

  it('of an empty engine is one too', () => {
    expect(restored([...encodeState(createState())]).seq).toBe(-1);
  });

  it('refuses chunks that are not one', () => {
    const chunks = [...encodeState(busy().state)];
    expect(isFailure(decodeState([]))).toBe(true);
    expect(isFailure(decodeState(chunks.slice(1)))).toBe(true);
    expect(isFailure(parseStateHash(new Uint8Array(31)))).toBe(true);
    expect(isFailure(decodeState([chunks[0]!.slice(1), ...chunks.slice(1)]))).toBe(true);
  });
});
