import { ERRORS, type ErrorCode } from '../base/catalogue.ts';
import { type Failure, refuse } from '../base/failure.ts';

const CODES = Object.keys(ERRORS) as ErrorCode[];
const PRECEDENCE: ReadonlyMap<ErrorCode, number> = new Map(CODES.map((code, place) => [code, place]));

/** Of several refusals the one that the catalogue lists first; null where there is none. Equal codes: the first given. */
export function earliest(refusals: readonly (Failure | null)[]): Failure | null {
  let first: Failure | null = null;
  for (const one of refusals) {
    if (one === null) continue;
    if (first === null || PRECEDENCE.get(one.failure)! < PRECEDENCE.get(first.failure)!) first = one;
  }
  return first;
}

/** NUMBER_OUT_OF_RANGE unless a count of atoms is above zero. */
export function refuseUnlessPositive(atoms: bigint, field: string): Failure | null {
  return atoms > 0n
    ? null
    : refuse('NUMBER_OUT_OF_RANGE', { field, value: atoms, expected: 'an amount above zero' });
}

/** SHAPE_INVALID unless a text can be an id or a name: 1 to 128 well-formed characters, not all of them blank. */
export function refuseText(text: string, field: string): Failure | null {
  const isText = text.length > 0 && text.length <= 128 && text.isWellFormed() && text.trim() !== '';
  return isText ? null : refuse('SHAPE_INVALID', { field, value: text, expected: '1 to 128 characters' });
}

/** NUMBER_NOT_FINITE or NUMBER_OUT_OF_RANGE for a price that the product cannot have. */
export function refusePrice(price: number, field: string, leastIsZero: boolean): Failure | null {
  if (!Number.isFinite(price)) {
    return refuse('NUMBER_NOT_FINITE', { field, value: price, expected: 'a finite price' });
  }
  const isSound = price < 1e15 && (leastIsZero ? price >= 0 : price > 0);
  return isSound
    ? null
    : refuse('NUMBER_OUT_OF_RANGE', {
        field,
        value: price,
        expected: leastIsZero ? '0 to 1e15' : 'above 0 and below 1e15',
      });
}
