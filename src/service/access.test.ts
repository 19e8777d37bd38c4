import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WIRE_KINDS, type WireKind } from '../contract/commands.ts';
import { COMMAND_ACCESS, commandRoute, guardedRoutes, PUBLIC_ROUTES, type Reach, SCOPES } from './access.ts';
import { type Answer, ask, type Keyring, sampleService } from './service.fixture.ts';
import type { Serving } from './serve.ts';

let serving: Serving;
let keys: Keyring;
beforeAll(async () => {
  ({ serving, keys } = await sampleService());
});
afterAll(async () => serving.stop());

/** A body of every command that acts for `account`; what the engine says of it does not matter here. */
const BODIES: Readonly<Record<WireKind, (account: string) => unknown>> = {
  OpenAccount: () => ({ account: `fresh-${Math.floor(performance.now() * 1_000)}` }),
  SetAccountMode: (account) => ({ account, mode: 'cross' }),
  Deposit: (account) => ({ id: 'access', account, asset: 'USDC', amount: '1' }),
  Withdraw: (account) => ({ id: `w-${account}`, account, asset: 'USDC', amount: '1' }),
  Transfer: (account) => ({ id: `t-${account}`, from: account, to: account, asset: 'USDC', amount: '1' }),
  IsolatePosition: (account) => ({ account, instrument: 'BTC-PERP', amount: '1' }),
  SubmitOrder: (account) => ({ account, id: 'x', instrument: 'BTC-PERP', quantity: '0.001', price: 1 }),
  CancelOrder: (account) => ({ account, id: 'x' }),
  Fill: (account) => ({
    executionId: 'x',
    instrument: 'BTC-PERP',
    quantity: '0.001',
    price: 95_000,
    buyer: { account },
    seller: { account: 'backstop' },
  }),
  BidAuction: (account) => ({ auction: 'trader-3', bidder: account, shareFrac: 1 }),
  ListAsset: () => ({ id: 'NEW', places: 8, kind: 'coin' }),
  ListInstrument: () => ({ product: { kind: 'spot', id: 'ETH-USDC', underlying: 'ETH', settle: 'USDC' } }),
  MarketFrame: () => ({}),
  SettleFunding: () => ({ instrument: 'BTC-PERP' }),
  SettleExpiry: () => ({ instrument: 'BTC-27MAR26', settlementPrice: 1 }),
  ProposeParameters: () => ({
    proposal: 'p',
    why: 'w',
    methodology: {
      plimsoll: 'methodology/1',
      id: 'm',
      version: '2',
      effective: '2026-02-01T00:00:00Z',
      approvers: ['a', 'b'],
    },
  }),
  ApproveParameters: () => ({ proposal: 'p' }),
  GrantCredit: (account) => ({ account, line: 'l', limitUsd: 1, expires: '2026-12-01T00:00:00Z' }),
  ApproveCredit: (account) => ({ account, line: 'l' }),
  OverrideBreaker: () => ({
    override: 'b',
    scope: 'venue',
    state: 'cautious',
    why: 'w',
    until: '2026-12-01T00:00:00Z',
  }),
  ApproveOverride: () => ({ override: 'b' }),
};
const KIND_OF = new Map(WIRE_KINDS.map((kind) => [commandRoute(kind), kind] as const));

const QUERY_BODIES: Readonly<Record<string, unknown>> = {
  'POST /v1/accounts/:account/what-if': { changes: [{ kind: 'pass-time', days: 1 }] },
  'POST /v1/keys': { holder: 'h', owner: 'trader-9' },
  'POST /v1/shock': { moves: [{ asset: 'BTC', frac: 0 }] },
};

function attempt(route: string, key: string | null, account: string): Promise<Answer> {
  const kind = KIND_OF.get(route);
  const body = kind === undefined ? QUERY_BODIES[route] : BODIES[kind](account);
  const url = route.replace(':account', account).replace(':key', 'none');
  return ask(serving.address, { route: url, key, ...(body === undefined ? {} : { body }) });
}

