import { describe, expect, it } from 'vitest';
import { isFailure } from '../base/failure.ts';
import { toHex } from '../base/bytes.ts';
import { pureSha256 } from '../base/sha256.ts';
import { accountRecordCodec } from './account-codec.ts';
import { canonicalBytes, canonicalText, parseCanonical } from './canonical.ts';
import {
  bytes,
  type Codec,
  i128,
  list,
  mapOf,
  optional,
  real,
  reals,
  record,
  text,
  u128,
  u53,
  variant,
  word,
} from './codec.ts';
import { DOMAIN, hashTagged } from './domain.ts';
import { sound } from './epoch.fixture.ts';
import { hashInputs, hashMarket, hashParameters, openManifest, toManifestText } from './manifest.ts';
import { marketCodec } from './market-codec.ts';
import { methodologyCodec } from './methodology-codec.ts';
import { hashScenarios, scenariosCodec } from './scenario-codec.ts';
import {
  fixtureAccounts,
  fixtureMarket,
  fixtureScenarios,
  FIXTURE_METHODOLOGY,
  recordsOf,
} from './venue.fixture.ts';

const of = { field: 'x', lengthMax: 100_000_000 };
const refusal = <T>(codec: Codec<T>, source: string): string => {
  const value = parseCanonical(codec, source, of);
  return isFailure(value) ? value.failure : 'none';
};

const market = fixtureMarket();
const scenarios = fixtureScenarios(market);
const records = recordsOf(fixtureAccounts(), market, scenarios);

describe('numbers on the wire (PROOF-002)', () => {
  it('refuses every amount that is not the one decimal text of a number in range', () => {
    const wrong = [
      '"01"',
      '"-0"',
      '"+1"',
      '"-1"',
      '"1.0"',
      '"1e3"',
      '" 1"',
      '""',
      '"0x1"',
      '1',
      '1.5',
      'null',
      '"٣"',
    ];
    for (const source of wrong) expect(refusal(u128, source), source).not.toBe('none');
    expect(refusal(u128, `"${2n ** 128n}"`)).toBe('NUMBER_OUT_OF_RANGE');
    expect(refusal(u128, `"${10n ** 39n}"`)).toBe('SHAPE_INVALID');
    expect(refusal(u128, '"-1"')).toBe('NUMBER_OUT_OF_RANGE');
    expect(refusal(u128, `"${2n ** 128n - 1n}"`)).toBe('none');
    expect(refusal(i128, `"${2n ** 127n}"`)).toBe('NUMBER_OUT_OF_RANGE');
    expect(refusal(i128, `"${-(2n ** 127n) + 1n}"`)).toBe('none');
    expect(refusal(u53, `"${2 ** 53}"`)).toBe('NUMBER_OUT_OF_RANGE');
  });

  it('takes real numbers in their shortest form only', () => {
    for (const source of ['1.0', '1e0', '01', '1E5', '100000e0', '-0.0', '1e400', 'NaN', '"1"', '.5', '+1']) {
      expect(refusal(real, source), source).not.toBe('none');
    }
    for (const source of ['1', '-0', '0', '1e+21', '0.1', '5e-324'])
      expect(refusal(real, source)).toBe('none');
    expect(Object.is(parseCanonical(real, '-0', of), -0)).toBe(true);
  });

  it('takes one text of an object: no spaces, keys ascending, each once, none unknown', () => {
    const codec = record<{ a: string; b: number; c: string }>({ a: text(5), b: real, c: optional(text(5)) });
    expect(refusal(codec, '{"a":"x","b":1}')).toBe('none');
    expect(refusal(codec, '{"a":"x","b":1,"c":"z"}')).toBe('none');
    const wrong = [
      '{"b":1,"a":"x"}',
      '{"a": "x","b":1}',
      '{"a":"x","b":1}\n',
      '{"a":"y","a":"x","b":1}',
      '{"a":"x","b":1,"d":1}',
      '{"a":"\\u0078","b":1}',
      '{"a":"x"}',
      '{"__proto__":1,"a":"x","b":1}',
      '{"a":"xxxxxx","b":1}',
      '{"a":"\ud800","b":1}',
      '[]',
      '{',
    ];
    for (const source of wrong) expect(refusal(codec, source), source).not.toBe('none');
  });

  it('takes bytes and lists of numbers of exactly their width', () => {
    expect(refusal(bytes(3), '"AAAA"')).toBe('none');
    for (const source of ['"AAA="', '"AAAAAA=="', '"AA=="', '3', '"AAA!"'])
      expect(refusal(bytes(3), source)).not.toBe('none');
    expect(refusal(reals, JSON.stringify(Buffer.from(new Uint8Array(8)).toString('base64')))).toBe('none');
    const nan = Buffer.from('7ff8000000000000', 'hex').toString('base64');
    expect(refusal(reals, JSON.stringify(nan))).toBe('SHAPE_INVALID');
    expect(refusal(reals, '"AAAA"')).toBe('SHAPE_INVALID');
    expect(refusal(list(real, 1), '[1,2]')).toBe('INPUT_TOO_LARGE');
    expect(refusal(mapOf(real, 1), '{"a":1,"b":2}')).toBe('INPUT_TOO_LARGE');
  });

  it('tells variants apart by their word and refuses others', () => {
    const codec = variant<{ kind: 'a' }>('kind', { a: record<{ kind: 'a' }>({ kind: word('a') }) });
    expect(refusal(codec, '{"kind":"a"}')).toBe('none');
    for (const source of ['{"kind":"b"}', '{}', '{"kind":"toString"}', '3'])
      expect(refusal(codec, source)).not.toBe('none');
  });

  it('refuses JSON that looks like a refusal, like any other', () => {
    expect(refusal(real, '{"failure":"NONE","expected":"x"}')).toBe('SHAPE_INVALID');
  });
});

