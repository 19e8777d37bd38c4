import { roundDownAtoms, toNumber } from '../base/amount.ts';
import { sameBytes } from '../base/bytes.ts';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { valuationPrice } from '../collateral/pool.ts';
import { USD_PLACES } from './assessed.ts';
import { queueEntry } from './epoch.ts';
import type { EpochRecord } from './epoch-record.ts';
import {
  commitRecord,
  fromLiabilitySums,
  keyOf,
  liabilitiesOf,
  liabilityLayout,
  makeBooks,
} from './liabilities.ts';
import type { OpenManifest } from './manifest.ts';
import { hashLogLeaf, judgeInclusion } from './merkle.ts';
import { Fingerprints, POSITION_LAYOUT } from './positions.ts';
import { judgeDocument } from './document.ts';
import { reservesCodec } from './reserves.ts';
import type { ProofCrypto } from './signature.ts';
import type { AccountStatement } from './statement.ts';
import { rootOfPath, type SumLeaf, type SumRoot } from './sum-tree.ts';
import type { Trust } from './trust.ts';

/** What is checked, with what, on whose word. */
export type Checked = {
  readonly statement: AccountStatement;
  readonly manifest: OpenManifest;
  readonly trust: Trust;
  readonly crypto: ProofCrypto;
};

/** S1 and S2: the account's leaf leads to the committed root with the committed sums, every one of them within its width. */
export function verifyInclusion(by: Checked): SumLeaf | Failure {
  const { statement, manifest, crypto } = by;
  const { record, nonce, index, path, anchor } = statement;
  const { epoch } = anchor;
  const assets = epoch.sums.assets.map(({ asset }) => asset);
  const unordered = judgeAscending(assets, 'epoch.sums.assets');
  if (unordered !== null) return unordered;
  const sums = liabilitiesOf(record, makeBooks(assets, manifest.market.products));
  if (isFailure(sums)) return sums;
  const leaf: SumLeaf = {
    key: keyOf(record.account.id, nonce, crypto.sha256),
    commitment: commitRecord(record, nonce, crypto.sha256),
    sums,
  };
  const layout = liabilityLayout(assets.length);
  const root = rootOfPath(leaf, { index, count: epoch.accounts, path }, { layout, sha256: crypto.sha256 });
  if (isFailure(root)) return root;
  return (
    judgeRoot(root, { hash: epoch.liabilities, sums: fromLiabilitySums(epoch.sums) }, 'liabilities') ?? leaf
  );
}

/** S3: claims less borrowings, with what is the house's own, within stated reserves for each asset; deficits within the fund. */
export function verifySolvency(by: Checked): string | Failure {
  const { statement, manifest } = by;
  const { epoch } = statement.anchor;
  const reserves = readReserves(by);
  if (isFailure(reserves)) return reserves;
  const own = new Map(epoch.house.map((funds) => [funds.asset, funds]));
  const known = new Set(epoch.sums.assets.map(({ asset }) => asset));
  for (const { asset } of epoch.house) {
    if (!known.has(asset)) return invalid('epoch.house', asset, 'an asset that has sums');
  }
  for (const { asset, claims, borrowings } of epoch.sums.assets) {
    const { fee, insurance, settlement } = own.get(asset) ?? { fee: 0n, insurance: 0n, settlement: 0n };
    const owed = claims - borrowings + fee + insurance + settlement;
    const held = reserves.get(asset) ?? 0n;
    if (owed > held) return invalid(`reserves.${asset}`, `${held} held`, `at least ${owed} owed`);
  }
  const fund = insuranceAtoms(epoch, manifest);
  if (isFailure(fund)) return fund;
  const { deficitAtoms } = epoch.sums;
  if (deficitAtoms > fund) return invalid('deficits', deficitAtoms, `at most the insurance fund of ${fund}`);
  return `${epoch.sums.assets.length} assets within the operator's signed reserves, deficits within the insurance fund`;
}

function readReserves({ statement, manifest, trust, crypto }: Checked): Map<string, bigint> | Failure {
  const { epoch } = statement.anchor;
  if (!sameBytes(manifest.hashes.reserves, epoch.reserves)) {
    return invalid('manifest.reserves', 'other statements', 'the statements that the epoch commits to');
  }
  const unordered =
    judgeAscending(
      manifest.reserves.map(({ body }) => body.asset),
      'reserves',
    ) ??
    judgeAscending(
      epoch.house.map(({ asset }) => asset),
      'epoch.house',
    );
  if (unordered !== null) return unordered;
  const held = new Map<string, bigint>();
  for (const signed of manifest.reserves) {
    const { asset, places, origin, epoch: number, atoms } = signed.body;
    const unsigned = judgeDocument(reservesCodec, signed, { operator: trust.operator, crypto });
    if (unsigned !== null) return unsigned;
    const isOwn = origin === epoch.origin && number === epoch.epoch;
    if (!isOwn) return invalid(`reserves.${asset}`, `${origin} ${number}`, `${epoch.origin} ${epoch.epoch}`);
    if (manifest.market.assets.get(asset)?.asset.places !== places) {
      return invalid(`reserves.${asset}.places`, places, 'the decimals of the asset');
    }
    held.set(asset, atoms);
  }
  return held;
}

