/**
 * Kills a writer at random moments and looks at what the journal holds: everything acknowledged, nothing twice, and of
 * each client no more than the one note that was under way. Run: npm run sim:kill -- 200 1 (rounds, seed).
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from '../src/base/assert.ts';
import { isFailure } from '../src/base/failure.ts';
import { makeUniform } from '../src/base/random.ts';
import { nativeSha256 } from '../src/io/store/sha256.ts';
import { openSqliteStore } from '../src/io/store/sqlite.ts';
import { assessChain } from '../src/journal/chain.ts';
import { CLIENTS, countNotes, noNotes } from './kill-notes.ts';

const WRITER = fileURLToPath(new URL('./kill-writer.ts', import.meta.url));
/** A writer needs some tenths of a second before its first note: kills after its start fall before and after that. */
const AFTER_START_MS = 600;
const AFTER_FIRST_NOTE_MS = 150;

export type KillReport = {
  readonly rounds: number;
  /** Rounds whose writer had acknowledged nothing yet. */
  readonly beforeFirstNote: number;
  readonly acknowledged: number;
  /** Notes that were durable though the kill came before their acknowledgement. */
  readonly unacknowledged: number;
};

/** Stops the program at the first violation. `random` gives numbers from 0 to 1. */
export async function killRounds(rounds: number, random: () => number): Promise<KillReport> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-kill-'));
  const path = join(folder, 'journal');
  const report = { rounds, beforeFirstNote: 0, acknowledged: 0, unacknowledged: 0 };
  let before = noNotes();
  for (let round = 0; round < rounds; round += 1) {
    const acknowledged = await killOnce(path, { isEarly: random() < 0.25, share: random() });
    const after = openAndCount(path);
    for (let client = 0; client < CLIENTS; client += 1) {
      const told = Math.max(before[client]!, acknowledged[client]!);
      const surplus = after[client]! - told;
      assert(
        surplus === 0 || surplus === 1,
        `round ${round}: client ${client} has ${after[client]} notes, not ${told}`,
      );
      report.unacknowledged += surplus;
      report.acknowledged += told - before[client]!;
    }
    if (acknowledged.every((count) => count === 0)) report.beforeFirstNote += 1;
    before = after;
  }
  rmSync(folder, { recursive: true });
  return report;
}

function openAndCount(path: string): number[] {
  const store = openSqliteStore(path, nativeSha256);
  assert(!isFailure(store), `the journal opens: ${JSON.stringify(store)}`);
  const { failure } = assessChain(store);
  assert(failure === null, `the chain holds: ${JSON.stringify(failure)}`);
  const counts = countNotes(store);
  store.close();
  return counts;
}

/** Starts a writer and kills it; per client, how many notes it had been told are durable. */
async function killOnce(path: string, when: { isEarly: boolean; share: number }): Promise<number[]> {
  const child = spawn(process.execPath, [WRITER, path], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = new Promise<string | null>((settle) => child.on('close', (_, signal) => settle(signal)));
  let output = '';
  let errors = '';
  child.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()));
  const kill = (ms: number): unknown => setTimeout(() => child.kill('SIGKILL'), ms);
  if (when.isEarly) kill(when.share * AFTER_START_MS);
  child.stdout.on('data', (bytes: Buffer) => {
    if (output === '' && !when.isEarly) kill(when.share * AFTER_FIRST_NOTE_MS);
    output += bytes.toString();
  });
  assert((await exited) === 'SIGKILL', `the writer runs until it is killed: ${errors}`);
  const counts = noNotes();
  for (const line of output.split('\n').slice(0, -1)) {
    const [client, number] = line.split(' ').map(Number);
    counts[client!] = number! + 1;
  }
  return counts;
}

if (import.meta.main) {
  const [rounds = 200, seed = 1] = process.argv.slice(2).map(Number);
  const report = await killRounds(rounds, makeUniform(seed));
  console.log(JSON.stringify(report));
}
