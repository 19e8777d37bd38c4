import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Failure, isFailure } from '../base/failure.ts';
import type { Command } from '../engine/command.ts';
import { SAMPLE_START_MS, sampleAccount, sampleFrame, sampleVenue } from '../engine/sample.ts';
import type { EngineState } from '../engine/state.ts';
import { hashState, type StateHasher } from '../journal/engine-state.ts';
import { createMemoryDisk, type MemoryDisk, openMemoryStore } from './store/memory.ts';
import { nativeSha256 } from './store/sha256.ts';
import { type Applied, recover, replayAll } from './replay.ts';
import { Sequencer } from './sequencer.ts';

type Run = {
  sequencer: Sequencer;
  state: EngineState;
  applied: Applied[];
  halts: Failure[];
  close: () => void;
};

function orThrow<T>(value: T | Failure): T {
  if (isFailure(value)) throw new Error(JSON.stringify(value));
  return value;
}

function open(disk: MemoryDisk, options: { inboxMax?: number; hasher?: StateHasher } = {}): Run {
  const store = orThrow(openMemoryStore(disk, nativeSha256));
  const { state, hasher } = orThrow(recover(store, { sha256: nativeSha256, onApplied: () => undefined }));
  const applied: Applied[] = [];
  const halts: Failure[] = [];
  let timeMs = SAMPLE_START_MS;
  const sequencer = new Sequencer({
    store,
    sha256: nativeSha256,
    clock: { nowMs: () => (timeMs += 1) },
    state,
    hasher: options.hasher ?? hasher,
    inboxMax: options.inboxMax ?? 10_000,
    batchMax: 16,
    hashEvery: 10,
    onApplied: (batch) => applied.push(...batch),
    onHalt: (failure) => halts.push(failure),
  });
  return { sequencer, state, applied, halts, close: () => store.close() };
}

const OPENING = sampleVenue({ accounts: 6 });
const deposit = (n: number, id: string): Command => ({
  kind: 'Deposit',
  id,
  account: sampleAccount(n),
  asset: 'USDC',
  atoms: 1n,
});

async function openVenue(run: Run): Promise<void> {
  for (const outcome of await Promise.all(OPENING.map((command) => run.sequencer.submit(command))))
    expect(isFailure(outcome)).toBe(false);
}

function rebuilt(disk: MemoryDisk): { hash: Uint8Array; applied: Applied[]; hashes: number } {
  disk.isOpen = false;
  const store = orThrow(openMemoryStore(disk, nativeSha256));
  const applied: Applied[] = [];
  const again = orThrow(replayAll(store, { sha256: nativeSha256, onApplied: (one) => applied.push(one) }));
  store.close();
  return { hash: hashState(again.state, nativeSha256), applied, hashes: again.hashes };
}

