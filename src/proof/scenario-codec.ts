import { assert } from '../base/assert.ts';
import { isFailure } from '../base/failure.ts';
import type { Sha256 } from '../base/sha256.ts';
import type { ViewId } from '../margin/risk-view.ts';
import type { FittedScenarios } from '../margin/scenario-sets.ts';
import type { AssetId } from '../product/product.ts';
import type { Factor, ScenarioSet } from '../scenario/set.ts';
import { id } from './account-codec.ts';
import { hashOf } from './canonical.ts';
import { bad, type Codec, hash, list, mapOf, real, reals, record, text, u53, word } from './codec.ts';
import { DOMAIN } from './domain.ts';

const VIEWS = ['filtered', 'historical', 'monte-carlo', 'stress'] as const satisfies readonly ViewId[];
const SCENARIOS_MAX = 1_000_000;

const setFields = record<ScenarioSet>({
  id,
  family: word('grid', 'historical', 'filtered', 'monte-carlo', 'stress'),
  horizonDays: real,
  count: u53,
  names: list(text(200), SCENARIOS_MAX),
  factors: list(
    record<Factor>({ asset: id, kind: word('spot', 'volShort', 'volLong', 'skew', 'basis') }),
    100_000,
  ),
  shocks: reals,
});

/** A scenario set whose numbers are as many as its factors times its scenarios. */
const setCodec: Codec<ScenarioSet> = {
  read: (json, field) => {
    const set = setFields.read(json, field);
    if (isFailure(set)) return set;
    const { count, names, factors, shocks } = set;
    if (count < 1 || names.length !== count) return bad(`${field}.names`, names.length, `${count} names`);
    const cells = factors.length * count;
    return shocks.length === cells ? set : bad(`${field}.shocks`, shocks.length, `${cells} shocks`);
  },
  write: (set) => setFields.write(plain(set)),
  encode: (writer, set) => setFields.encode(writer, plain(set)),
};

function plain(set: ScenarioSet): ScenarioSet {
  assert(!('rules' in set), 'the sets behind margin have no rules of their own');
  return set;
}

type NamedSet = { readonly view: ViewId; readonly set: ScenarioSet };
type Named = { readonly dailyVol: ReadonlyMap<AssetId, number>; readonly sets: readonly NamedSet[] };

const view = word(...VIEWS);
const dailyVol = mapOf(real, 10_000);
const named = record<Named>({
  dailyVol,
  sets: list(record<NamedSet>({ view, set: setCodec }), VIEWS.length),
});

/** The scenario sets of all four views in full, and the daily volatilities: what the tail methods read (PROOF-012). */
export const scenariosCodec: Codec<FittedScenarios> = {
  read: (json, field) => {
    const read = named.read(json, field);
    if (isFailure(read)) return read;
    const isComplete = VIEWS.every((name, i) => read.sets[i]?.view === name);
    if (!isComplete) return bad(`${field}.sets`, read.sets.length, `the sets ${VIEWS.join(', ')}`);
    return { dailyVol: read.dailyVol, sets: new Map(read.sets.map(({ view: at, set }) => [at, set])) };
  },
  write: (fitted) => named.write(toNamed(fitted)),
  encode: (writer, fitted) => named.encode(writer, toNamed(fitted)),
};

function toNamed({ dailyVol: vol, sets }: FittedScenarios): Named {
  return { dailyVol: vol, sets: VIEWS.map((name) => ({ view: name, set: sets.get(name)! })) };
}

type Digest = { readonly view: ViewId; readonly digest: Uint8Array };
type Digests = { readonly dailyVol: ReadonlyMap<AssetId, number>; readonly sets: readonly Digest[] };

const digests = record<Digests>({
  dailyVol,
  sets: list(record<Digest>({ view, digest: hash }), VIEWS.length),
});

/** Hash of the daily volatilities and of one digest a set. */
export function hashScenarios(scenarios: FittedScenarios, sha256: Sha256): Uint8Array {
  const sets = VIEWS.map((name) => ({
    view: name,
    digest: hashOf({ domain: DOMAIN.scenarioSet, codec: setCodec }, scenarios.sets.get(name)!, sha256),
  }));
  return hashOf({ domain: DOMAIN.scenarios, codec: digests }, { dailyVol: scenarios.dailyVol, sets }, sha256);
}
