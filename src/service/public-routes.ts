import type { FastifyInstance } from 'fastify';
import { refuse } from '../base/failure.ts';
import { toIsoTime } from '../contract/scalars.ts';
import type { Service } from './call.ts';
import { sendFailure } from './refused.ts';

/** Routes that need no key; see `PUBLIC_ROUTES`. */
export function addPublicRoutes(app: FastifyInstance, service: Service): void {
  app.get('/healthz', { schema: { summary: 'Whether the process answers.', tags: ['service'] } }, () => ({
    alive: true,
  }));
  app.get(
    '/readyz',
    { schema: { summary: 'Whether commands are taken.', tags: ['service'] } },
    (_, reply) => {
      const { sequencer, isStopping } = service.venue;
      if (sequencer.halted !== null) return sendFailure(reply, sequencer.halted);
      if (!isStopping) return { ready: true };
      const expected = 'a service that goes on';
      return sendFailure(reply, refuse('ENGINE_HALTED', { field: 'service', value: 'stopping', expected }));
    },
  );
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  addSession(app, service);
}

/** Exchanges a key for a cookie that scripts cannot read and a token that they must send. */
function addSession(app: FastifyInstance, service: Service): void {
  const summary =
    'Opens a session for a browser: a key in the authorization header, a cookie and a token back.';
  app.post('/v1/session', { schema: { summary, tags: ['session'] } }, (request, reply) => {
    const { authorization } = request.headers;
    const principal =
      authorization === undefined ? null : service.keys.authenticate(authorization.replace(/^Bearer /, ''));
    if (principal === null) {
      const expected = 'a key as bearer token';
      return sendFailure(
        reply,
        refuse('UNAUTHENTICATED', { field: 'authorization', value: 'none that is valid', expected }),
      );
    }
    const grant = service.sessions.open(principal.keyId, service.venue.clock.nowMs());
    return reply
      .header('set-cookie', grant.cookie)
      .send({ ...principal, csrfToken: grant.csrf, until: toIsoTime(grant.untilMs) });
  });
}
