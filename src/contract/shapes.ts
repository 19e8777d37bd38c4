import Type, { type TNull, type TNumber, type TObject, type TSchema, type TUnion } from 'typebox';
import { Id } from './scalars.ts';

/** An object with these fields and no others. */
export function closed<P extends Record<string, TSchema>>(properties: P): TObject<P> {
  return Type.Object(properties, { additionalProperties: false });
}

export function nullable<S extends TSchema>(schema: S): TUnion<[S, TNull]> {
  return Type.Union([schema, Type.Null()]);
}

export const Positive: TNumber = Type.Number({ exclusiveMinimum: 0 });
/** A share of one. */
export const Frac: TNumber = Type.Number({ minimum: 0, maximum: 1 });

/** What an asset is, prices aside. */
export const assetFields = {
  id: Id,
  places: Type.Integer({ minimum: 0, maximum: 18 }),
  kind: Type.Union([
    Type.Literal('coin'),
    Type.Literal('stable'),
    Type.Literal('fiat'),
    Type.Literal('index'),
  ]),
  issuer: Type.Optional(nullable(Id)),
  pegTo: Type.Optional(nullable(Id)),
};
