import type { TSchema } from 'typebox';
import { QUANTITY_PLACES } from '../base/amount.ts';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { Command } from '../engine/command.ts';
import type { AssetId, InstrumentId } from '../product/product.ts';
import { decimalToAtoms, decimalToNumber } from './scalars.ts';

/** What a parser must know of the venue: how many decimals an asset has, and what an instrument is paid in. Null: not listed. */
export type Names = {
  readonly placesOf: (asset: AssetId) => number | null;
  readonly settleOf: (instrument: InstrumentId) => AssetId | null;
};

/** `by` is who asks, as the service knows it: nobody states their own name. */
export type Asker = { readonly names: Names; readonly by: string };

/** One command on the wire: what it is for, the shape of its body, and the way from a checked body to the command. */
export type CommandWire = {
  readonly about: string;
  readonly shape: TSchema;
  readonly parse: (body: never, asker: Asker) => Command | Failure;
};

/** Exact atoms of an amount of an asset. Refuses UNKNOWN_ASSET and DECIMAL_INVALID. */
export function parseAmount(
  amount: string | number,
  asset: AssetId,
  at: { readonly names: Names; readonly field: string },
): bigint | Failure {
  const places = at.names.placesOf(asset);
  if (places !== null) return decimalToAtoms(amount, places, at.field);
  return refuse('UNKNOWN_ASSET', { field: 'asset', value: asset, expected: 'an asset that was listed' });
}

/** Exact atoms of an amount of what an instrument is paid in. Refuses UNKNOWN_INSTRUMENT and DECIMAL_INVALID. */
export function parseSettleAmount(
  amount: string | number,
  instrument: InstrumentId,
  at: { readonly names: Names; readonly field: string },
): bigint | Failure {
  const settle = at.names.settleOf(instrument);
  if (settle !== null) return parseAmount(amount, settle, at);
  const expected = 'an instrument that was listed';
  return refuse('UNKNOWN_INSTRUMENT', { field: 'instrument', value: instrument, expected });
}

/** Contracts and their price, as an order or a trade states them. */
export function parseTerms(body: {
  readonly quantity: string | number;
  readonly price: string | number;
}): { readonly quantityAtoms: bigint; readonly price: number } | Failure {
  const quantityAtoms = decimalToAtoms(body.quantity, QUANTITY_PLACES, 'quantity');
  if (isFailure(quantityAtoms)) return quantityAtoms;
  const price = decimalToNumber(body.price, 'price');
  return isFailure(price) ? price : { quantityAtoms, price };
}
