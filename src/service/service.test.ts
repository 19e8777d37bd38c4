import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { SAMPLE_START_MS, sampleFrame } from '../engine/sample.ts';
import { reportOf } from '../engine/reports.ts';
import {
  ask,
  type Keyring,
  orThrow,
  sampleOptions,
  sampleService,
  temporaryFolder,
} from './service.fixture.ts';
import type { Serving } from './serve.ts';
import { openVenue } from './venue.ts';

let serving: Serving;
let keys: Keyring;
let shocks: unknown[];
beforeAll(async () => {
  const made = await sampleService({ limits: { backlogBytes: 20_000, connectionsPerKey: 2 } });
  ({ serving, keys } = made);
  ({ shocks } = made.feed);
});
afterAll(async () => serving.stop());

const command = (kind: string, key: string, body: unknown) =>
  ask(serving.address, { route: `POST /v1/commands/${kind}`, key, body });
const get = (route: string, key: string) => ask(serving.address, { route: `GET ${route}`, key });

type Message = Record<string, unknown>;
type Stream = { socket: WebSocket; next: (has: string) => Promise<Message>; closed: Promise<number> };

function stream(key: string | null, headers: object = {}): Promise<Stream> {
  const socket = new WebSocket(`${serving.address.replace('http', 'ws')}/v1/stream`, {
    headers: { ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...headers },
  });
  const said: Message[] = [];
  const waiting: (() => void)[] = [];
  socket.on('message', (data: Buffer) => {
    said.push(JSON.parse(data.toString()) as Message);
    for (const wake of waiting.splice(0)) wake();
  });
  const next = async (has: string): Promise<Message> => {
    for (;;) {
      const at = said.findIndex((message) => has in message);
      if (at >= 0) return said.splice(at, 1)[0]!;
      await new Promise<void>((wake) => waiting.push(wake));
    }
  };
  const closed = new Promise<number>((resolve) => {
    socket.on('close', resolve);
    socket.on('error', () => resolve(-1));
  });
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve({ socket, next, closed }));
    socket.on('unexpected-response', (_, response) => reject(new Error(String(response.statusCode))));
    socket.on('error', reject);
  });
}

const say = ({ socket }: Stream, channel: string, account?: string): void =>
  socket.send(JSON.stringify({ act: 'subscribe', channel, ...(account === undefined ? {} : { account }) }));

