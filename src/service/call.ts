import type { TSchema } from 'typebox';
import type { FastifyReply } from 'fastify';
import { type Failure, refuse } from '../base/failure.ts';
import type { Reach, Reaches } from './access.ts';
import type { Keys, Principal } from './keys.ts';
import type { Metrics } from './metrics.ts';
import type { Sessions } from './sessions.ts';
import type { Venue } from './venue.ts';
import type { Sees } from './visibility.ts';

/** Bounds on what one client may ask of the service. */
export type Limits = {
  readonly requestsPerSecond: number;
  readonly bodyBytes: number;
  readonly pageItems: number;
  readonly connectionsPerKey: number;
  readonly connections: number;
  readonly subscriptionsPerConnection: number;
  /** Bytes that may wait for a client to read them; one who is slower is dropped. */
  readonly backlogBytes: number;
};

export const DEFAULT_LIMITS: Limits = {
  requestsPerSecond: 500,
  bodyBytes: 1 << 20,
  pageItems: 1_000,
  connectionsPerKey: 8,
  connections: 1_000,
  subscriptionsPerConnection: 32,
  backlogBytes: 1 << 20,
};

/** What every answer can draw on. */
export type Service = {
  readonly venue: Venue;
  readonly keys: Keys;
  readonly sessions: Sessions;
  readonly metrics: Metrics;
  readonly limits: Limits;
};

/** One request that was let in: who asks, how far they reach, and what they said, unchecked but for being JSON. */
export type Call = {
  readonly service: Service;
  readonly principal: Principal;
  readonly reach: Reach;
  readonly sees: Sees;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  readonly reply: FastifyReply;
};

/** One guarded route: address, purpose, who gets in, what it takes, and the answer, which may be a refusal. */
export type Route = {
  readonly id: string;
  readonly about: string;
  readonly reaches: Reaches;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: TSchema;
  readonly answer: (call: Call) => unknown;
};

/** NOT_ALLOWED for an account that is not in reach, whether or not it exists: strangers learn nothing. */
export function refuseForeign({ reach, sees }: Call, accounts: readonly string[]): Failure | null {
  if (reach === 'all') return null;
  const foreign = accounts.find((account) => !sees(account));
  if (foreign === undefined && accounts.length > 0) return null;
  const expected = 'accounts of the owner that the key was given to';
  return refuse('NOT_ALLOWED', { field: 'account', value: foreign ?? 'none', expected });
}

/** A whole number of a query, or its default. Refuses SHAPE_INVALID and NUMBER_OUT_OF_RANGE. */
export function parseCount(
  value: unknown,
  of: { readonly field: string; readonly otherwise: number; readonly max: number },
): number | Failure {
  const { field, otherwise, max } = of;
  if (value === undefined) return otherwise;
  if (typeof value !== 'string' || !/^-?\d{1,16}$/.test(value)) {
    return refuse('SHAPE_INVALID', { field, value, expected: 'a whole number' });
  }
  const count = Number(value);
  if (count >= -1 && count <= max) return count;
  return refuse('NUMBER_OUT_OF_RANGE', { field, value, expected: `a whole number up to ${max}` });
}
