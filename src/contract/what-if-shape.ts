import Type, { type Static, type TSchema } from 'typebox';
import { type Failure, isFailure } from '../base/failure.ts';
import { METHOD_IDS, type MethodId } from '../margin/report.ts';
import type { Change } from '../margin/what-if.ts';
import { Decimal, decimalToNumber, Id, parseEach } from './scalars.ts';
import { parseShape } from './shape.ts';
import { closed } from './shapes.ts';

const ChangeShape = Type.Union([
  closed({
    kind: Type.Literal('trade'),
    instrument: Id,
    quantity: Decimal,
    price: Type.Optional(Type.Union([Decimal, Type.Null()])),
  }),
  closed({ kind: Type.Literal('remove'), instrument: Id }),
  closed({ kind: Type.Literal('deposit'), asset: Id, amount: Decimal }),
  closed({ kind: Type.Literal('move-spot'), asset: Id, frac: Type.Number() }),
  closed({ kind: Type.Literal('move-vol'), underlying: Id, frac: Type.Number() }),
  closed({ kind: Type.Literal('pass-time'), days: Type.Number() }),
  closed({
    kind: Type.Literal('set'),
    path: Type.String({ maxLength: 200 }),
    value: Type.Union([Type.Number(), Type.String({ maxLength: 200 }), Type.Boolean(), Type.Null()]),
  }),
]);

/** A name of a margin method. */
const Method: TSchema = Type.Union(METHOD_IDS.map((id) => Type.Literal(id)));

/** Changes to one account, its market or the parameters, in order; and the method, by default that of the account. */
export const WhatIfSchema: TSchema = closed({
  changes: Type.Array(ChangeShape, { minItems: 1, maxItems: 100 }),
  method: Type.Optional(Method),
});

export type WhatIf = { readonly changes: readonly Change[]; readonly method: MethodId | null };

/** Parses a what-if. Refuses what the shape refuses, and prices that are no numbers. */
export function parseWhatIf(value: unknown): WhatIf | Failure {
  const checked = parseShape(WhatIfSchema, value, 'whatIf');
  if (isFailure(checked)) return checked;
  const { changes, method = null } = checked as {
    changes: Static<typeof ChangeShape>[];
    method?: MethodId;
  };
  const parsed = parseEach(changes, toChange);
  return isFailure(parsed) ? parsed : { changes: parsed, method };
}

function toChange(wire: Static<typeof ChangeShape>, i: number): Change | Failure {
  if (wire.kind === 'deposit') return { ...wire, amount: String(wire.amount) };
  if (wire.kind !== 'trade') return wire;
  const given = wire.price ?? null;
  const price = given === null ? null : decimalToNumber(given, `changes[${i}].price`);
  return isFailure(price) ? price : { ...wire, quantity: String(wire.quantity), price };
}
