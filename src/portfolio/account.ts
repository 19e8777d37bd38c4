import type { AssetId, InstrumentId } from '../product/product.ts';

export type AccountId = string;
/** How an account is margined: position by position, rule based with one pool, or by scenarios with one pool. */
export type AccountMode = 'isolated' | 'cross' | 'portfolio';

/**
 * A holding of contracts. `quantityAtoms`: signed, {@link QUANTITY_PLACES} decimals, long positive.
 * `costAtoms`: what the position cost so far, in atoms of the settlement asset: unrealised P&L = value − cost.
 * `isolatedAtoms`: collateral set aside for this position alone (atoms of the settlement asset); null = shares the pool.
 */
export type Position = {
  readonly instrument: InstrumentId;
  readonly quantityAtoms: bigint;
  readonly costAtoms: bigint;
  readonly isolatedAtoms: bigint | null;
};

/** An open order, held at its worst side. `price` in the product's own unit. */
export type OrderHold = {
  readonly id: string;
  readonly instrument: InstrumentId;
  readonly quantityAtoms: bigint;
  readonly price: number;
};

/** Uncollateralised threshold: a net exposure inside `limitUsd` calls no margin. Needs two people and an end. */
export type CreditLine = {
  readonly id: string;
  readonly limitUsd: number;
  readonly grantor: string;
  readonly approver: string;
  readonly expiryMs: number;
};

export type Account = {
  readonly id: AccountId;
  readonly client: string;
  /** Beneficial owner: accounts of one owner are charged for concentration together. */
  readonly owner: string;
  readonly mode: AccountMode;
  /** Signed atoms per asset, in ascending order of id; a negative balance is a liability. */
  readonly balances: ReadonlyMap<AssetId, bigint>;
  readonly positions: readonly Position[];
  readonly orders: readonly OrderHold[];
  readonly creditLines: readonly CreditLine[];
};
