import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { assert } from '../base/assert.ts';
import type { Sha256 } from '../base/sha256.ts';
import type { Position } from '../portfolio/account.ts';
import type { AssetId, InstrumentId, Product } from '../product/product.ts';
import type { AccountRecord } from './account-codec.ts';
import { hashOf } from './canonical.ts';
import type { Signed } from './document.ts';
import { DOMAIN } from './domain.ts';
import type { EpochRecord, EpochSource, HouseFunds, InputHashes } from './epoch-record.ts';
import {
  commitRecord,
  liabilitiesOf,
  liabilityLayout,
  makeBooks,
  type Pseudonym,
  pseudonymOf,
  toLiabilitySums,
} from './liabilities.ts';
import { commitLiquidation, type LiquidationRecord } from './liquidation.ts';
import { type LogHead, MerkleLog } from './merkle.ts';
import {
  Fingerprints,
  type InstrumentTotal,
  POSITION_LAYOUT,
  totalPositions,
  totalsCodec,
} from './positions.ts';
import { type ReservesStatement, signedReservesCodec } from './reserves.ts';
import { compareKeys, type SumLeaf, SumTree } from './sum-tree.ts';
import { SUM_BYTES, writeSum } from './sums.ts';

/** Everything an epoch is made from; the same input gives the same epoch, bit for bit. */
export type EpochInput = {
  readonly origin: string;
  readonly epoch: number;
  readonly timeMs: number;
  /** 32 secret bytes of this epoch ({@link epochSecretOf}). */
  readonly secret: Uint8Array;
  /** Ascending; every asset that an account or the house has. */
  readonly assets: readonly AssetId[];
  readonly products: ReadonlyMap<InstrumentId, Product>;
  /** One for every client, in any order. */
  readonly accounts: readonly AccountRecord[];
  /** Ascending by asset. */
  readonly house: readonly HouseFunds[];
  readonly housePositions: readonly (readonly Position[])[];
  readonly liquidations: readonly LiquidationRecord[];
  readonly inputs: InputHashes;
  readonly reserves: readonly Signed<ReservesStatement>[];
  readonly source: EpochSource;
  readonly previous: Uint8Array;
};

/** An epoch with the trees that its proofs come from. Holds the accounts in the order of their keys. */
export type Epoch = {
  readonly record: EpochRecord;
  readonly totals: readonly InstrumentTotal[];
  readonly reserves: readonly Signed<ReservesStatement>[];
  readonly accounts: readonly AccountRecord[];
  readonly pseudonyms: readonly Pseudonym[];
  readonly indexOf: ReadonlyMap<string, number>;
  readonly liabilities: SumTree;
  readonly positions: SumTree;
  readonly queue: MerkleLog;
  readonly queueIndexOf: ReadonlyMap<string, number>;
  readonly liquidations: MerkleLog;
  readonly liquidated: readonly { readonly liquidation: LiquidationRecord; readonly nonce: Uint8Array }[];
};

/**
 * Builds an epoch (PROOF-028). Refuses DUPLICATE_ID (an account twice), UNKNOWN_ASSET, UNKNOWN_INSTRUMENT and NUMBER_OUT_OF_RANGE (a sum beyond
 * 128 bits).
 */
export function buildEpoch(input: EpochInput, sha256: Sha256): Epoch | Failure {
  const order = orderByKey(input, sha256);
  const accounts = order.map(({ at }) => input.accounts[at]!);
  const pseudonyms = order.map(({ pseudonym }) => pseudonym);
  const indexOf = new Map(accounts.map(({ account }, index) => [account.id, index]));
  if (indexOf.size !== accounts.length) {
    return refuse('DUPLICATE_ID', {
      field: 'accounts',
      value: accounts.length,
      expected: 'each account once',
    });
  }
  const leaves = liabilityLeaves(input, { accounts, pseudonyms }, sha256);
  if (isFailure(leaves)) return leaves;
  const liabilities = SumTree.build(liabilityLayout(input.assets.length), leaves, sha256);
  if (isFailure(liabilities)) return liabilities;
  const fingerprints = new Fingerprints(liabilities.root().hash, sha256);
  const positions = SumTree.build(
    POSITION_LAYOUT,
    leaves.map((leaf, i) => ({ ...leaf, sums: [fingerprints.ofPositions(accounts[i]!.account.positions)] })),
    sha256,
  );
  if (isFailure(positions)) return positions;
  const totals = totalPositions(
    accounts.map(({ account }) => account.positions),
    input.housePositions,
  );
  if (isFailure(totals)) return totals;
  const queued = queueOf({ accounts, pseudonyms }, sha256);
  const liquidated = liquidationsOf(input, sha256);
  const trees = { liabilities, positions, queue: queued.log, liquidations: liquidated.log };
  return {
    record: toRecord(input, { ...trees, totals }, sha256),
    totals,
    reserves: input.reserves,
    accounts,
    pseudonyms,
    indexOf,
    ...trees,
    queueIndexOf: queued.indexOf,
    liquidated: liquidated.entries,
  };
}