describe('the service', () => {
  it('applies a command and says what came of it, with amounts as decimals', async () => {
    const body = { id: 'one', account: 'trader-0', asset: 'USDC', amount: '12.5' };
    const done = await command('Deposit', keys.venue, body);
    expect(done).toMatchObject({ status: 200, body: { events: [{ kind: 'Posted', why: 'deposit' }] } });
    expect(JSON.stringify(done.body)).toContain('"amount":"12.5"');
    const again = await command('Deposit', keys.venue, body);
    expect(again).toMatchObject({ status: 400, body: { error: { failure: 'DUPLICATE_ID' } } });
    expect(again.body['seq']).toBeGreaterThan(done.body['seq'] as number);
  });

  it('reports the engine’s own numbers, and a what-if that changes nothing', async () => {
    const { state } = serving.service.venue;
    const report = orThrow(reportOf(state, 'trader-0'));
    const { body } = await get('/v1/accounts/trader-0/report', keys.owner);
    expect(body).toMatchObject({
      equityUsd: report.equityUsd,
      initialUsd: report.initialUsd,
      maintenanceUsd: report.maintenanceUsd,
      health: report.health,
    });
    const seq = state.seq;
    const whatIf = await ask(serving.address, {
      route: 'POST /v1/accounts/trader-0/what-if',
      key: keys.owner,
      body: {
        changes: [
          { kind: 'move-spot', asset: 'BTC', frac: -0.5 },
          { kind: 'deposit', asset: 'USDC', amount: 5 },
        ],
      },
    });
    expect(whatIf.status).toBe(200);
    const { before, after } = whatIf.body as Record<string, { equityUsd: number }>;
    expect(before!.equityUsd).toBe(report.equityUsd);
    expect(after!.equityUsd).toBeLessThan(before!.equityUsd);
    expect(state.seq).toBe(seq);
    expect(orThrow(reportOf(state, 'trader-0'))).toEqual(report);
  });

  it('gives a browser a session that needs its token, and ends it', async () => {
    const opened = await ask(serving.address, { route: 'POST /v1/session', key: keys.venue });
    const cookie = opened.headers.get('set-cookie')!;
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    const headers = { cookie: cookie.split(';')[0]! };
    const token = opened.body['csrfToken'] as string;
    expect((await ask(serving.address, { route: 'GET /v1/session', headers })).body).toMatchObject({
      scope: 'venue',
    });
    const body = { moves: [{ asset: 'BTC', frac: -0.15 }] };
    const shock = { route: 'POST /v1/shock', body };
    expect((await ask(serving.address, { ...shock, headers })).status).toBe(403);
    const wrong = { ...headers, 'x-csrf-token': `${token.slice(0, -1)}_` };
    expect((await ask(serving.address, { ...shock, headers: wrong })).status).toBe(403);
    const right = { ...headers, 'x-csrf-token': token };
    expect((await ask(serving.address, { ...shock, headers: right })).status).toBe(200);
    expect(shocks.at(-1)).toEqual({ asset: 'BTC', frac: -0.15 });
    expect((await ask(serving.address, { route: 'DELETE /v1/session', headers: right })).status).toBe(200);
    expect((await ask(serving.address, { route: 'GET /v1/session', headers })).status).toBe(401);
  });

  it('does not open a stream for a page of another origin', async () => {
    const opened = await ask(serving.address, { route: 'POST /v1/session', key: keys.auditor });
    const cookie = opened.headers.get('set-cookie')!.split(';')[0]!;
    await expect(stream(null, { cookie, origin: 'http://evil.example' })).rejects.toThrow('403');
    await expect(stream(null, { cookie })).rejects.toThrow('403');
    const own = await stream(null, { cookie, origin: serving.address });
    own.socket.close();
    await own.closed;
  });

  it('ends a revoked key at once', async () => {
    const { body } = await ask(serving.address, {
      route: 'POST /v1/keys',
      key: keys.venue,
      body: { holder: 'temp', owner: 'trader-2' },
    });
    const { id, key } = body as { id: string; key: string };
    expect((await get('/v1/accounts/trader-2', key)).status).toBe(200);
    expect((await ask(serving.address, { route: `DELETE /v1/keys/${id}`, key: keys.venue })).status).toBe(
      200,
    );
    expect((await get('/v1/accounts/trader-2', key)).status).toBe(401);
    expect(JSON.stringify((await get('/v1/keys', keys.venue)).body)).not.toContain('hash');
  });

  it('streams what a subscriber may see, and refuses the rest in words', async () => {
    const own = await stream(keys.owner);
    say(own, 'events');
    say(own, 'reports', 'trader-0');
    say(own, 'reports', 'trader-1');
    expect(await own.next('error')).toMatchObject({ error: { failure: 'NOT_ALLOWED' } });
    expect(await own.next('report')).toMatchObject({ account: 'trader-0' });
    await command('Deposit', keys.venue, { id: 's1', account: 'trader-1', asset: 'USDC', amount: '1' });
    await command('Deposit', keys.venue, { id: 's0', account: 'trader-0', asset: 'USDC', amount: '1' });
    const { event } = (await own.next('event')) as { event: Message };
    expect(event).toMatchObject({ id: 's0', postings: [{ account: 'trader-0' }] });
    own.socket.send('{"act":"subscribe","channel":"secrets"}');
    expect(await own.next('error')).toMatchObject({ error: { failure: 'SHAPE_INVALID' } });
    own.socket.close();
    await own.closed;
  });

  it('bounds streams of a key and subscriptions of a stream', async () => {
    const both = await Promise.all([stream(keys.risk), stream(keys.risk)]);
    await expect(stream(keys.risk)).rejects.toThrow('429');
    for (const account of ['trader-0', 'trader-1', 'trader-2', 'trader-3', 'backstop'])
      for (const channel of ['events', 'calls', 'liquidations', 'breakers', 'market', 'reports'])
        say(both[0], channel, account);
    for (const channel of ['events', 'calls', 'liquidations']) say(both[0], channel);
    expect(await both[0].next('error')).toMatchObject({ error: { failure: 'RATE_LIMITED' } });
    for (const { socket } of both) socket.close();
    await Promise.all(both.map(({ closed }) => closed));
  });

  it('drops a client that does not read, and goes on for the others', async () => {
    const slow = await stream(keys.auditor);
    say(slow, 'events');
    await slow.next('subscribed');
    (slow.socket as unknown as { _socket: { pause: () => void } })._socket.pause();
    const { dropped } = serving.service.metrics;
    const count = async (): Promise<number> => (await dropped.get()).values[0]?.value ?? 0;
    for (let n = 0; n < 400 && (await count()) === 0; n += 1) {
      await Promise.all(
        Array.from({ length: 200 }, (_, i) =>
          serving.service.venue.sequencer.submit({
            kind: 'Deposit',
            id: `slow-${n}-${i}`,
            account: 'trader-1',
            asset: 'USDC',
            atoms: 1n,
          }),
        ),
      );
    }
    expect(await count()).toBe(1);
    expect((await get('/v1/venue', keys.auditor)).status).toBe(200);
  });

  it('describes itself as OpenAPI 3.1 with every refusal in it', async () => {
    const { body } = await ask(serving.address, { route: 'GET /openapi.json' });
    expect(body).toMatchObject({ openapi: '3.1.0' });
    const text = JSON.stringify(body);
    for (const code of ['INITIAL_MARGIN_SHORTFALL', 'UNAUTHENTICATED', 'JOURNAL_WRITE_FAILED'])
      expect(text).toContain(code);
    expect((await get('/metrics', keys.risk)).body['text']).toContain('plimsoll_commands_total');
  });

  it('limits how often one key asks', async () => {
    const small = await sampleService({ limits: { requestsPerSecond: 5 } });
    const statuses = await Promise.all(
      Array.from({ length: 20 }, () =>
        ask(small.serving.address, { route: 'GET /v1/session', key: small.keys.owner }),
      ),
    );
    expect(statuses.filter(({ status }) => status === 429).length).toBeGreaterThan(5);
    expect(statuses.find(({ status }) => status === 429)!.body).toMatchObject({
      error: { failure: 'RATE_LIMITED' },
    });
    await small.serving.stop();
  });

  it('stops gracefully: what waited is done, a snapshot is kept, and the venue comes back as it was', async () => {
    const dataDir = temporaryFolder();
    const first = await sampleService({ dataDir });
    const waiting = Array.from({ length: 50 }, (_, n) =>
      first.serving.service.venue.sequencer.submit({
        kind: 'Deposit',
        id: `g-${n}`,
        account: 'trader-0',
        asset: 'USDC',
        atoms: 1n,
      }),
    );
    const { state } = first.serving.service.venue;
    await first.serving.stop();
    expect((await Promise.all(waiting)).filter((outcome) => 'failure' in outcome)).toEqual([]);
    const again = orThrow(await openVenue(sampleOptions(dataDir, 4, null)));
    expect(again.state.seq).toBe(state.seq);
    expect(orThrow(reportOf(again.state, 'trader-0'))).toEqual(orThrow(reportOf(state, 'trader-0')));
    expect(again.events.seqFirst).toBe(state.seq + 1);
    await again.stop();
  });

  it('prices a moved market for everybody at once', async () => {
    serving.service.venue.sequencer.offer(sampleFrame(SAMPLE_START_MS, { btc: 96_000, eth: 3_300 }));
    await serving.service.venue.sequencer.drain();
    const { body } = await get('/v1/market', keys.stranger);
    expect(body['assets']).toMatchObject([{ id: 'BTC', index: { degraded: false } }, {}, {}, {}, {}]);
  });
});
