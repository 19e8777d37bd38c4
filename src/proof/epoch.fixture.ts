import { AssertionFailed } from '../base/assert.ts';
import { describeFailure, type Failure, isFailure } from '../base/failure.ts';
import { pureSha256 } from '../base/sha256.ts';
import type { FittedScenarios } from '../margin/scenario-sets.ts';
import type { Market } from '../market/market.ts';
import type { Account } from '../portfolio/account.ts';
import type { AccountRecord } from './account-codec.ts';
import { canonicalBytes } from './canonical.ts';
import { signCheckpoint } from './checkpoint.ts';
import { type Signed, signDocument } from './document.ts';
import { buildEpoch, type Epoch, type EpochInput, headOf } from './epoch.ts';
import { type EpochRecord, epochRecordCodec } from './epoch-record.ts';
import { hashInputs, type OpenManifest, openManifest, toManifestText } from './manifest.ts';
import { MerkleLog } from './merkle.ts';
import { cosignatureLine, makeSignerKey, parseNote, type SignerKey } from './note.ts';
import { reservesCodec, type ReservesStatement } from './reserves.ts';
import { pureCrypto, type ProofCrypto } from './signature.ts';
import {
  type AccountStatement,
  makeStatement,
  type Statement,
  statementCodec,
  toStatementText,
} from './statement.ts';
import type { Trust } from './trust.ts';
import type { Verdict } from './verdict.ts';
import { verifyStatement } from './verify.ts';
import {
  fixtureAccounts,
  fixtureBytes,
  fixtureMarket,
  fixtureScenarios,
  FIXTURE_METHODOLOGY,
  linkedOf,
  recordsOf,
} from './venue.fixture.ts';

export const ORIGIN = 'venue.example/margin';
const sha256 = pureSha256;

export const LOG_KEY: SignerKey = makeSignerKey(
  { name: ORIGIN, kind: 'log', secretKey: fixtureBytes(32, 1) },
  sha256,
);
export const OPERATOR_KEY: SignerKey = makeSignerKey(
  { name: 'venue.example/operator', kind: 'log', secretKey: fixtureBytes(32, 2) },
  sha256,
);
export const WITNESS_KEYS: readonly SignerKey[] = [3, 4].map((seed) =>
  makeSignerKey(
    { name: `witness.example/w${seed}`, kind: 'witness', secretKey: fixtureBytes(32, seed) },
    sha256,
  ),
);

export const TRUST: Trust = {
  log: LOG_KEY.key,
  operator: OPERATOR_KEY.key,
  witnesses: WITNESS_KEYS.map(({ key }) => key),
  quorum: 2,
  account: null,
  lastSeen: null,
};

/** Everything that a venue has when it makes statements. */
export type Venue = {
  readonly market: Market;
  readonly scenarios: FittedScenarios;
  readonly accounts: readonly Account[];
  readonly input: EpochInput;
};

/** Unwraps what a test knows to succeed. */
export function sound<T>(value: T | Failure): T {
  if (isFailure(value)) throw new AssertionFailed(describeFailure(value));
  return value;
}

const INSURANCE_ATOMS = 5_000_000_000_000n;

/** The fixture's venue in one epoch. `holdings` in atoms, by asset: what the operator says it has. */
export function makeVenue(holdings: Readonly<Record<string, bigint>> = {}): Venue {
  const market = fixtureMarket();
  const scenarios = fixtureScenarios(market);
  const accounts = fixtureAccounts();
  return { market, scenarios, accounts, input: makeInput({ market, scenarios, accounts }, holdings) };
}

