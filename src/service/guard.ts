import type { FastifyRequest } from 'fastify';
import { type Failure, refuse } from '../base/failure.ts';
import type { Reaches } from './access.ts';
import type { Service } from './call.ts';
import type { Principal } from './keys.ts';
import { CSRF_HEADER, hasToken } from './sessions.ts';

/** Who a request comes from, and whether its session's token still has to be shown. Null: nobody that is known. */
export type Identity = { readonly principal: Principal; readonly isTokenMissing: boolean } | null;

/** Reads the key or the session of a request. A key counts where both are there. */
export function identify({ keys, sessions, venue }: Service, request: FastifyRequest): Identity {
  const { authorization, cookie } = request.headers;
  if (authorization !== undefined) {
    const principal = keys.authenticate(authorization.replace(/^Bearer /, ''));
    return principal === null ? null : { principal, isTokenMissing: false };
  }
  const session = sessions.find(cookie, venue.clock.nowMs());
  const principal = session === null ? null : keys.principalOf(session.keyId);
  if (session === null || principal === null) return null;
  const isSafe = request.method === 'GET' || request.method === 'HEAD';
  return {
    principal,
    isTokenMissing: isSafe ? !isSameOrigin(request) : !hasToken(session, request.headers[CSRF_HEADER]),
  };
}

/** A page of another origin may make a browser open a stream with its cookies; it cannot hide where it comes from. */
function isSameOrigin({ headers }: FastifyRequest): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return headers.upgrade === undefined;
  return URL.canParse(origin) && new URL(origin).host === host;
}

/** Whether somebody may use a route at all; the refusal if not. */
export function judgeEntry(identity: Identity, reaches: Reaches): Failure | null {
  if (identity === null) {
    const expected = 'a key as bearer token, or a session';
    return refuse('UNAUTHENTICATED', { field: 'authorization', value: 'none that is valid', expected });
  }
  const { principal, isTokenMissing } = identity;
  if (isTokenMissing) {
    const expected = `the session's token in ${CSRF_HEADER}, or a request from the service's own pages`;
    return refuse('NOT_ALLOWED', { field: CSRF_HEADER, value: 'missing or wrong', expected });
  }
  if (reaches[principal.scope] !== 'none') return null;
  const may = Object.entries(reaches).filter(([, reach]) => reach !== 'none');
  const expected = `a key of scope ${may.map(([scope]) => scope).join(', ')}`;
  return refuse('NOT_ALLOWED', { field: 'scope', value: principal.scope, expected });
}
