import Type, { type TSchema } from 'typebox';
import { BREAKER_LEVELS } from '../breaker/level.ts';
import { BREAKER_SIGNALS } from '../breaker/parameters.ts';
import { type Failure, isFailure } from '../base/failure.ts';
import { DEFAULT_RULES, type VenueRules } from '../engine/rules.ts';
import { DELEVERAGING_POLICIES } from '../liquidation/policies.ts';
import { mergeLeaves } from './methodology-file.ts';
import { Id } from './scalars.ts';
import { parseShape } from './shape.ts';

type Json = { readonly [key: string]: unknown };

/** Of a rule: not negative; null where the rule may be without end. */
function leafShape(value: unknown): TSchema {
  const number = Type.Number({ minimum: 0 });
  return value === null || value === Infinity ? Type.Union([number, Type.Null()]) : number;
}

/** The shape of whatever may be said of a default: any of its fields, down to its numbers. */
function shapeLike(template: Json, exceptions: Readonly<Record<string, TSchema>>): TSchema {
  const properties = Object.entries(template).map(([key, value]) => {
    const isSection = typeof value === 'object' && value !== null && !Array.isArray(value);
    return [key, exceptions[key] ?? (isSection ? shapeLike(value as Json, exceptions) : leafShape(value))];
  });
  return Type.Partial(
    Type.Object(Object.fromEntries(properties) as Record<string, TSchema>, { additionalProperties: false }),
  );
}

const Level = Type.Object(
  { enter: Type.Number({ minimum: 0 }), exit: Type.Number({ minimum: 0 }) },
  { additionalProperties: false },
);
const named = (names: readonly string[], schema: TSchema): TSchema =>
  Type.Partial(
    Type.Object(Object.fromEntries(names.map((name) => [name, schema])) as Record<string, TSchema>, {
      additionalProperties: false,
    }),
  );
const Thresholds = named(
  BREAKER_SIGNALS,
  named(
    BREAKER_LEVELS.filter((level) => level !== 'normal'),
    Level,
  ),
);

const Quality = shapeLike(DEFAULT_RULES.quality.assets, {});

/** Rules of a venue; what is left out is as in the default. Null for a time without end, a floor or a ceiling that there is not. */
export const RulesSchema: TSchema = shapeLike(DEFAULT_RULES, {
  exceptions: Type.Array(Type.Object({ id: Id, parameters: Quality }, { additionalProperties: false }), {
    maxItems: 10_000,
  }),
  backstops: Type.Array(Id, { maxItems: 100 }),
  thresholds: Thresholds,
  deleveraging: Type.Union(DELEVERAGING_POLICIES.map((policy) => Type.Literal(policy))),
});

/** Parses rules; fields merge into the default leaf by leaf, lists replace. */
export function parseRules(value: unknown): VenueRules | Failure {
  const checked = parseShape(RulesSchema, value, 'rules');
  if (isFailure(checked)) return checked;
  const merged = withoutEnd(DEFAULT_RULES, mergeLeaves(DEFAULT_RULES as unknown as Json, checked as Json));
  const { quality } = merged as VenueRules;
  const exceptions = quality.exceptions.map(({ id, parameters }) => {
    const base = DEFAULT_RULES.quality.assets as unknown as Json;
    const full = withoutEnd(base, mergeLeaves(base, parameters as unknown as Json));
    return { id, parameters: full as typeof parameters };
  });
  return { ...(merged as VenueRules), quality: { ...quality, exceptions } };
}

/** Null back to Infinity wherever the default is: JSON has no word for it. */
function withoutEnd(template: unknown, value: unknown): unknown {
  if (template === Infinity && value === null) return Infinity;
  if (typeof template !== 'object' || template === null || Array.isArray(template)) return value;
  return Object.fromEntries(
    Object.entries(value as Json).map(([key, inner]) => [key, withoutEnd((template as Json)[key], inner)]),
  );
}
