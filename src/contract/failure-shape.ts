import Type, { type TSchema } from 'typebox';
import { ERRORS, type ErrorCode } from '../base/catalogue.ts';

const CODES = Object.keys(ERRORS) as ErrorCode[];

/** A refusal on the wire, `{"error": {failure, field, value, expected}}`; `failure` is a code of the catalogue. */
export const RefusalSchema: TSchema = Type.Object(
  {
    error: Type.Object({
      failure: Type.Union(CODES.map((code) => Type.Literal(code, { description: ERRORS[code].meaning }))),
      field: Type.String(),
      value: Type.String(),
      expected: Type.String(),
    }),
  },
  { $id: 'Refusal' },
);

/** Codes by HTTP status, ascending, each with its meaning: what the responses of an interface list. */
export function refusalsByStatus(): ReadonlyMap<number, readonly ErrorCode[]> {
  const statuses = [...new Set(CODES.map((code) => ERRORS[code].status))].sort((a, b) => a - b);
  return new Map(statuses.map((status) => [status, CODES.filter((code) => ERRORS[code].status === status)]));
}