type Ordered = { readonly at: number; readonly pseudonym: Pseudonym };

function orderByKey({ accounts, secret }: EpochInput, sha256: Sha256): Ordered[] {
  return accounts
    .map((record, at) => ({ at, pseudonym: pseudonymOf(record.account.id, secret, sha256) }))
    .sort((a, b) => compareKeys(a.pseudonym.key, b.pseudonym.key));
}

type Clients = { readonly accounts: readonly AccountRecord[]; readonly pseudonyms: readonly Pseudonym[] };

function liabilityLeaves(
  input: EpochInput,
  { accounts, pseudonyms }: Clients,
  sha256: Sha256,
): SumLeaf[] | Failure {
  const books = makeBooks(input.assets, input.products);
  const leaves: SumLeaf[] = [];
  for (const [i, record] of accounts.entries()) {
    const sums = liabilitiesOf(record, books);
    if (isFailure(sums)) return sums;
    const { key, nonce } = pseudonyms[i]!;
    leaves.push({ key, commitment: commitRecord(record, nonce, sha256), sums });
  }
  return leaves;
}

/** The entry of an account in the queue: its key and its shortfall, 16 bytes (PROOF-027). */
export function queueEntry(key: Uint8Array, shortfallAtoms: bigint): Uint8Array {
  const bytes = new Uint8Array(key.length + SUM_BYTES);
  bytes.set(key);
  writeSum(new DataView(bytes.buffer), key.length, shortfallAtoms);
  return bytes;
}

function queueOf(
  { accounts, pseudonyms }: Clients,
  sha256: Sha256,
): { log: MerkleLog; indexOf: ReadonlyMap<string, number> } {
  const log = new MerkleLog(sha256);
  const indexOf = new Map<string, number>();
  for (const [i, { account, assessed }] of accounts.entries()) {
    if (assessed.status !== 'queued') continue;
    indexOf.set(account.id, log.size);
    log.append(queueEntry(pseudonyms[i]!.key, assessed.shortfallAtoms));
  }
  return { log, indexOf };
}

function liquidationsOf(
  { liquidations, secret }: EpochInput,
  sha256: Sha256,
): { log: MerkleLog; entries: { liquidation: LiquidationRecord; nonce: Uint8Array }[] } {
  const log = new MerkleLog(sha256);
  const entries = liquidations.map((liquidation) => {
    const { nonce } = pseudonymOf(liquidation.record.account.id, secret, sha256);
    log.append(commitLiquidation(liquidation, nonce, sha256));
    return { liquidation, nonce };
  });
  return { log, entries };
}

type Made = Pick<Epoch, 'liabilities' | 'positions' | 'queue' | 'liquidations' | 'totals'>;

function toRecord(input: EpochInput, made: Made, sha256: Sha256): EpochRecord {
  const { origin, epoch, timeMs, assets, house, inputs, source, previous } = input;
  const liabilities = made.liabilities.root();
  const positions = made.positions.root();
  return {
    origin,
    epoch,
    timeMs,
    accounts: liabilities.count,
    inputs,
    liabilities: liabilities.hash,
    sums: toLiabilitySums(liabilities.sums, assets),
    house,
    positions: positions.hash,
    fingerprint: positions.sums[0]!,
    totals: hashOf({ domain: DOMAIN.totals, codec: totalsCodec }, made.totals, sha256),
    reserves: hashOf({ domain: DOMAIN.reserves, codec: signedReservesCodec }, input.reserves, sha256),
    queue: headOf(made.queue),
    liquidations: headOf(made.liquidations),
    source,
    previous,
  };
}

/** The head of a log as it stands. */
export function headOf(log: MerkleLog): LogHead {
  const head = log.head();
  assert(!isFailure(head), 'a log has a head for its own size');
  return head;
}
