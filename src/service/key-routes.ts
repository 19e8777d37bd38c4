import Type, { type Static, type TObject } from 'typebox';
import { isFailure, refuse } from '../base/failure.ts';
import { Id, toIsoTime } from '../contract/scalars.ts';
import { parseShape } from '../contract/shape.ts';
import { QUERY_ACCESS } from './access.ts';
import type { Call, Route } from './call.ts';

const NewKey: TObject = Type.Object({ holder: Id, owner: Id }, { additionalProperties: false });
const Shock: TObject = Type.Object(
  {
    moves: Type.Array(
      Type.Object(
        { asset: Id, frac: Type.Number({ exclusiveMinimum: -1, maximum: 100 }) },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 100 },
    ),
  },
  { additionalProperties: false },
);

/** Routes about keys, sessions and the feed. */
export const KEY_ROUTES: readonly Route[] = [
  {
    id: 'GET /v1/keys',
    about: 'Every key, without its secret.',
    reaches: QUERY_ACCESS['GET /v1/keys'],
    answer: ({ service }) => ({
      keys: service.keys.list().map(({ id, scope, holder, owner, createdMs, revokedMs }) => ({
        id,
        scope,
        holder,
        owner,
        created: toIsoTime(createdMs),
        revoked: revokedMs === null ? null : toIsoTime(revokedMs),
      })),
    }),
  },
  {
    id: 'POST /v1/keys',
    about:
      'Issues a key to an owner; its text is shown this once. Other scopes are given where the service is started.',
    reaches: QUERY_ACCESS['POST /v1/keys'],
    body: NewKey,
    answer: issueKey,
  },
  {
    id: 'DELETE /v1/keys/:key',
    about: 'Ends an owner’s key, and every session it opened.',
    reaches: QUERY_ACCESS['DELETE /v1/keys/:key'],
    answer: revokeKey,
  },
  {
    id: 'POST /v1/shock',
    about: 'Moves the prices of a generated market at once; −0.15 is fifteen percent down.',
    reaches: QUERY_ACCESS['POST /v1/shock'],
    body: Shock,
    answer: shock,
  },
  {
    id: 'GET /v1/session',
    about: 'Who is asking.',
    reaches: QUERY_ACCESS['GET /v1/session'],
    answer: ({ principal }) => principal,
  },
  {
    id: 'DELETE /v1/session',
    about: 'Ends the session of the browser.',
    reaches: QUERY_ACCESS['DELETE /v1/session'],
    answer: ({ service, reply }) => {
      reply.header('set-cookie', service.sessions.close(reply.request.headers.cookie));
      return { ended: true };
    },
  },
  {
    id: 'GET /metrics',
    about: 'Figures in the text format of Prometheus.',
    reaches: QUERY_ACCESS['GET /metrics'],
    answer: async ({ service, reply }) => {
      const { registry } = service.metrics;
      reply.type(registry.contentType);
      return registry.metrics();
    },
  },
];

function issueKey({ service, body }: Call): unknown {
  const asked = parseShape(NewKey, body, 'key') as Static<typeof NewKey>;
  if (isFailure(asked)) return asked;
  const { holder, owner } = asked as { holder: string; owner: string };
  return service.keys.issue({ scope: 'owner', holder, owner }, service.venue.clock.nowMs());
}

function revokeKey({ service, params }: Call): unknown {
  const id = params['key'] ?? '';
  const key = service.keys.find(id);
  if (key?.scope !== 'owner') {
    const expected = 'the id of an owner’s key';
    return refuse('NOT_ALLOWED', { field: 'key', value: id, expected });
  }
  service.keys.revoke(id, service.venue.clock.nowMs());
  return { revoked: id };
}

function shock({ service, body }: Call): unknown {
  const asked = parseShape(Shock, body, 'shock');
  if (isFailure(asked)) return asked;
  const { moves } = asked as { moves: { asset: string; frac: number }[] };
  const { feed, state } = service.venue;
  if (feed?.shock === undefined) {
    const expected = 'a generated market';
    return refuse('SHOCK_UNSUPPORTED', { field: 'feed', value: 'none that can be shocked', expected });
  }
  const unknown = moves.find(({ asset }) => !state.tables.assets.indexOf.has(asset));
  if (unknown !== undefined) {
    const expected = 'an asset of the venue';
    return refuse('UNKNOWN_ASSET', { field: 'asset', value: unknown.asset, expected });
  }
  feed.shock(moves);
  return { shocked: moves };
}
