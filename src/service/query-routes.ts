import { type Failure, isFailure, refuse } from '../base/failure.ts';
import { toEventJson, type EventJson } from '../contract/event-json.ts';
import {
  namesOf,
  toAccountJson,
  toBreakersJson,
  toMarketJson,
  toParametersJson,
  toPositionsJson,
  toVenueJson,
} from '../contract/state-json.ts';
import { parseWhatIf, WhatIfSchema } from '../contract/what-if-shape.ts';
import { accountAt, accountIndex } from '../engine/state.ts';
import { METHOD_IDS, type MethodId } from '../margin/report.ts';
import type { AccountDoc } from '../engine/documents.ts';
import { QUERY_ACCESS, type QueryRoute } from './access.ts';
import { type Call, parseCount, refuseForeign, type Route } from './call.ts';
import { reportOn, whatIf } from './report.ts';
import { eventFor } from './visibility.ts';

type Answer = Omit<Route, 'id' | 'reaches'>;

const PAGE = { limit: 'most items to give', after: 'where to go on: the last one that was given' };

const ANSWERS: Readonly<Partial<Record<QueryRoute, Answer>>> = {
  'GET /v1/venue': {
    about: 'Where the venue stands.',
    answer: ({ service }) => toVenueJson(service.venue.state),
  },
  'GET /v1/accounts': {
    about: 'Accounts in order of opening, a page at a time; `health` picks those of one health.',
    query: { ...PAGE, health: 'healthy, warning, margin-call, reduce-only, liquidating or bankrupt' },
    answer: listAccounts,
  },
  'GET /v1/accounts/:account': {
    about: 'What an account holds: balances, positions, orders, credit, its call and its liquidation.',
    answer: (call) => ofAccount(call, (doc) => toAccountJson(call.service.venue.state, doc)),
  },
  'GET /v1/accounts/:account/report': {
    about: 'The margin report of an account in the market of the moment, every method beside it.',
    query: { method: 'a margin method; by default the one of the account' },
    answer: (call) =>
      ofAccount(call, ({ id }) => {
        const method = parseMethod(call.query['method']);
        return isFailure(method) ? method : reportOn(call.service.venue.state, id, method);
      }),
  },
  'POST /v1/accounts/:account/what-if': {
    about: 'The report before and after changes; nothing is kept.',
    body: WhatIfSchema,
    answer: (call) =>
      ofAccount(call, ({ id }) => {
        const asked = parseWhatIf(call.body);
        return isFailure(asked) ? asked : whatIf(call.service.venue.state, id, asked);
      }),
  },
  'GET /v1/positions': {
    about: 'Open positions by account, a page of accounts at a time; `instrument` picks one.',
    query: { ...PAGE, instrument: 'an instrument' },
    answer: listPositions,
  },
  'GET /v1/market': {
    about: 'Prices, marks, forwards, surfaces and depth, with their quality.',
    answer: ({ service }) => toMarketJson(service.venue.state),
  },
  'GET /v1/parameters': {
    about: 'Methodology and rules in force, and every proposal.',
    answer: ({ service }) => toParametersJson(service.venue.state),
  },
  'GET /v1/breakers': {
    about: 'Circuit breakers and overrides.',
    answer: ({ service }) => toBreakersJson(service.venue.state),
  },
  'GET /v1/events': {
    about: 'What happened after a sequence number, in order. A page ends with the last event of a command.',
    query: { after: 'a sequence number; −1 for everything that is held', limit: PAGE.limit },
    answer: listEvents,
  },
};

/** Routes that answer from the state and change nothing. */
export const QUERY_ROUTES: readonly Route[] = Object.entries(ANSWERS).map(([id, answer]) => ({
  id,
  reaches: QUERY_ACCESS[id as QueryRoute],
  ...answer,
}));