/** The insurance fund in millionths of a USD, each asset at the price that collateral is valued at, rounded down. */
function insuranceAtoms(epoch: EpochRecord, { market }: OpenManifest): bigint | Failure {
  let usd = 0;
  for (const { asset, insurance } of epoch.house) {
    if (insurance <= 0n) continue;
    const quote = market.assets.get(asset);
    if (quote === undefined) return invalid('epoch.house', asset, 'an asset of the market');
    usd += toNumber(insurance, quote.asset.places) * valuationPrice(quote, true);
  }
  return Number.isFinite(usd)
    ? roundDownAtoms(usd, USD_PLACES)
    : invalid('epoch.house', usd, 'a finite fund');
}

/** S4: the totals are those of the committed positions, and long equals short for each instrument, the house included. */
export function verifyClosedBook(by: Checked, leaf: SumLeaf): string | Failure {
  const { statement, manifest, crypto } = by;
  const { record, index, positionPath, anchor } = statement;
  const { epoch } = anchor;
  if (!sameBytes(manifest.hashes.totals, epoch.totals)) {
    return invalid('manifest.totals', 'other totals', 'the totals that the epoch commits to');
  }
  const fingerprints = new Fingerprints(epoch.liabilities, crypto.sha256);
  const own: SumLeaf = { ...leaf, sums: [fingerprints.ofPositions(record.account.positions)] };
  const at = { index, count: epoch.accounts, path: positionPath };
  const root = rootOfPath(own, at, { layout: POSITION_LAYOUT, sha256: crypto.sha256 });
  if (isFailure(root)) return root;
  const differs = judgeRoot(root, { hash: epoch.positions, sums: [epoch.fingerprint] }, 'positions');
  if (differs !== null) return differs;
  const unordered = judgeAscending(
    manifest.totals.map(({ instrument }) => instrument),
    'totals',
  );
  if (unordered !== null) return unordered;
  if (fingerprints.ofTotals(manifest.totals) !== epoch.fingerprint) {
    return invalid('totals', 'another fingerprint', 'totals of the committed positions');
  }
  for (const { instrument, long, short, houseLong, houseShort } of manifest.totals) {
    if (long + houseLong === short + houseShort) continue;
    return invalid(
      `totals.${instrument}`,
      `${long + houseLong} long`,
      `${short + houseShort} long, as short`,
    );
  }
  return `long equals short in ${manifest.totals.length} instruments, by the fingerprint of all positions`;
}

/** S6: who is below maintenance is in the committed queue, and the queue is as long as the sums say. */
export function verifyQueue(by: Checked, leaf: SumLeaf): string | Failure {
  const { record, queue, anchor } = by.statement;
  const { sums, accounts, queue: head } = anchor.epoch;
  if (sums.margined + sums.queued !== BigInt(accounts) || sums.queued !== BigInt(head.size)) {
    const value = `${sums.margined} margined, ${sums.queued} queued, ${head.size} in the queue`;
    return invalid('epoch.sums', value, `${accounts} in all`);
  }
  if (record.assessed.status === 'margined') {
    if (queue !== null) return invalid('queue', 'present', 'no place in the queue');
    return `equity and credit cover maintenance; ${head.size} of ${accounts} accounts are in the queue`;
  }
  if (queue === null) return invalid('queue', 'missing', 'a place in the queue: margin is below maintenance');
  const entry = hashLogLeaf(queueEntry(leaf.key, record.assessed.shortfallAtoms), by.crypto.sha256);
  const absent = judgeInclusion({ leaf: entry, ...queue }, head, by.crypto.sha256);
  return absent ?? `below maintenance, and entry ${queue.index} of ${head.size} in the queue`;
}

/** S7: the parameters, market and scenarios of the manifest are the ones that were committed to. */
export function verifyInputs(
  committed: EpochRecord['inputs'],
  { hashes, parameters }: OpenManifest,
): string | Failure {
  for (const part of ['parameters', 'market', 'scenarios'] as const) {
    if (sameBytes(committed[part], hashes[part])) continue;
    return invalid(`manifest.${part}`, 'another hash', `the ${part} that were committed to`);
  }
  return `methodology ${parameters.id} ${parameters.version}, market and scenarios as committed for everybody`;
}

function judgeRoot(
  root: SumRoot,
  committed: { readonly hash: Uint8Array; readonly sums: readonly bigint[] },
  field: string,
): Failure | null {
  const isSame =
    sameBytes(root.hash, committed.hash) && root.sums.every((sum, i) => sum === committed.sums[i]);
  return isSame
    ? null
    : invalid(`epoch.${field}`, 'another root or sum', 'the root and sums that were committed to');
}

function judgeAscending(ids: readonly string[], field: string): Failure | null {
  const at = ids.findIndex((id, i) => i > 0 && ids[i - 1]! >= id);
  return at < 0 ? null : invalid(`${field}[${at}]`, ids[at], 'ids strictly ascending');
}

function invalid(field: string, value: unknown, expected: string): Failure {
  return refuse('PROOF_INVALID', { field, value, expected });
}
