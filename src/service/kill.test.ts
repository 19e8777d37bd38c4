import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { makeUniform } from '../base/random.ts';
import { openSqliteStore } from '../io/store/sqlite.ts';
import { nativeSha256 } from '../io/store/sha256.ts';
import { replayAll } from '../io/replay.ts';
import { ask, orThrow, temporaryFolder } from './service.fixture.ts';

const KILLS = 5;
const CLIENTS = 8;

function start(dataDir: string): Promise<{ child: ChildProcess; address: string; key: string }> {
  const script = join(import.meta.dirname, 'kill.fixture.ts');
  const child = spawn(process.execPath, [script, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('the service did not start')));
    child.stdout!.once('data', (line: Buffer) => {
      const { address, key } = JSON.parse(line.toString()) as { address: string; key: string };
      resolve({ child, address, key });
    });
  });
}

/** Deposits one after another until the service is gone; gives the ids that were acknowledged. */
async function deposit(address: string, key: string, name: string): Promise<string[]> {
  const acknowledged: string[] = [];
  for (let n = 0; ; n += 1) {
    const id = `${name}-${n}`;
    const body = { id, account: 'trader-0', asset: 'USDC', amount: '0.000001' };
    const done = await ask(address, { route: 'POST /v1/commands/Deposit', key, body }).catch(() => null);
    if (done === null) return acknowledged;
    expect(done.status).toBe(200);
    acknowledged.push(id);
  }
}

describe('a service that is killed under load', () => {
  it(`loses nothing that it acknowledged and applies nothing twice, ${KILLS} times over one journal`, async () => {
    const dataDir = temporaryFolder();
    const draw = makeUniform(91);
    const acknowledged: string[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const { child, address, key } = await start(dataDir);
      setTimeout(() => child.kill('SIGKILL'), 50 + draw() * 400);
      const clients = Array.from({ length: CLIENTS }, (_, c) => deposit(address, key, `k${kill}-c${c}`));
      acknowledged.push(...(await Promise.all(clients)).flat());
    }
    const applied: string[] = [];
    const store = orThrow(openSqliteStore(join(dataDir, 'journal.sqlite'), nativeSha256));
    const rebuilt = replayAll(store, {
      sha256: nativeSha256,
      onApplied: ({ events }) => {
        for (const event of events) if (event.kind === 'Posted') applied.push(event.id);
      },
    });
    store.close();
    expect(isFailure(rebuilt)).toBe(false);
    expect(acknowledged.length).toBeGreaterThan(KILLS * CLIENTS);
    expect(applied.length).toBe(new Set(applied).size);
    expect(acknowledged.filter((id) => !applied.includes(id))).toEqual([]);
    expect(applied.filter((id) => id.startsWith('k')).length - acknowledged.length).toBeLessThanOrEqual(
      KILLS * CLIENTS,
    );
  }, 120_000);
});