/** Whether an answer let somebody in: whatever the engine then said. A stream asks for its upgrade; a key that is not there is not revoked. */
function isIn(route: string, answer: Answer): boolean {
  const failure = (answer.body['error'] as { failure?: string; field?: string } | undefined) ?? {};
  if (route === 'DELETE /v1/keys/:key' && failure.field === 'key') return true;
  return answer.status !== 401 && failure.failure !== 'NOT_ALLOWED';
}

const ROUTES = [...guardedRoutes()];
/** Routes that answer an owner about one account, named in the path or the body. */
const namesAccount = (route: string): boolean => {
  const kind = KIND_OF.get(route);
  return route.includes(':account') || (kind !== undefined && COMMAND_ACCESS[kind].owner === 'own');
};

describe.each(ROUTES)('%s', (route, reaches) => {
  it('lets nobody in without a key, or with one that is wrong', async () => {
    const forged = keys.venue.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    for (const key of [null, '', 'plim_', forged, keys.venue.slice(0, -1)]) {
      expect((await attempt(route, key, 'trader-0')).status).toBe(401);
    }
  });

  it.each(SCOPES)('answers scope %s as the table says', async (scope) => {
    const reach: Reach = reaches[scope];
    const answer = await attempt(route, keys[scope], 'trader-0');
    expect([reach !== 'none', answer.status]).toEqual([isIn(route, answer), answer.status]);
    expect(answer.status).not.toBe(500);
  });

  it('keeps an owner away from what is not the owner’s, existing or not', async () => {
    if (reaches.owner !== 'own' || !namesAccount(route)) return;
    for (const account of ['trader-1', 'backstop', 'no-such-account', 'trader-0|BTC-PERP-2']) {
      const answer = await attempt(route, keys.owner, account);
      const stranger = await attempt(route, keys.stranger, 'trader-0');
      const shape = (answer.body['error'] as { failure: string }).failure;
      expect(['NOT_ALLOWED', 'SHAPE_INVALID']).toContain(shape);
      expect(stranger.status).toBe(403);
    }
  });
});

describe('the table of access', () => {
  it('is every route there is but the public ones', async () => {
    const { body } = await ask(serving.address, { route: 'GET /openapi.json' });
    const paths = Object.entries(body['paths'] as Record<string, Record<string, unknown>>);
    const served = paths.flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    const known = [...guardedRoutes().keys(), ...PUBLIC_ROUTES.filter((route) => !route.includes('openapi'))];
    expect(served.sort()).toEqual(known.sort());
  });

  it('needs both accounts of a transfer', async () => {
    const body = { id: 'steal', from: 'trader-1', to: 'trader-0', asset: 'USDC', amount: '1' };
    const answer = await ask(serving.address, { route: 'POST /v1/commands/Transfer', key: keys.owner, body });
    expect(answer.status).toBe(403);
  });

  it('takes the name behind a proposal from the key, so that one person cannot approve alone', async () => {
    const proposal = BODIES.ProposeParameters('') as object;
    const propose = {
      route: 'POST /v1/commands/ProposeParameters',
      body: { ...proposal, proposal: 'four-eyes' },
    };
    expect((await ask(serving.address, { ...propose, key: keys.risk })).status).toBe(200);
    const approve = { route: 'POST /v1/commands/ApproveParameters', body: { proposal: 'four-eyes' } };
    const own = await ask(serving.address, { ...approve, key: keys.risk });
    expect(own.body).toMatchObject({ error: { failure: 'APPROVER_NOT_INDEPENDENT' } });
    expect((await ask(serving.address, { ...approve, key: keys.second })).status).toBe(200);
  });

  it('shows an owner only the owner’s accounts, positions and events', async () => {
    const page = await ask(serving.address, { route: 'GET /v1/accounts', key: keys.owner });
    expect(page.body['accounts']).toMatchObject([{ account: 'trader-0' }]);
    const { body } = await ask(serving.address, { route: 'GET /v1/events?limit=1000', key: keys.owner });
    expect(JSON.stringify(body)).not.toMatch(/trader-[1-9]|backstop|\$custody/);
    expect(JSON.stringify(body)).toContain('trader-0');
  });
});