describe('the sequencer', () => {
  it('gives every command one place, in order of arrival, and replays to the same state', async () => {
    const disk = createMemoryDisk();
    const run = open(disk);
    await openVenue(run);
    const clients = Array.from({ length: 6 }, async (_, n) => {
      const seqs: number[] = [];
      for (let i = 0; i < 30; i += 1)
        seqs.push(orThrow(await run.sequencer.submit(deposit(n, `${n}-${i}`))).seq);
      expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    });
    await Promise.all(clients);
    const seqs = run.applied.map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].toSorted((a, b) => a - b));
    expect(run.applied).toHaveLength(OPENING.length + 180);
    run.close();
    const again = rebuilt(disk);
    expect(again.applied).toEqual(run.applied);
    expect(again.hashes).toBeGreaterThan(10);
    expect(again.hash).toEqual(rebuilt(disk).hash);
  });

  it('conflates frames of a feed, and never loses a command between them', async () => {
    const run = open(createMemoryDisk());
    await openVenue(run);
    const before = run.applied.length;
    const waiting: Promise<Applied | Failure>[] = [];
    for (let n = 0; n < 50; n += 1) {
      run.sequencer.offer(sampleFrame(SAMPLE_START_MS, { btc: 95_000 + n, eth: 3_300 }));
      waiting.push(run.sequencer.submit(deposit(0, `c-${n}`)));
    }
    expect((await Promise.all(waiting)).filter(isFailure)).toEqual([]);
    await run.sequencer.drain();
    const since = run.applied.slice(before).map(({ command }) => command);
    const frames = since.filter((command) => command.kind === 'MarketFrame');
    expect(frames).toHaveLength(1);
    expect(frames[0]).toMatchObject({
      assets: [{ asset: 'BTC', ticks: [{ value: 95_049 }, { value: 95_049 }] }, {}, {}, {}, {}],
    });
    expect(since).toHaveLength(51);
  });

  it('refuses what the inbox cannot hold, and what has no encoding', async () => {
    const run = open(createMemoryDisk(), { inboxMax: 40 });
    await openVenue(run);
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, (_, n) => run.sequencer.submit(deposit(0, `o-${n}`))),
    );
    expect(outcomes.filter(isFailure)).toHaveLength(20);
    expect(outcomes.at(-1)).toMatchObject({ failure: 'JOURNAL_OVERLOADED' });
    const odd = await run.sequencer.submit({ kind: 'BidAuction', auction: 'a', bidder: 'b', shareFrac: NaN });
    expect(odd).toMatchObject({ failure: 'ENCODING_INVALID' });
    expect(run.halts).toEqual([]);
  });

  it('halts when the journal cannot write: nothing unwritten was applied, nothing acknowledged is lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30_000 }), async (budget) => {
        const disk = createMemoryDisk();
        const run = open(disk);
        await openVenue(run);
        disk.bytesUntilCrash = budget;
        const acknowledged: string[] = [];
        await Promise.all(
          Array.from({ length: 120 }, async (_, n) => {
            const outcome = await run.sequencer.submit(deposit(n % 6, `h-${n}`));
            if (!isFailure(outcome)) acknowledged.push(`h-${n}`);
            else expect(outcome.failure).toBe('JOURNAL_WRITE_FAILED');
          }),
        );
        if (disk.bytesUntilCrash === null) {
          expect(run.halts).toHaveLength(1);
          expect(await run.sequencer.submit({ kind: 'Tick' })).toMatchObject({
            failure: 'JOURNAL_WRITE_FAILED',
          });
        } else run.close();
        const kept = rebuilt(disk).applied.map(({ command }) => ('id' in command ? command.id : ''));
        for (const id of acknowledged) expect(kept.filter((one) => one === id)).toHaveLength(1);
      }),
      { seed: 81, numRuns: 12 },
    );
  });

  it('halts on a defect, and says so to everybody who waits', async () => {
    const run = open(createMemoryDisk());
    await openVenue(run);
    run.state.seq = 1_000_000;
    const outcomes = await Promise.all([0, 1, 2].map((n) => run.sequencer.submit(deposit(n, `d-${n}`))));
    expect(outcomes).toMatchObject(Array.from({ length: 3 }, () => ({ failure: 'ENGINE_HALTED' })));
    expect(run.halts).toHaveLength(1);
    expect(run.sequencer.snapshot(false)).toMatchObject({ failure: 'ENGINE_HALTED' });
  });

  it('keeps snapshots from which the same state comes back, with and without the records before', async () => {
    for (const compact of [false, true]) {
      const disk = createMemoryDisk();
      const run = open(disk);
      await openVenue(run);
      expect(run.sequencer.snapshot(compact)).toBeNull();
      await run.sequencer.submit(deposit(1, 'after'));
      run.close();
      const full = rebuilt(disk);
      disk.isOpen = false;
      const again = open(disk);
      await again.sequencer.submit(deposit(2, 'later'));
      again.close();
      expect(full.applied).toHaveLength(compact ? 1 : OPENING.length + 1);
      expect(full.hashes).toBeGreaterThan(0);
      expect(rebuilt(disk).applied.at(-1)).toMatchObject({ command: { id: 'later' } });
    }
  });

  it('finds a journal out whose state hash is not the one that was recorded', async () => {
    const disk = createMemoryDisk();
    const run = open(disk, { hasher: { hash: () => new Uint8Array(32) } as unknown as StateHasher });
    await openVenue(run);
    run.close();
    const store = orThrow(openMemoryStore(disk, nativeSha256));
    const options = { sha256: nativeSha256, onApplied: () => undefined };
    const expected = '00'.repeat(32);
    expect(recover(store, options)).toMatchObject({ failure: 'STATE_HASH_MISMATCH', expected });
    expect(replayAll(store, options)).toMatchObject({ failure: 'STATE_HASH_MISMATCH' });
  });
});
