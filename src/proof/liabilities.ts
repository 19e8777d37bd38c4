import { type Failure, refuse } from '../base/failure.ts';
import type { Sha256 } from '../base/sha256.ts';
import type { AssetId, InstrumentId, Product } from '../product/product.ts';
import { type AccountRecord, accountRecordCodec } from './account-codec.ts';
import { canonicalBytes } from './canonical.ts';
import { U128_END } from './codec.ts';
import { DOMAIN, hashTagged } from './domain.ts';
import type { SumLayout } from './sum-tree.ts';

/** The sums over all accounts (PROOF-021). Atoms of the asset; USD in millionths; numbers of accounts. */
export type LiabilitySums = {
  /** Ascending by asset. */
  readonly assets: readonly AssetSums[];
  readonly deficitAtoms: bigint;
  readonly shortfallAtoms: bigint;
  readonly margined: bigint;
  readonly queued: bigint;
};
export type AssetSums = { readonly asset: AssetId; readonly claims: bigint; readonly borrowings: bigint };

const SUMS_BESIDE_ASSETS = 4;

/** Claims and borrowings of each asset, then deficits, shortfalls, margined, queued. */
export function liabilityLayout(assetCount: number): SumLayout {
  return {
    leaf: DOMAIN.liabilityLeaf,
    node: DOMAIN.liabilityNode,
    root: DOMAIN.liabilityRoot,
    sums: 2 * assetCount + SUMS_BESIDE_ASSETS,
    rule: 'exact',
  };
}

/** The sums of a tree or leaf by name. */
export function toLiabilitySums(sums: readonly bigint[], assets: readonly AssetId[]): LiabilitySums {
  const at = 2 * assets.length;
  return {
    assets: assets.map((asset, i) => ({ asset, claims: sums[2 * i]!, borrowings: sums[2 * i + 1]! })),
    deficitAtoms: sums[at]!,
    shortfallAtoms: sums[at + 1]!,
    margined: sums[at + 2]!,
    queued: sums[at + 3]!,
  };
}

/** The same in the order of the tree. */
export function fromLiabilitySums(sums: LiabilitySums): bigint[] {
  return [
    ...sums.assets.flatMap(({ claims, borrowings }) => [claims, borrowings]),
    sums.deficitAtoms,
    sums.shortfallAtoms,
    sums.margined,
    sums.queued,
  ];
}

/** Where the sums of an account go: columns by asset, settlement assets by instrument. */
export type Books = {
  readonly columnOf: ReadonlyMap<AssetId, number>;
  readonly products: ReadonlyMap<InstrumentId, Product>;
};

/** Columns of assets that ascend by id. */
export function makeBooks(assets: readonly AssetId[], products: ReadonlyMap<InstrumentId, Product>): Books {
  return { columnOf: new Map(assets.map((asset, i) => [asset, i])), products };
}

/**
 * What one account adds to the sums: a balance above zero, and collateral set aside for a position, is a claim; a balance below
 * zero is a borrowing and never lessens a claim (PROOF-021). Refuses UNKNOWN_ASSET, UNKNOWN_INSTRUMENT, and NUMBER_OUT_OF_RANGE
 * for a claim that 128 bits do not hold.
 */
export function liabilitiesOf({ account, assessed }: AccountRecord, books: Books): bigint[] | Failure {
  const { columnOf, products } = books;
  const sums = Array.from({ length: 2 * columnOf.size + SUMS_BESIDE_ASSETS }, () => 0n);
  for (const [asset, atoms] of account.balances) {
    const column = columnOf.get(asset);
    if (column === undefined) return unknown('UNKNOWN_ASSET', `balances.${asset}`, asset);
    if (atoms > 0n) sums[2 * column]! += atoms;
    else sums[2 * column + 1]! -= atoms;
  }
  for (const { instrument, isolatedAtoms } of account.positions) {
    const product = products.get(instrument);
    const column = columnOf.get(product?.settle ?? '');
    if (column === undefined) return unknown('UNKNOWN_INSTRUMENT', `positions.${instrument}`, instrument);
    sums[2 * column]! += isolatedAtoms ?? 0n;
  }
  if (sums.some((sum) => sum >= U128_END)) {
    const expected = 'claims of at most 128 bits';
    return refuse('NUMBER_OUT_OF_RANGE', { field: account.id, value: 'an overflow', expected });
  }
  const at = 2 * columnOf.size;
  sums[at] = assessed.deficitAtoms;
  sums[at + 1] = assessed.shortfallAtoms;
  sums[at + (assessed.status === 'margined' ? 2 : 3)] = 1n;
  return sums;
}

function unknown(code: 'UNKNOWN_ASSET' | 'UNKNOWN_INSTRUMENT', field: string, value: string): Failure {
  return refuse(code, { field, value, expected: 'one that the epoch has sums for' });
}

/** Who an account is in one epoch: `key` is its place in the tree, `nonce` hides its record from those who guess at it. */
export type Pseudonym = { readonly key: Uint8Array; readonly nonce: Uint8Array };

const utf8 = new TextEncoder();

/**
 * Nonce and key of an account in one epoch (PROOF-024): the nonce from the epoch's secret and the id, the key from nonce and id. Without
 * the secret, those of two epochs or of two accounts have nothing to do with each other.
 */
export function pseudonymOf(accountId: string, epochSecret: Uint8Array, sha256: Sha256): Pseudonym {
  const name = utf8.encode(accountId);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, name.length);
  const nonce = hashTagged(sha256, DOMAIN.nonce, epochSecret, length, name);
  return { nonce, key: hashTagged(sha256, DOMAIN.key, nonce, name) };
}

/** The key that belongs to a nonce: the owner of the account can check it. */
export function keyOf(accountId: string, nonce: Uint8Array, sha256: Sha256): Uint8Array {
  return hashTagged(sha256, DOMAIN.key, nonce, utf8.encode(accountId));
}

/** Secret of one epoch from the venue's own, 32 bytes each. */
export function epochSecretOf(venueSecret: Uint8Array, epoch: number, sha256: Sha256): Uint8Array {
  const number = new Uint8Array(8);
  new DataView(number.buffer).setBigUint64(0, BigInt(epoch));
  return hashTagged(sha256, DOMAIN.epochSecret, venueSecret, number);
}

/** The hiding commitment to a record (PROOF-024). */
export function commitRecord(record: AccountRecord, nonce: Uint8Array, sha256: Sha256): Uint8Array {
  return hashTagged(sha256, DOMAIN.commitment, nonce, canonicalBytes(accountRecordCodec, record));
}
