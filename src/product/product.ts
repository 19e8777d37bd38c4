/** Ids are plain strings: `BTC`, `BTC-PERPETUAL`, `BTC-27MAR26-100000-C`. An underlying is named by its asset id. */
export type AssetId = string;
export type InstrumentId = string;

/**
 * Something that can be owned or that a price exists for. `places` is the number of decimals of one atom; `issuer` names
 * who stands behind it (wrong-way and issuer caps); `pegTo` marks a stablecoin or wrapped asset.
 */
export type Asset = {
  readonly id: AssetId;
  readonly places: number;
  readonly kind: 'coin' | 'stable' | 'fiat' | 'index';
  readonly issuer: string | null;
  readonly pegTo: AssetId | null;
};

/**
 * `linear`: priced and paid in the settlement asset, `contractSize` is units of the underlying per contract.
 * `inverse`: priced in USD and paid in the underlying coin; `contractSize` is USD per contract for perpetuals and
 * futures, units of the underlying per contract for options.
 */
export type Form = 'linear' | 'inverse';

type Listed = {
  readonly id: InstrumentId;
  readonly underlying: AssetId;
  readonly settle: AssetId;
  /** Smallest quantity step, in atoms of {@link QUANTITY_PLACES} decimals of one contract. */
  readonly lotAtoms: bigint;
};

/** A pair: one unit of the underlying against the settlement asset. Holdings of it are balances, not positions. */
export type Spot = Listed & { readonly kind: 'spot' };
export type Perpetual = Listed & {
  readonly kind: 'perpetual';
  readonly form: Form;
  readonly contractSize: number;
};
export type Future = Listed & {
  readonly kind: 'future';
  readonly form: Form;
  readonly contractSize: number;
  readonly expiryMs: number;
};
export type Option = Listed & {
  readonly kind: 'option';
  readonly form: Form;
  readonly contractSize: number;
  readonly expiryMs: number;
  /** In USD for inverse options, in the settlement asset for linear ones. */
  readonly strike: number;
  readonly right: 'call' | 'put';
};

export type Product = Spot | Perpetual | Future | Option;
/** What a position can be held in. */
export type Derivative = Perpetual | Future | Option;

export const YEAR_MS: number = 365 * 86_400_000;

/** Time to expiry in years of 365 days; 0 from the moment of expiry on; Infinity for what never expires. */
export function tauYears(product: Product, timeMs: number): number {
  if (product.kind === 'spot' || product.kind === 'perpetual') return Infinity;
  return Math.max(0, product.expiryMs - timeMs) / YEAR_MS;
}