/** Answers about the account of the path. Strangers are told the same of accounts that exist and that do not. */
function ofAccount(call: Call, answer: (doc: AccountDoc) => unknown): unknown {
  const id = call.params['account'] ?? '';
  const foreign = refuseForeign(call, [id]);
  if (foreign !== null) return foreign;
  const { state } = call.service.venue;
  const index = accountIndex(state, id);
  const doc = index === null ? null : accountAt(state, index);
  if (doc !== null && doc.parent === null) return answer(doc);
  return refuse('UNKNOWN_ACCOUNT', { field: 'account', value: id, expected: 'an account that was opened' });
}

function parseMethod(value: unknown): MethodId | null | Failure {
  if (value === undefined) return null;
  const found = METHOD_IDS.find((id) => id === value);
  return found ?? refuse('UNKNOWN_METHOD', { field: 'method', value, expected: METHOD_IDS.join(', ') });
}

/** A page of accounts in reach, sleeves left out; `after` is the account that the page before ended with. */
function pageOf(call: Call, isWanted: (doc: AccountDoc) => boolean): AccountDoc[] | Failure {
  const { service, query, sees, reach } = call;
  const { state } = service.venue;
  const { pageItems } = service.limits;
  const limit = parseCount(query['limit'], { field: 'limit', otherwise: 100, max: pageItems });
  if (isFailure(limit)) return limit;
  const after = query['after'] === undefined ? -1 : accountIndex(state, String(query['after']));
  if (after === null || (after >= 0 && refuseForeign(call, [String(query['after'])]) !== null)) {
    return refuse('UNKNOWN_ACCOUNT', {
      field: 'after',
      value: query['after'],
      expected: 'an account of a page',
    });
  }
  const page: AccountDoc[] = [];
  const { items } = state.tables.accounts;
  for (let index = after + 1; index < items.length && page.length < limit; index += 1) {
    const doc = items[index]!;
    if (doc.parent === null && (reach === 'all' || sees(doc.id)) && isWanted(doc)) page.push(doc);
  }
  return page;
}

function listAccounts(call: Call): unknown {
  const { health } = call.query;
  const page = pageOf(call, (doc) => health === undefined || doc.health === health);
  if (isFailure(page)) return page;
  const accounts = page.map(({ id, client, owner, mode, health: state, positions, orders, call: due }) => ({
    account: id,
    client,
    owner,
    mode,
    health: state,
    positions: positions.length,
    orders: orders.length,
    callUsd: due?.amountUsd ?? null,
  }));
  return { accounts, next: page.at(-1)?.id ?? null };
}

function listPositions(call: Call): unknown {
  const { state } = call.service.venue;
  const { instrument } = call.query;
  const page = pageOf(call, (doc) => doc.positions.length + doc.sleeves.length > 0);
  if (isFailure(page)) return page;
  const positions = page
    .flatMap((doc) => toPositionsJson(state, doc))
    .filter((position) => instrument === undefined || position.instrument === instrument);
  return { positions, next: page.at(-1)?.id ?? null };
}

function listEvents(call: Call): unknown {
  const { service, query, principal, sees } = call;
  const { state, events } = service.venue;
  const { pageItems } = service.limits;
  const after = parseCount(query['after'], { field: 'after', otherwise: -1, max: Number.MAX_SAFE_INTEGER });
  if (isFailure(after)) return after;
  const limit = parseCount(query['limit'], { field: 'limit', otherwise: 100, max: pageItems });
  if (isFailure(limit)) return limit;
  if (query['after'] !== undefined && after >= 0 && after < events.seqFirst - 1) {
    const expected = `at least ${events.seqFirst - 1}`;
    return refuse('EVENTS_EXPIRED', { field: 'after', value: after, expected });
  }
  const names = namesOf(state);
  const page: EventJson[] = [];
  let last = after;
  for (const { seq, timeMs, events: happened } of events.since(after)) {
    if (page.length >= limit) break;
    for (const event of happened) {
      const visible = eventFor(event, principal, sees);
      if (visible !== null) page.push(toEventJson(visible, { seq, timeMs, names }));
    }
    last = seq;
  }
  return { events: page, next: last };
}
