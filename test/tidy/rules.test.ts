import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../src/base/catalogue.ts';
import { errorPage } from './error-page.ts';
import { codeOf, ROOT, sourcesBelow } from './sources.ts';

const RULE = /\b(?:[A-Z]+)-\d{3}\b/g;
const spec = sourcesBelow('spec', ['.md']);
const sources = ['src', 'test', 'sim'].flatMap((folder) => sourcesBelow(folder, ['.ts']));
const stated = new Set(
  spec.flatMap((s) => [...s.text.matchAll(/^\*\*([A-Z]+-\d{3})\*\*/gm)].map((match) => match[1]!)),
);
const families = new Set([...stated].map((rule) => rule.split('-')[0]!));
const cited = (text: string): string[] =>
  (text.match(RULE) ?? []).filter((rule) => families.has(rule.split('-')[0]!));

describe('the rules of spec/', () => {
  it('are stated once each', () => {
    const all = spec.flatMap((s) =>
      [...s.text.matchAll(/^\*\*([A-Z]+-\d{3})\*\*/gm)].map((match) => match[1]!),
    );
    expect(all.filter((rule, i) => all.indexOf(rule) !== i)).toEqual([]);
    expect(all.length).toBeGreaterThan(30);
  });

  it('exist where code or tests cite them', () => {
    const missing = sources.flatMap((s) =>
      cited(s.text)
        .filter((rule) => !stated.has(rule))
        .map((rule) => `${s.path} ${rule}`),
    );
    expect(missing).toEqual([]);
  });

  it('are each cited by a test', () => {
    const tested = new Set(sources.filter((s) => s.path.endsWith('.test.ts')).flatMap((s) => cited(s.text)));
    expect([...stated].filter((rule) => !tested.has(rule))).toEqual([]);
  });
});

describe('error codes', () => {
  it('are all used, and none is used that the catalogue does not have', () => {
    const code = sources
      .filter((s) => !s.path.endsWith('catalogue.ts'))
      .map(codeOf)
      .join('\n');
    expect(Object.keys(ERRORS).filter((error) => !code.includes(`'${error}'`))).toEqual([]);
  });

  it('agree with docs/errors.md; if not: node test/tidy/write-errors.ts', () => {
    expect(readFileSync(join(ROOT, 'docs', 'errors.md'), 'utf8')).toBe(errorPage());
  });
});
