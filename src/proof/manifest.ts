import { type Failure, isFailure } from '../base/failure.ts';
import type { Sha256 } from '../base/sha256.ts';
import type { Methodology } from '../margin/methodology.ts';
import type { FittedScenarios } from '../margin/scenario-sets.ts';
import type { Market } from '../market/market.ts';
import { canonicalText, hashOf, parseCanonical } from './canonical.ts';
import { type Codec, record, word } from './codec.ts';
import type { Signed } from './document.ts';
import { DOMAIN } from './domain.ts';
import type { InputHashes } from './epoch-record.ts';
import { marketCodec } from './market-codec.ts';
import { methodologyCodec } from './methodology-codec.ts';
import { type InstrumentTotal, totalsCodec } from './positions.ts';
import { type ReservesStatement, signedReservesCodec } from './reserves.ts';
import { hashScenarios, scenariosCodec } from './scenario-codec.ts';

/** Everything public that an epoch's statements are checked with: the same file for every account. */
export type Manifest = {
  readonly plimsoll: 'margin-manifest/1';
  readonly parameters: Methodology;
  readonly market: Market;
  readonly scenarios: FittedScenarios;
  readonly totals: readonly InstrumentTotal[];
  readonly reserves: readonly Signed<ReservesStatement>[];
};

const manifestCodec: Codec<Manifest> = record<Manifest>({
  plimsoll: word('margin-manifest/1'),
  parameters: methodologyCodec,
  market: marketCodec,
  scenarios: scenariosCodec,
  totals: totalsCodec,
  reserves: signedReservesCodec,
});

const MANIFEST_LENGTH_MAX = 256 * 1024 * 1024;

/** Hash of the parameters alone (PROOF-010). */
export function hashParameters(parameters: Methodology, sha256: Sha256): Uint8Array {
  return hashOf({ domain: DOMAIN.parameters, codec: methodologyCodec }, parameters, sha256);
}

/** Hash of a market alone (PROOF-011). */
export function hashMarket(market: Market, sha256: Sha256): Uint8Array {
  return hashOf({ domain: DOMAIN.market, codec: marketCodec }, market, sha256);
}

/** The hashes of what margin is computed from. */
export function hashInputs(
  of: { readonly parameters: Methodology; readonly market: Market; readonly scenarios: FittedScenarios },
  sha256: Sha256,
): InputHashes {
  return {
    parameters: hashParameters(of.parameters, sha256),
    market: hashMarket(of.market, sha256),
    scenarios: hashScenarios(of.scenarios, sha256),
  };
}

/** A manifest whose hashes were computed from what it says. */
export type OpenManifest = Manifest & {
  readonly hashes: InputHashes & { readonly totals: Uint8Array; readonly reserves: Uint8Array };
};

export function toManifestText(manifest: Manifest): string {
  return canonicalText(manifestCodec, manifest);
}

/** Reads a manifest and computes its hashes. Refuses what {@link parseCanonical} and the market's own checks refuse. */
export function openManifest(source: string, sha256: Sha256): OpenManifest | Failure {
  const manifest = parseCanonical(manifestCodec, source, {
    field: 'manifest',
    lengthMax: MANIFEST_LENGTH_MAX,
  });
  if (isFailure(manifest)) return manifest;
  return {
    ...manifest,
    hashes: {
      ...hashInputs(manifest, sha256),
      totals: hashOf({ domain: DOMAIN.totals, codec: totalsCodec }, manifest.totals, sha256),
      reserves: hashOf({ domain: DOMAIN.reserves, codec: signedReservesCodec }, manifest.reserves, sha256),
    },
  };
}
