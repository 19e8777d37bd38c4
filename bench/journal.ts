/**
 * The journal on this machine's disk: durable records a second by size of batch (batches of one are the naive twin),
 * group commit under 64 clients, reading back with every hash checked, opening. Payloads of 200 bytes.
 * Run: npm run bench:journal. Everything goes to a folder in PLIMSOLL_BENCH_DIR (default: the temporary folder).
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { assert } from '../src/base/assert.ts';
import { isFailure } from '../src/base/failure.ts';
import { GroupCommit } from '../src/io/store/group-commit.ts';
import { nativeSha256 } from '../src/io/store/sha256.ts';
import { openSqliteStore } from '../src/io/store/sqlite.ts';
import { assessChain } from '../src/journal/chain.ts';
import {
  CHAIN_START,
  headAfter,
  type JournalEntry,
  type JournalRecord,
  sealRecord,
} from '../src/journal/record.ts';
import { pureSha256, type Sha256 } from '../src/base/sha256.ts';
import type { JournalStore } from '../src/journal/store.ts';

const ENTRY: JournalEntry = {
  timeMs: 1_760_000_000_000,
  kind: 'command',
  payload: new Uint8Array(200).fill(7),
};
const CLIENTS = 64;

const folder = mkdtempSync(join(process.env['PLIMSOLL_BENCH_DIR'] ?? tmpdir(), 'plimsoll-bench-'));
const row = (...cells: (string | number)[]): void =>
  console.log(cells.map((cell) => String(cell).padStart(12)).join(''));
const perSecond = (count: number, ms: number): string => Math.round((count / ms) * 1000).toLocaleString('en');

function opened(name: string): JournalStore {
  const store = openSqliteStore(join(folder, name), nativeSha256);
  assert(!isFailure(store), JSON.stringify(store));
  return store;
}

function quantile(values: readonly number[], share: number): string {
  return (values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? 0).toFixed(2);
}

function appendBatches(batchRecords: number, batches: number): void {
  const store = opened(`batches-of-${batchRecords}`);
  const times: number[] = [];
  const begin = performance.now();
  for (let batch = 0; batch < batches; batch += 1) {
    const start = performance.now();
    const records: JournalRecord[] = [];
    let head = store.head();
    while (records.length < batchRecords) {
      records.push(sealRecord(head, ENTRY, nativeSha256));
      head = headAfter(records.at(-1)!);
    }
    assert(!isFailure(store.append(store.head().seqNext, records)), 'the batch is durable');
    times.push(performance.now() - start);
  }
  const ms = performance.now() - begin;
  row(batchRecords, perSecond(batches * batchRecords, ms), quantile(times, 0.5), quantile(times, 0.99));
  store.close();
}

async function groupCommit(count: number): Promise<void> {
  const store = opened('group');
  const nowMs = (): number => performance.now();
  const group = new GroupCommit({ store, sha256: nativeSha256, batchMax: 1024, pendingMax: 1024, nowMs });
  const begin = performance.now();
  const clients = Array.from({ length: CLIENTS }, async () => {
    for (let n = 0; n < count / CLIENTS; n += 1)
      assert(!isFailure(await group.submit(ENTRY)), 'the record is durable');
  });
  await Promise.all(clients);
  const ms = performance.now() - begin;
  const { records, batches, latencyMsP50, latencyMsP99 } = group.assess();
  console.log(
    `\ngroup commit, ${CLIENTS} clients: ${perSecond(records, ms)} records a second, ${batches} commits,`,
  );
  console.log(`latency p50 ${latencyMsP50.toFixed(2)} ms, p99 ${latencyMsP99.toFixed(2)} ms`);
  store.close();
}

function readBack(records: number): void {
  const name = 'large';
  const store = opened(name);
  let head = store.head();
  while (head.seqNext < records) {
    const batch: JournalRecord[] = [];
    while (batch.length < 10_000) {
      batch.push(sealRecord(head, ENTRY, nativeSha256));
      head = headAfter(batch.at(-1)!);
    }
    assert(!isFailure(store.append(batch[0]!.seq, batch)), 'the batch is durable');
  }
  store.close();
  const begin = performance.now();
  const again = opened(name);
  const openMs = performance.now() - begin;
  const report = assessChain(again);
  assert(report.failure === null && report.records === records, 'the chain holds');
  const readMs = performance.now() - begin - openMs;
  again.close();
  const mib = statSync(join(folder, name)).size / 2 ** 20;
  console.log(
    `\n${records} records, ${mib.toFixed(0)} MiB: opened with its structure checked in ${openMs.toFixed(0)} ms,`,
  );
  console.log(`read with every hash and link checked at ${perSecond(records, readMs)} records a second`);
}

function seal(name: string, sha256: Sha256): void {
  let head = CHAIN_START;
  const begin = performance.now();
  for (let n = 0; n < 50_000; n += 1) head = headAfter(sealRecord(head, ENTRY, sha256));
  console.log(`${name} SHA-256: ${perSecond(50_000, performance.now() - begin)} records sealed a second`);
}

row('batch', 'records/s', 'p50 ms', 'p99 ms');
for (const batchRecords of [1, 10, 100, 1000]) appendBatches(batchRecords, batchRecords === 1000 ? 100 : 300);
await groupCommit(64_000);
readBack(500_000);
console.log();
seal('native', nativeSha256);
seal('pure', pureSha256);
rmSync(folder, { recursive: true });
