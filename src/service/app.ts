import { existsSync } from 'node:fs';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastifyStatic from '@fastify/static';
import swagger from '@fastify/swagger';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest } from 'fastify';
import { isFailure, refuse } from '../base/failure.ts';
import { parseJson } from '../contract/json-text.ts';
import { QUERY_ACCESS } from './access.ts';
import type { Call, Route, Service } from './call.ts';
import { COMMAND_ROUTES } from './command-routes.ts';
import { type Identity, identify, judgeEntry } from './guard.ts';
import { KEY_ROUTES } from './key-routes.ts';
import { describeRoute, OPENAPI } from './openapi.ts';
import { addPublicRoutes } from './public-routes.ts';
import { QUERY_ROUTES } from './query-routes.ts';
import { Refused, sendAnswer, sendFailure, toFailure } from './refused.ts';
import { Streams } from './stream.ts';
import { sightOf } from './visibility.ts';

declare module 'fastify' {
  interface FastifyRequest {
    identity: Identity;
  }
}

const STREAM: Route = {
  id: 'GET /v1/stream',
  about:
    'Events and reports as they come (WebSocket). Say {"act":"subscribe","channel":"calls"}; the channels are in the manual.',
  reaches: QUERY_ACCESS['GET /v1/stream'],
  answer: () => refuse('SHAPE_INVALID', { field: 'upgrade', value: 'none', expected: 'a WebSocket' }),
};

const STREAM_MESSAGE_BYTES = 4_096;

/** Builds the service over a venue. `console` is a folder of built pages, served where it exists. */
export async function buildApp(
  service: Service,
  logger: FastifyBaseLogger | false,
  consoleDir: string | null,
): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({
    ...(logger === false ? {} : { loggerInstance: logger }),
    bodyLimit: service.limits.bodyBytes,
    requestTimeout: 30_000,
    keepAliveTimeout: 60_000,
    routerOptions: { maxParamLength: 400 },
    forceCloseConnections: 'idle',
    frameworkErrors: (error, _request, reply) => sendFailure(reply, toFailure(error)!),
  });
  speakOurJson(app);
  app.decorateRequest('identity', null);
  app.addHook('onRequest', async (request) => {
    request.identity = identify(service, request);
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    const labels = { route: `${request.method} ${route}`, status: String(reply.statusCode) };
    service.metrics.requests.observe(labels, reply.elapsedTime / 1_000);
  });
  await app.register(swagger, OPENAPI);
  await app.register(helmet, {
    contentSecurityPolicy: { directives: { connectSrc: ["'self'", 'ws:', 'wss:'] } },
  });
  await app.register(websocket, { options: { maxPayload: STREAM_MESSAGE_BYTES } });
  await app.register(rateLimit, {
    max: service.limits.requestsPerSecond,
    timeWindow: 1_000,
    keyGenerator: (request) => request.identity?.principal.keyId ?? request.ip,
    errorResponseBuilder: (request) => {
      const expected = `at most ${service.limits.requestsPerSecond} requests a second`;
      return new Refused(refuse('RATE_LIMITED', { field: 'requests', value: request.ip, expected }));
    },
  });
  await app.register(async (routes) => {
    for (const route of [...COMMAND_ROUTES, ...QUERY_ROUTES, ...KEY_ROUTES]) addRoute(routes, service, route);
    addStream(routes, service);
  });
  await app.register(async (routes) => addPublicRoutes(routes, service));
  await addConsole(app, consoleDir);
  return app;
}

/** JSON is parsed by the contract's parser, refusals are the contract's, and nothing is validated but by the contract. */
function speakOurJson(app: FastifyInstance): void {
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    const document = parseJson(String(text), 'body');
    if (isFailure(document)) done(new Refused(document));
    else done(null, document.value);
  });
  app.setErrorHandler((error: Parameters<typeof toFailure>[0], request, reply) => {
    const failure = toFailure(error);
    if (failure !== null) return sendFailure(reply, failure);
    request.log.error(error);
    const expected = 'an answer';
    return sendFailure(reply, refuse('INTERNAL_ERROR', { field: 'request', value: request.id, expected }));
  });
}

function addRoute(app: FastifyInstance, service: Service, route: Route): void {
  const [method, url] = route.id.split(' ') as [string, string];
  app.route({
    method,
    url,
    schema: describeRoute(route),
    preParsing: async (request) => admit(request, service, route),
    handler: async (request, reply) => {
      const { principal } = request.identity!;
      const { state } = service.venue;
      const call: Call = {
        service,
        principal,
        reach: route.reaches[principal.scope],
        sees: sightOf(principal, state),
        params: request.params as Record<string, string>,
        query: request.query as Record<string, unknown>,
        body: request.body ?? null,
        reply,
      };
      return sendAnswer(reply, await route.answer(call));
    },
  });
}

/** Lets a request in before its body is read, or ends it. */
async function admit(request: FastifyRequest, service: Service, route: Route): Promise<void> {
  const refused = judgeEntry(request.identity, route.reaches);
  if (refused !== null) throw new Refused(refused);
  if (!service.venue.isStopping) return;
  const expected = 'a service that goes on';
  throw new Refused(refuse('ENGINE_HALTED', { field: 'service', value: 'stopping', expected }));
}

function addStream(app: FastifyInstance, service: Service): void {
  const streams = new Streams(service);
  app.addHook('preClose', async () => streams.close());
  app.route({
    method: 'GET',
    url: '/v1/stream',
    schema: describeRoute(STREAM),
    preParsing: async (request) => {
      await admit(request, service, STREAM);
      const crowded = streams.judgeConnection(request.identity!.principal);
      if (crowded !== null) throw new Refused(crowded);
    },
    handler: (_request, reply) => void sendAnswer(reply, STREAM.answer({} as Call)),
    wsHandler: (socket, request) => streams.attach(socket, request.identity!.principal),
  });
}

/** The console's pages, if they are built; else only the interface, and everything unknown is refused. */
async function addConsole(app: FastifyInstance, consoleDir: string | null): Promise<void> {
  const isBuilt = consoleDir !== null && existsSync(consoleDir);
  if (isBuilt) await app.register(fastifyStatic, { root: consoleDir, wildcard: false });
  app.setNotFoundHandler((request, reply) => {
    const isPage = isBuilt && request.method === 'GET' && !request.url.startsWith('/v1/');
    if (isPage && request.headers.accept?.includes('text/html') === true) return reply.sendFile('index.html');
    const value = `${request.method} ${request.url}`;
    return sendFailure(
      reply,
      refuse('UNKNOWN_ROUTE', { field: 'url', value, expected: 'a route of /openapi.json' }),
    );
  });
}