describe('what an epoch commits to', () => {
  it('comes back from its text, and from its bytes there is one text (PROOF-001)', () => {
    for (const account of records) {
      const source = canonicalText(accountRecordCodec, account);
      const back = sound(parseCanonical(accountRecordCodec, source, of));
      expect(back).toEqual(account);
      expect(canonicalBytes(accountRecordCodec, back)).toEqual(canonicalBytes(accountRecordCodec, account));
    }
    const back = sound(parseCanonical(marketCodec, canonicalText(marketCodec, market), of));
    expect(back).toEqual(market);
    expect(sound(parseCanonical(scenariosCodec, canonicalText(scenariosCodec, scenarios), of)).sets).toEqual(
      scenarios.sets,
    );
    const parameters = canonicalText(methodologyCodec, FIXTURE_METHODOLOGY);
    expect(sound(parseCanonical(methodologyCodec, parameters, of))).toEqual(FIXTURE_METHODOLOGY);
  });

  it('hashes parameters to other bytes for every single change of a leaf (PROOF-010)', () => {
    const source = canonicalText(methodologyCodec, FIXTURE_METHODOLOGY);
    const hashes = new Set([toHex(hashParameters(FIXTURE_METHODOLOGY, pureSha256))]);
    let changes = 0;
    for (const changed of leafChanges(JSON.parse(source))) {
      const parsed = methodologyCodec.read(changed, 'x');
      if (isFailure(parsed)) continue;
      changes += 1;
      hashes.add(toHex(hashParameters(parsed, pureSha256)));
    }
    expect(changes).toBeGreaterThan(150);
    expect(hashes.size).toBe(changes + 1);
  });

  it('hashes a market to other bytes for every single change (PROOF-011)', () => {
    const hashes = new Set([toHex(hashMarket(market, pureSha256))]);
    let changes = 0;
    for (const changed of leafChanges(JSON.parse(canonicalText(marketCodec, market)))) {
      const parsed = marketCodec.read(changed, 'x');
      if (isFailure(parsed)) continue;
      changes += 1;
      hashes.add(toHex(hashMarket(parsed, pureSha256)));
    }
    expect(changes).toBeGreaterThan(50);
    expect(hashes.size).toBe(changes + 1);
  });

  it('hashes scenarios to other bytes for one shock or one volatility (PROOF-012)', () => {
    const before = toHex(hashScenarios(scenarios, pureSha256));
    const set = scenarios.sets.get('stress')!;
    const shocks = set.shocks.slice();
    shocks[3] = shocks[3]! + 1e-9;
    const sets = new Map(scenarios.sets).set('stress', { ...set, shocks });
    expect(toHex(hashScenarios({ ...scenarios, sets }, pureSha256))).not.toBe(before);
    const dailyVol = new Map([...scenarios.dailyVol].map(([asset, vol]) => [asset, vol * 2]));
    expect(toHex(hashScenarios({ ...scenarios, dailyVol }, pureSha256))).not.toBe(before);
  });

  it('refuses a manifest in any but its one text, or with a set missing', () => {
    const manifest = {
      plimsoll: 'margin-manifest/1',
      parameters: FIXTURE_METHODOLOGY,
      market,
      scenarios,
      totals: [],
      reserves: [],
    } as const;
    const source = toManifestText(manifest);
    const opened = sound(openManifest(source, pureSha256));
    expect(opened.hashes).toMatchObject(hashInputs(manifest, pureSha256));
    for (const wrong of [
      `${source} `,
      source.replace('"version":', '"version": '),
      source.replace('"view":"stress"', '"view":"filtered"'),
    ]) {
      expect(isFailure(openManifest(wrong, pureSha256))).toBe(true);
    }
  });
});

describe('domains (PROOF-003)', () => {
  it('are all different, and so are hashes of the same bytes under them', () => {
    const domains = Object.values(DOMAIN);
    expect(new Set(domains).size).toBe(domains.length);
    const hashes = domains.map((domain) => toHex(hashTagged(pureSha256, domain, new Uint8Array(64))));
    expect(new Set(hashes).size).toBe(domains.length);
  });
});

/** Copies of a JSON document, each with one leaf changed; numbers by little, words to others of the document. */
function* leafChanges(json: unknown): Generator<unknown> {
  if (typeof json === 'number') yield json + 0.001953125;
  if (typeof json === 'string') yield /^\d+$/.test(json) ? `${BigInt(json) + 1n}` : `${json}x`;
  if (typeof json === 'boolean') yield !json;
  if (Array.isArray(json)) {
    for (const [i, item] of json.entries())
      for (const changed of leafChanges(item)) yield json.with(i, changed);
    if (json.length > 1) yield json.slice(1);
  } else if (typeof json === 'object' && json !== null) {
    for (const [key, item] of Object.entries(json)) {
      for (const changed of leafChanges(item)) yield { ...json, [key]: changed };
    }
  }
}
