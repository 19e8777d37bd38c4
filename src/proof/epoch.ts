import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { assert } from '../base/assert.ts';
import type { Sha256 } from '../base/sha256.ts';
import type { Position } from '../portfolio/account.ts';
import type { AssetId, InstrumentId, Product } from '../product/product.ts';
import type { AccountRecord } from './account-codec.ts';
import { hashOf } from './canonical.ts';
import type { Signed } from './document.ts';
import { DOMAIN } from './domain.ts';
import { HashColumn } from './hash-column.ts';
import type { EpochRecord, EpochSource, HouseFunds, InputHashes } from './epoch-record.ts';
import {
  commitRecord,
  liabilitiesOf,
  liabilityLayout,
  makeBooks,
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
import { type SumLeaf, SumTree } from './sum-tree.ts';
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
  readonly keys: HashColumn;
  readonly nonces: HashColumn;
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
  const clients = orderByKey(input, sha256);
  const { accounts } = clients;
  const indexOf = new Map(accounts.map(({ account }, index) => [account.id, index]));
  if (indexOf.size !== accounts.length) {
    return refuse('DUPLICATE_ID', {
      field: 'accounts',
      value: accounts.length,
      expected: 'each account once',
    });
  }
  const trees = buildTrees(input, clients, sha256);
  if (isFailure(trees)) return trees;
  const positionsOf = accounts.map(({ account }) => account.positions);
  const totals = totalPositions(positionsOf, input.housePositions);
  if (isFailure(totals)) return totals;
  const queued = queueOf(clients, sha256);
  const liquidated = liquidationsOf(input, sha256);
  const made = { ...trees, totals, queue: queued.log, liquidations: liquidated.log };
  return {
    record: toRecord(input, made, sha256),
    reserves: input.reserves,
    ...clients,
    indexOf,
    ...made,
    queueIndexOf: queued.indexOf,
    liquidated: liquidated.entries,
  };
}

/** Records with keys and nonces in the order of the keys. */
type Clients = Pick<Epoch, 'accounts' | 'keys' | 'nonces'>;

function orderByKey({ accounts, secret }: EpochInput, sha256: Sha256): Clients {
  const count = accounts.length;
  const drawn = { keys: new HashColumn(count), nonces: new HashColumn(count) };
  for (let at = 0; at < count; at += 1) {
    const { key, nonce } = pseudonymOf(accounts[at]!.account.id, secret, sha256);
    drawn.keys.put(at, key);
    drawn.nonces.put(at, nonce);
  }
  const order = Uint32Array.from({ length: count }, (_, at) => at).sort((a, b) => drawn.keys.compare(a, b));
  const sorted = { keys: new HashColumn(count), nonces: new HashColumn(count) };
  for (const [index, at] of order.entries()) {
    sorted.keys.put(index, drawn.keys.at(at));
    sorted.nonces.put(index, drawn.nonces.at(at));
  }
  return { accounts: Array.from(order, (at) => accounts[at]!), ...sorted };
}

/** The two trees over the same keys and commitments. */
function buildTrees(
  input: EpochInput,
  { accounts, keys, nonces }: Clients,
  sha256: Sha256,
): Pick<Epoch, 'liabilities' | 'positions'> | Failure {
  const { length } = accounts;
  const books = makeBooks(input.assets, input.products);
  const commitments = new HashColumn(length);
  const leafOf = (index: number, sums: readonly bigint[]): SumLeaf => ({
    key: keys.at(index),
    commitment: commitments.at(index),
    sums,
  });
  const withLiabilities = (index: number): SumLeaf | Failure => {
    const sums = liabilitiesOf(accounts[index]!, books);
    if (isFailure(sums)) return sums;
    commitments.put(index, commitRecord(accounts[index]!, nonces.at(index), sha256));
    return leafOf(index, sums);
  };
  const layout = liabilityLayout(input.assets.length);
  const liabilities = SumTree.build(layout, { length, at: withLiabilities }, sha256);
  if (isFailure(liabilities)) return liabilities;
  const prints = new Fingerprints(liabilities.root().hash, sha256);
  const withPrint = (index: number): SumLeaf =>
    leafOf(index, [prints.ofPositions(accounts[index]!.account.positions)]);
  const positions = SumTree.build(POSITION_LAYOUT, { length, at: withPrint }, sha256);
  return isFailure(positions) ? positions : { liabilities, positions };
}

/** The entry of an account in the queue: its key and its shortfall, 16 bytes (PROOF-027). */
export function queueEntry(key: Uint8Array, shortfallAtoms: bigint): Uint8Array {
  const bytes = new Uint8Array(key.length + SUM_BYTES);
  bytes.set(key);
  writeSum(new DataView(bytes.buffer), key.length, shortfallAtoms);
  return bytes;
}

function queueOf(
  { accounts, keys }: Clients,
  sha256: Sha256,
): { log: MerkleLog; indexOf: ReadonlyMap<string, number> } {
  const log = new MerkleLog(sha256);
  const indexOf = new Map<string, number>();
  for (const [i, { account, assessed }] of accounts.entries()) {
    if (assessed.status !== 'queued') continue;
    indexOf.set(account.id, log.size);
    log.append(queueEntry(keys.at(i), assessed.shortfallAtoms));
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
