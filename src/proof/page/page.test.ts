import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createContext, runInContext } from 'node:vm';
import { afterAll, describe, expect, it } from 'vitest';
import { isFailure } from '../../base/failure.ts';
import { nativeCrypto } from '../../io/proof-crypto.ts';
import { handOut, makeVenue, sound, TRUST } from '../epoch.fixture.ts';
import { toManifestText } from '../manifest.ts';
import { toKeyText } from '../note.ts';
import { type AccountStatement, toStatementText } from '../statement.ts';
import { toTrustText, parseTrust } from '../trust.ts';
import { NEVER_PROVEN } from '../verdict.ts';
import { verifyStatement } from '../verify.ts';

const folder = mkdtempSync(join(tmpdir(), 'page-'));
const file = join(folder, 'verify.html');
execFileSync(process.execPath, [join(import.meta.dirname, 'build.mjs'), file], { stdio: 'pipe' });
const html = readFileSync(file, 'utf8');
const between = (open: string, close: string): string =>
  html.slice(html.indexOf(open) + open.length, html.lastIndexOf(close));
const script = between('<script>', '</script>');
afterAll(() => rmSync(folder, { recursive: true }));

/** As much of an element as the page touches. */
class FakeElement {
  textContent: string | null = null;
  className = '';
  children: FakeElement[] = [];
  files: { 0: { name: string; text: Uint8Array } } | null = null;
  listener: () => void = () => undefined;
  replaceChildren(...children: FakeElement[]): void {
    this.children = children;
  }
  append(...children: FakeElement[]): void {
    this.children.push(...children);
  }
  addEventListener(_type: string, listener: () => void): void {
    this.listener = listener;
  }
  get text(): string {
    return [this.textContent ?? '', ...this.children.map((child) => child.text)].filter(Boolean).join(' | ');
  }
}

class FakeReader {
  result: ArrayBuffer | null = null;
  onload: (() => void) | null = null;
  readAsArrayBuffer({ text }: { text: Uint8Array }): void {
    this.result = Uint8Array.from(text).buffer;
    this.onload?.();
  }
}

type Page = {
  readonly find: (id: string) => FakeElement;
  readonly choose: (id: string, text: string) => void;
};

/** Runs the script of the page where there is a document and files, and nothing else: no network, no Node, no storage. */
function openPage(given: object = { atob }): Page {
  const elements = new Map<string, FakeElement>();
  const find = (id: string): FakeElement => {
    if (!elements.has(id)) elements.set(id, new FakeElement());
    return elements.get(id)!;
  };
  const document = { getElementById: find, createElement: () => new FakeElement() };
  runInContext(
    script,
    createContext({ document, FileReader: FakeReader, TextEncoder, TextDecoder, ...given }),
  );
  const choose = (id: string, text: string): void => {
    find(id).files = { 0: { name: id, text: new TextEncoder().encode(text) } };
    find(id).listener();
  };
  return { find, choose };
}

const venue = makeVenue();
const honest = handOut(venue);
const manifest = toManifestText({ ...honest.manifest, plimsoll: 'margin-manifest/1' });
const trust = toTrustText({
  plimsoll: 'trust/1',
  log: toKeyText(TRUST.log),
  operator: toKeyText(TRUST.operator),
  witnesses: TRUST.witnesses.map(toKeyText),
  quorum: 2,
  account: null,
  lastSeen: null,
});

function verifyOn(page: Page, statement: string): FakeElement {
  page.choose('statement', statement);
  page.choose('manifest', manifest);
  page.choose('trust', trust);
  return page.find('verdict');
}

describe('the page (AC10, PROOF-047)', () => {
  it('is one file: its policy allows its own script and style by hash, and nothing else', () => {
    const digest = (text: string): string => createHash('sha256').update(text).digest('base64');
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!;
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src 'sha256-${digest(script)}' 'wasm-unsafe-eval'`,
      `style-src 'sha256-${digest(between('<style>', '</style>'))}'`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(html).not.toMatch(/\bsrc=|href=|@import|url\(/);
    expect(script).not.toMatch(
      /\bfetch\(|XMLHttpRequest|WebSocket|\bimport\(|\beval\(|localStorage|<\/script/,
    );
  });

  it('says for every account what the command line says', () => {
    for (const { id } of venue.accounts) {
      const statement = toStatementText(honest.statement(id));
      const from = { manifest: honest.manifest, trust: sound(parseTrust(trust, nativeCrypto.sha256)) };
      const expected = sound(verifyStatement(statement, from, nativeCrypto));
      const shown = verifyOn(openPage(), statement);
      const rows = shown.children[1]!.children.map((row) => [row.className, row.text]);
      expect(rows.map(([, words]) => words).filter((words) => words!.includes('FAILED'))).toEqual([]);
      expect(rows.map(([outcome]) => outcome)).toEqual(expected.lines.map(({ outcome }) => outcome));
      for (const [i, line] of expected.lines.entries())
        expect(rows[i]![1]).toContain(`${line.title}: ${line.reason}`);
      expect(shown.text).toContain(expected.checkpoint);
    }
  });

  it('takes less than a second for a statement, with plain cryptography', () => {
    const statement = toStatementText(honest.statement('alice'));
    const page = openPage();
    verifyOn(page, statement);
    const start = performance.now();
    verifyOn(page, statement);
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('says that the browser cannot compute, and blames nobody, where it has no WebAssembly', () => {
    const page = openPage({ WebAssembly: undefined, atob });
    expect(verifyOn(page, toStatementText(honest.statement('alice'))).text).toContain(
      'cannot run the engine',
    );
  });

  it('refuses a tampered file, forgets it when another is chosen, and always says what is never proven', () => {
    const page = openPage();
    const signed = honest.statement('bob');
    const body = { ...(signed.body as AccountStatement), index: 99 };
    expect(verifyOn(page, toStatementText({ ...signed, body })).text).toContain('SIGNATURE_INVALID');
    expect(verifyOn(page, `\ufeff${toStatementText(signed)}`).text).toContain('MALFORMED_JSON');
    expect(verifyOn(page, toStatementText(signed)).text).toContain('S1 | proven');
    page.find('trust').files = null;
    page.find('trust').listener();
    expect(page.find('verdict').text).toBe('');
    expect(page.find('never').children.map(({ textContent }) => textContent)).toEqual(NEVER_PROVEN);
  });
});

describe('whom a reader trusts (PROOF-048)', () => {
  it('is one text, with keys of the right kind', () => {
    const swapped = toTrustText({ ...JSON.parse(trust), log: toKeyText(TRUST.witnesses[0]!) });
    const broken = toTrustText({ ...JSON.parse(trust), witnesses: ['nobody'] });
    for (const source of [swapped, broken, `${trust}\n`, '{}', trust.replace('"quorum":"2"', '"quorum":2')]) {
      expect(isFailure(parseTrust(source, nativeCrypto.sha256))).toBe(true);
    }
  });
});
