import type { Sha256 } from '../base/sha256.ts';

/**
 * The first byte of everything that is hashed here, so that a hash of one kind is never taken for one of another (PROOF-003).
 * 0 and 1 are those of the transparency log (RFC 6962).
 */
export const DOMAIN = {
  logLeaf: 0x00,
  logNode: 0x01,
  nonce: 0x08,
  key: 0x09,
  commitment: 0x0a,
  liabilityLeaf: 0x10,
  liabilityNode: 0x11,
  liabilityRoot: 0x12,
  positionLeaf: 0x20,
  positionNode: 0x21,
  positionRoot: 0x22,
  challenge: 0x23,
  weight: 0x24,
  parameters: 0x30,
  market: 0x31,
  scenarioSet: 0x32,
  scenarios: 0x33,
  totals: 0x34,
  reserves: 0x35,
  linkedAccount: 0x36,
  epoch: 0x37,
  liquidation: 0x38,
  epochSecret: 0x39,
  document: 0x40,
} as const;

export type Domain = (typeof DOMAIN)[keyof typeof DOMAIN];

/** SHA-256 of the domain's byte and the parts one after the other; the caller sees to it that the parts can be told apart. */
export function hashTagged(sha256: Sha256, domain: Domain, ...parts: readonly Uint8Array[]): Uint8Array {
  let length = 1;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  joined[0] = domain;
  let at = 1;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return sha256.hash(joined);
}
