import Type, { type Static, type TUnion, type TSchema } from 'typebox';
import { QUANTITY_PLACES } from '../base/amount.ts';
import { type Failure, isFailure, refuse } from '../base/failure.ts';
import type { Product } from '../product/product.ts';
import { decimalToAtoms, Decimal, Id, IsoTime, parseIsoTime } from './scalars.ts';
import { closed, Frac, Positive } from './shapes.ts';

const Form = Type.Union([Type.Literal('linear'), Type.Literal('inverse')]);

const listed = { id: Id, underlying: Id, settle: Id, lot: Type.Optional(Decimal) };
const derivative = { ...listed, form: Form, contractSize: Positive };
const SPOT = { kind: Type.Literal('spot'), ...listed };
const PERPETUAL = { kind: Type.Literal('perpetual'), ...derivative };
const FUTURE = { kind: Type.Literal('future'), ...derivative, expiry: IsoTime };
const OPTION = {
  kind: Type.Literal('option'),
  ...derivative,
  expiry: IsoTime,
  strike: Positive,
  right: Type.Union([Type.Literal('call'), Type.Literal('put')]),
};
/** What a market file says beside the product itself. */
const quoted = {
  mark: Type.Optional(Type.Number({ minimum: 0 })),
  confidence: Type.Optional(Frac),
  ageMs: Type.Optional(Type.Number({ minimum: 0 })),
};

const SpotShape = closed({ ...SPOT, ...quoted });
const PerpetualShape = closed({ ...PERPETUAL, ...quoted, fundingRate: Type.Optional(Type.Number()) });
const FutureShape = closed({ ...FUTURE, ...quoted });
const OptionShape = closed({ ...OPTION, ...quoted });

export type InstrumentWire =
  | Static<typeof SpotShape>
  | Static<typeof PerpetualShape>
  | Static<typeof FutureShape>
  | Static<typeof OptionShape>;

/** One listed instrument with its mark, tagged by `kind`. */
export const InstrumentShape: TUnion<
  [typeof SpotShape, typeof PerpetualShape, typeof FutureShape, typeof OptionShape]
> = Type.Union([SpotShape, PerpetualShape, FutureShape, OptionShape]);

/** A product alone, without a price. */
export const ProductShape: TSchema = Type.Union([
  closed(SPOT),
  closed(PERPETUAL),
  closed(FUTURE),
  closed(OPTION),
]);

/** Turns a checked instrument into a product; the lot is one contract unless stated. */
export function parseProduct(wire: InstrumentWire, at: string): Product | Failure {
  const lotAtoms = decimalToAtoms(wire.lot ?? '1', QUANTITY_PLACES, `${at}.lot`);
  if (isFailure(lotAtoms)) return lotAtoms;
  if (lotAtoms <= 0n) {
    return refuse('NUMBER_OUT_OF_RANGE', { field: `${at}.lot`, value: wire.lot, expected: 'a lot above 0' });
  }
  const common = { id: wire.id, underlying: wire.underlying, settle: wire.settle, lotAtoms };
  if (wire.kind === 'spot') return { ...common, kind: 'spot' };
  const { form, contractSize } = wire;
  if (wire.kind === 'perpetual') return { ...common, kind: 'perpetual', form, contractSize };
  const expiryMs = parseIsoTime(wire.expiry, `${at}.expiry`);
  if (isFailure(expiryMs)) return expiryMs;
  if (wire.kind === 'future') return { ...common, kind: 'future', form, contractSize, expiryMs };
  const { strike, right } = wire;
  return { ...common, kind: 'option', form, contractSize, expiryMs, strike, right };
}
