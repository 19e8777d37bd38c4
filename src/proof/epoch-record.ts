import type { Sha256 } from '../base/sha256.ts';
import type { AssetId } from '../product/product.ts';
import { id } from './account-codec.ts';
import { hashOf } from './canonical.ts';
import { type Codec, hash, i128, list, record, u128, u53 } from './codec.ts';
import { DOMAIN } from './domain.ts';
import type { AssetSums, LiabilitySums } from './liabilities.ts';
import type { LogHead } from './merkle.ts';

/** What everybody's margin was computed from, by hash. */
export type InputHashes = {
  readonly parameters: Uint8Array;
  readonly market: Uint8Array;
  readonly scenarios: Uint8Array;
};

/** The house's own money in one asset, signed atoms: fees earned, insurance fund, and what settlement accounts are owed or owe. */
export type HouseFunds = {
  readonly asset: AssetId;
  readonly fee: bigint;
  readonly insurance: bigint;
  readonly settlement: bigint;
};

/** Where the epoch stands in the journal, and which build of the engine made it. */
export type EpochSource = {
  readonly journalSize: number;
  readonly journalHash: Uint8Array;
  readonly stateRoot: Uint8Array;
  readonly engineBuild: Uint8Array;
};

/** Everything that an epoch commits to (PROOF-028): one entry of the log. */
export type EpochRecord = {
  /** The name of the log. */
  readonly origin: string;
  readonly epoch: number;
  readonly timeMs: number;
  /** Number of client accounts. */
  readonly accounts: number;
  readonly inputs: InputHashes;
  /** Root of the liability tree, and the sums that it commits to. */
  readonly liabilities: Uint8Array;
  readonly sums: LiabilitySums;
  /** Ascending by asset. */
  readonly house: readonly HouseFunds[];
  /** Root of the position tree, its fingerprint, and the hash of the totals per instrument. */
  readonly positions: Uint8Array;
  readonly fingerprint: bigint;
  readonly totals: Uint8Array;
  readonly reserves: Uint8Array;
  /** Accounts below maintenance, and liquidations since the epoch before. */
  readonly queue: LogHead;
  readonly liquidations: LogHead;
  readonly source: EpochSource;
  /** Hash of the record before it; 32 zero bytes for the first. */
  readonly previous: Uint8Array;
};

const head: Codec<LogHead> = record<LogHead>({ size: u53, root: hash });

const sums: Codec<LiabilitySums> = record<LiabilitySums>({
  assets: list(record<AssetSums>({ asset: id, claims: u128, borrowings: u128 }), 10_000),
  deficitAtoms: u128,
  shortfallAtoms: u128,
  margined: u128,
  queued: u128,
});

export const epochRecordCodec: Codec<EpochRecord> = record<EpochRecord>({
  origin: id,
  epoch: u53,
  timeMs: u53,
  accounts: u53,
  inputs: record<InputHashes>({ parameters: hash, market: hash, scenarios: hash }),
  liabilities: hash,
  sums,
  house: list(record<HouseFunds>({ asset: id, fee: i128, insurance: i128, settlement: i128 }), 10_000),
  positions: hash,
  fingerprint: u128,
  totals: hash,
  reserves: hash,
  queue: head,
  liquidations: head,
  source: record<EpochSource>({ journalSize: u53, journalHash: hash, stateRoot: hash, engineBuild: hash }),
  previous: hash,
});

/** Hash of a record, by which the next one names it. */
export function hashEpoch(epoch: EpochRecord, sha256: Sha256): Uint8Array {
  return hashOf({ domain: DOMAIN.epoch, codec: epochRecordCodec }, epoch, sha256);
}