export function makeInput(
  of: Omit<Venue, 'input'>,
  holdings: Readonly<Record<string, bigint>> = {},
): EpochInput {
  const { market, scenarios, accounts } = of;
  const held: Record<string, bigint> = {
    BTC: 200_000_000n,
    ETH: 0n,
    USD: 0n,
    USDC: 2_280_000_000_000n + INSURANCE_ATOMS,
    ...holdings,
  };
  return {
    origin: ORIGIN,
    epoch: 12,
    timeMs: market.timeMs + 60_000,
    secret: fixtureBytes(32, 5),
    assets: [...market.assets.keys()],
    products: market.products,
    accounts: recordsOf(accounts, market, scenarios),
    house: [{ asset: 'USDC', fee: 0n, insurance: INSURANCE_ATOMS, settlement: 0n }],
    housePositions: [],
    liquidations: [],
    inputs: hashInputs({ parameters: FIXTURE_METHODOLOGY, market, scenarios }, sha256),
    reserves: Object.entries(held).map(([asset, atoms]) => reservesOf(market, asset, atoms)),
    source: {
      journalSize: 1_000,
      journalHash: fixtureBytes(32, 6),
      stateRoot: fixtureBytes(32, 7),
      engineBuild: fixtureBytes(32, 8),
    },
    previous: new Uint8Array(32),
  };
}

export function reservesOf(market: Market, asset: string, atoms: bigint): Signed<ReservesStatement> {
  const body: ReservesStatement = {
    plimsoll: 'reserves/1',
    origin: ORIGIN,
    epoch: 12,
    timeMs: market.timeMs,
    asset,
    places: market.assets.get(asset)!.asset.places,
    atoms,
    where: 'cold storage',
  };
  return signDocument(reservesCodec, body, { signer: OPERATOR_KEY, sha256 });
}

/** A log of six other entries and this epoch, and one more; its checkpoint signed by all. */
export function publish(epoch: EpochRecord): {
  log: MerkleLog;
  index: number;
  checkpoint: string;
} {
  const log = new MerkleLog(sha256);
  for (let entry = 0; entry < 6; entry += 1) log.append(fixtureBytes(100, 20 + entry));
  log.append(canonicalBytes(epochRecordCodec, epoch));
  log.append(fixtureBytes(100, 30));
  return { log, index: 6, checkpoint: cosign(signCheckpoint({ origin: ORIGIN, ...headOf(log) }, LOG_KEY)) };
}

export function cosign(note: string, witnesses: readonly SignerKey[] = WITNESS_KEYS): string {
  const { text } = sound(parseNote(note, 'note'));
  return note + witnesses.map((witness) => cosignatureLine(text, 1_770_000_000, witness)).join('');
}

/** What an operator hands to a reader, honest or not. */
export type Handed = {
  readonly epoch: Epoch;
  readonly manifest: OpenManifest;
  readonly statement: (account: string) => Signed<Statement>;
};

export function handOut(venue: Venue, input: EpochInput = venue.input): Handed {
  const epoch = sound(buildEpoch(input, sha256));
  const at = { ...publish(epoch.record), keptSize: null };
  const text = toManifestText({
    plimsoll: 'margin-manifest/1',
    parameters: FIXTURE_METHODOLOGY,
    market: venue.market,
    scenarios: venue.scenarios,
    totals: epoch.totals,
    reserves: epoch.reserves,
  });
  const statement = (account: string): Signed<Statement> => {
    const linked = linkedOf(
      venue.accounts.find(({ id }) => id === account)!,
      venue.accounts,
    );
    return sound(makeStatement(epoch, { account, linked, at }, { signer: OPERATOR_KEY, sha256 }));
  };
  return { epoch, manifest: sound(openManifest(text, sha256)), statement };
}

/** Verifies what the operator signed. */
export function verifyHanded(
  signed: Signed<Statement>,
  manifest: OpenManifest,
  by: { readonly trust?: Trust; readonly crypto?: ProofCrypto } = {},
): Verdict {
  const { trust = TRUST, crypto = pureCrypto } = by;
  return sound(verifyStatement(toStatementText(signed), { manifest, trust }, crypto));
}

/** A statement that a dishonest operator changed and signed as if it were true. */
export function forge(signed: Signed<Statement>, change: Partial<AccountStatement>): Signed<Statement> {
  const body = { ...(signed.body as AccountStatement), ...change };
  return signDocument<Statement>(statementCodec, body, { signer: OPERATOR_KEY, sha256 });
}

/** The same input with one account's record changed. */
export function withRecord(
  input: EpochInput,
  account: string,
  change: (record: AccountRecord) => AccountRecord,
): EpochInput {
  const accounts = input.accounts.map((record) => (record.account.id === account ? change(record) : record));
  return { ...input, accounts };
}
