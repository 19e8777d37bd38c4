import type { WireKind } from '../contract/commands.ts';
import type { Command } from '../engine/command.ts';
import type { Scope } from '../io/store/keys.ts';

/** How far a scope reaches on one route: everything, what belongs to the key's owner, or nothing. */
export type Reach = 'all' | 'own' | 'none';
export type Reaches = Readonly<Record<Scope, Reach>>;

export const SCOPES: readonly Scope[] = ['venue', 'owner', 'risk', 'auditor'];

const VENUE: Reaches = { venue: 'all', owner: 'none', risk: 'none', auditor: 'none' };
const RISK: Reaches = { venue: 'none', owner: 'none', risk: 'all', auditor: 'none' };
const OWN: Reaches = { venue: 'all', owner: 'own', risk: 'none', auditor: 'none' };
const READ: Reaches = { venue: 'all', owner: 'own', risk: 'all', auditor: 'all' };
const HOUSE: Reaches = { venue: 'all', owner: 'none', risk: 'all', auditor: 'all' };
const ANY: Reaches = { venue: 'all', owner: 'all', risk: 'all', auditor: 'all' };

/** Who may send which command. */
export const COMMAND_ACCESS: Readonly<Record<WireKind, Reaches>> = {
  OpenAccount: VENUE,
  SetAccountMode: OWN,
  Deposit: VENUE,
  Withdraw: OWN,
  Transfer: OWN,
  IsolatePosition: OWN,
  SubmitOrder: OWN,
  CancelOrder: OWN,
  Fill: VENUE,
  BidAuction: OWN,
  ListAsset: VENUE,
  ListInstrument: VENUE,
  MarketFrame: VENUE,
  SettleFunding: VENUE,
  SettleExpiry: VENUE,
  ProposeParameters: RISK,
  ApproveParameters: RISK,
  GrantCredit: RISK,
  ApproveCredit: RISK,
  OverrideBreaker: RISK,
  ApproveOverride: RISK,
};

/** Who may ask what. Together with {@link COMMAND_ACCESS} this is every route that needs a key; a route that is not here does not exist. */
export const QUERY_ACCESS = {
  'GET /v1/venue': HOUSE,
  'GET /v1/accounts': READ,
  'GET /v1/accounts/:account': READ,
  'GET /v1/accounts/:account/report': READ,
  'POST /v1/accounts/:account/what-if': READ,
  'GET /v1/positions': READ,
  'GET /v1/market': ANY,
  'GET /v1/parameters': ANY,
  'GET /v1/breakers': ANY,
  'GET /v1/events': READ,
  'GET /v1/stream': READ,
  'GET /v1/keys': VENUE,
  'POST /v1/keys': VENUE,
  'DELETE /v1/keys/:key': VENUE,
  'POST /v1/shock': VENUE,
  'GET /v1/session': ANY,
  'DELETE /v1/session': ANY,
  'GET /metrics': HOUSE,
} as const satisfies Readonly<Record<string, Reaches>>;
export type QueryRoute = keyof typeof QUERY_ACCESS;

/** What needs no key: liveness, the interface's own description, and the exchange of a key for a session. */
export const PUBLIC_ROUTES = [
  'GET /healthz',
  'GET /readyz',
  'GET /openapi.json',
  'POST /v1/session',
] as const;

/** `POST /v1/commands/Deposit`. */
export function commandRoute(kind: WireKind): string {
  return `POST /v1/commands/${kind}`;
}

/** Every guarded route with its reaches: what code, documents and tests are made from. */
export function guardedRoutes(): ReadonlyMap<string, Reaches> {
  const commands = Object.entries(COMMAND_ACCESS).map(
    ([kind, reaches]) => [commandRoute(kind as WireKind), reaches] as const,
  );
  return new Map<string, Reaches>([...commands, ...Object.entries(QUERY_ACCESS)]);
}

/** Accounts that a command acts for: an owner must own them all. Empty: none that an owner could own. */
export function accountsOfCommand(command: Command): readonly string[] {
  switch (command.kind) {
    case 'SetAccountMode':
    case 'Withdraw':
    case 'IsolatePosition':
    case 'SubmitOrder':
    case 'CancelOrder':
      return [command.account];
    case 'Transfer':
      return [command.from, command.to];
    case 'BidAuction':
      return [command.bidder];
    default:
      return [];
  }
}
