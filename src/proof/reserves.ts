import { id } from './account-codec.ts';
import { type Codec, list, record, text, u128, u53, word } from './codec.ts';
import { type Signed, signedCodec } from './document.ts';
import type { AssetId } from '../product/product.ts';

/** What the operator says it holds of one asset for one epoch: its word, not a proof (PROOF-041). */
export type ReservesStatement = {
  readonly plimsoll: 'reserves/1';
  readonly origin: string;
  readonly epoch: number;
  readonly timeMs: number;
  readonly asset: AssetId;
  readonly places: number;
  readonly atoms: bigint;
  /** Where it is held, for whoever wants to look. */
  readonly where: string;
};

export const reservesCodec: Codec<ReservesStatement> = record<ReservesStatement>({
  plimsoll: word('reserves/1'),
  origin: id,
  epoch: u53,
  timeMs: u53,
  asset: id,
  places: u53,
  atoms: u128,
  where: text(500),
});

/** One statement an asset, ascending by asset. */
export const signedReservesCodec: Codec<readonly Signed<ReservesStatement>[]> = list(
  signedCodec(reservesCodec),
  10_000,
);
