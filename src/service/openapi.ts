import type { FastifySchema } from 'fastify';
import type { SwaggerOptions } from '@fastify/swagger';
import { ERRORS } from '../base/catalogue.ts';
import { RefusalSchema, refusalsByStatus } from '../contract/failure-shape.ts';
import { SCOPES } from './access.ts';
import type { Route } from './call.ts';

/** What the interface says of itself beside its routes: version, ways in, and the whole catalogue of refusals. */
export const OPENAPI: SwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Plimsoll',
      version: '1',
      description:
        'A cross-margining engine as a service. Every refusal is `{"error": {failure, field, value, expected}}`.',
      'x-errors': ERRORS,
    } as never,
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: `A key; its scope is ${SCOPES.join(', ')}.` },
        session: { type: 'apiKey', in: 'cookie', name: 'plimsoll_session' },
      },
      schemas: { Refusal: toPlainSchema(RefusalSchema) as never },
    },
  },
};

/** A route for the description: purpose, who gets in, input, and the refusals it can end with. */
export function describeRoute(route: Route): FastifySchema {
  const reaches = Object.entries(route.reaches).map(([scope, reach]) => `${scope}: ${reach}`);
  const params = [...route.id.matchAll(/:(\w+)/g)].map((match) => match[1]!);
  const texts = (names: readonly string[]): object =>
    Object.fromEntries(
      names.map((name) => [name, { type: 'string', description: route.query?.[name] ?? '' }]),
    );
  return {
    summary: route.about,
    description: `Reach — ${reaches.join(', ')}.`,
    tags: [route.id.split('/')[2] ?? 'service'],
    security: [{ key: [] }, { session: [] }],
    ...(params.length > 0 ? { params: { type: 'object', properties: texts(params) } } : {}),
    ...(route.query === undefined
      ? {}
      : { querystring: { type: 'object', properties: texts(Object.keys(route.query)) } }),
    ...(route.body === undefined ? {} : { body: toPlainSchema(route.body) }),
    response: responses(),
  };
}

function responses(): Record<string, object> {
  const refusals = [...refusalsByStatus()].map(([status, codes]) => [
    status,
    { description: codes.join(', '), $ref: '#/components/schemas/Refusal' },
  ]);
  return { 200: { description: 'The answer.', type: 'object' }, ...Object.fromEntries(refusals) };
}

/** A schema as plain JSON without names of its own, which a description would have to resolve. */
function toPlainSchema(schema: object): object {
  return JSON.parse(
    JSON.stringify(schema, (key, value: unknown) => (key === '$id' ? undefined : value)),
  ) as object;
}
