/**
 * Margin proofs at size: an epoch of 100,000 accounts, then of 1,000,000, four assets, three positions each; a statement and its
 * verification out of it, with native and with plain cryptography; one leaf updated. Margin itself is assessed before and not timed. Times are of the processor.
 * Run: node --expose-gc --max-old-space-size=8192 bench/proof.ts [ACCOUNTS …].
 */
import { nativeCrypto } from '../src/io/proof-crypto.ts';
import type { AccountRecord } from '../src/proof/account-codec.ts';
import { buildEpoch, type Epoch } from '../src/proof/epoch.ts';
import { makeVenue, OPERATOR_KEY, publish, sound, TRUST, type Venue } from '../src/proof/epoch.fixture.ts';
import { openManifest, toManifestText } from '../src/proof/manifest.ts';
import { pureCrypto } from '../src/proof/signature.ts';
import { makeStatement, toStatementText } from '../src/proof/statement.ts';
import { FIXTURE_METHODOLOGY } from '../src/proof/venue.fixture.ts';
import { verifyStatement } from '../src/proof/verify.ts';

const SIZES = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [100_000, 1_000_000];
const VERIFICATIONS = 20;
const UPDATES = 2_000;
const { sha256 } = nativeCrypto;

function memoryMiB(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}

/** Processor time, which other work on the machine does not lengthen. */
function timed<T>(work: () => T): { readonly value: T; readonly ms: number } {
  const start = process.cpuUsage();
  const value = work();
  const { user, system } = process.cpuUsage(start);
  return { value, ms: (user + system) / 1_000 };
}

/** As many accounts as asked for that together close the book: each holds what one of the fixture's holds, and some more coins. */
function recordsOf(venue: Venue, count: number): AccountRecord[] {
  const models = venue.input.accounts.filter(({ account }) => account.positions.length > 0);
  const idle = venue.input.accounts.find(({ account }) => account.id === 'idle')!;
  const bob = models.findIndex(({ account }) => account.id === 'bob');
  return Array.from({ length: count }, (_, i) => {
    const model = i < count - (count % models.length) ? models[i % models.length]! : idle;
    if (i === bob) return model;
    const id = `account-${i}`;
    const balances = new Map([
      ['BTC', BigInt((i * 7_919) % 1_000_003)],
      ['ETH', BigInt((i * 104_729) % 1_000_003)],
      ...model.account.balances,
    ]);
    return { ...model, account: { ...model.account, id, client: id, owner: id, balances }, linked: [] };
  });
}

function measureStatement(venue: Venue, epoch: Epoch): void {
  const manifest = toManifestText({
    plimsoll: 'margin-manifest/1',
    parameters: FIXTURE_METHODOLOGY,
    market: venue.market,
    scenarios: venue.scenarios,
    totals: epoch.totals,
    reserves: epoch.reserves,
  });
  const at = { ...publish(epoch.record), keptSize: null };
  const made = timed(() =>
    toStatementText(
      sound(makeStatement(epoch, { account: 'bob', linked: [], at }, { signer: OPERATOR_KEY, sha256 })),
    ),
  );
  console.log(
    `  statement: ${made.value.length} bytes in ${made.ms.toFixed(1)} ms; manifest ${manifest.length} bytes`,
  );
  for (const [name, crypto] of [
    ['native', nativeCrypto],
    ['plain', pureCrypto],
  ] as const) {
    const opened = timed(() => sound(openManifest(manifest, crypto.sha256)));
    const verify = (): unknown =>
      verifyStatement(made.value, { manifest: opened.value, trust: TRUST }, crypto);
    const verdict = sound(verifyStatement(made.value, { manifest: opened.value, trust: TRUST }, crypto));
    const run = timed(() => {
      for (let n = 0; n < VERIFICATIONS; n += 1) verify();
    });
    const failed = verdict.lines.filter(({ outcome }) => outcome === 'failed').map(({ id }) => id);
    console.log(
      `  verified (${name}): manifest ${opened.ms.toFixed(0)} ms, statement ${(run.ms / VERIFICATIONS).toFixed(1)} ms; failed: ${failed.join(' ') || 'none'}`,
    );
  }
}

function measure(venue: Venue, count: number): void {
  const accounts = recordsOf(venue, count);
  const before = memoryMiB();
  const built = timed(() => sound(buildEpoch({ ...venue.input, accounts }, sha256)));
  const epoch = built.value;
  console.log(
    `${count} accounts: epoch in ${(built.ms / 1_000).toFixed(2)} s, ${(memoryMiB() - before).toFixed(0)} MiB beside the records`,
  );
  measureStatement(venue, epoch);
  const { commitment, key, sums } = { ...leafOf(epoch, 7) };
  const updated = timed(() => {
    for (let n = 0; n < UPDATES; n += 1)
      sound(epoch.liabilities.update(7, { commitment, key, sums }) ?? true);
  });
  console.log(`  one leaf updated in ${((updated.ms / UPDATES) * 1_000).toFixed(0)} µs`);
}

function leafOf(epoch: Epoch, index: number): { key: Uint8Array; commitment: Uint8Array; sums: bigint[] } {
  return {
    key: epoch.keys.at(index),
    commitment: new Uint8Array(32),
    sums: epoch.record.sums.assets.flatMap(() => [1n, 0n]).concat([0n, 0n, 1n, 0n]),
  };
}

const ENOUGH = 10n ** 20n;
const venue = makeVenue({ BTC: ENOUGH, ETH: ENOUGH, USDC: ENOUGH });
for (const count of SIZES) measure(venue, count);
