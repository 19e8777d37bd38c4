import { describe, expect, it } from 'vitest';
import ts from 'typescript';
import { sourcesBelow } from './sources.ts';

const FILE_LINES_MAX = 400;
const FUNCTION_LINES_MAX = 60;
const PARAMETERS_MAX = 3;
const FORBIDDEN_NAMES = /(^|[/-])(utils?|helpers?|common|manager|misc)([-./]|$)/;

const sources = ['src', 'sim', 'bench', 'test']
  .flatMap((folder) => sourcesBelow(folder, ['.ts', '.tsx']))
  .filter((s) => !s.path.startsWith('src/kernel/assembly/') && !s.path.includes('.generated.'));

type Found = { readonly name: string; readonly lines: number; readonly parameters: number };

function functionsOf(path: string, text: string): Found[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: Found[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isArrowFunction(node)) {
      const start = file.getLineAndCharacterOfPosition(node.getStart()).line;
      const end = file.getLineAndCharacterOfPosition(node.getEnd()).line;
      const named = 'name' in node && node.name !== undefined ? node.name.getText() : `arrow at ${start + 1}`;
      found.push({ name: `${path} ${named}`, lines: end - start + 1, parameters: node.parameters.length });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

describe('every file', () => {
  it(`is at most ${FILE_LINES_MAX} lines long`, () => {
    expect(
      sources.filter((s) => s.lines.length > FILE_LINES_MAX + 1).map((s) => `${s.path} ${s.lines.length}`),
    ).toEqual([]);
  });

  it('is named for what it holds', () => {
    expect(sources.filter((s) => FORBIDDEN_NAMES.test(s.path)).map((s) => s.path)).toEqual([]);
  });

  it('leaves nothing for later', () => {
    const later = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'].join('|')})\\b`);
    expect(sources.filter((s) => later.test(s.text)).map((s) => s.path)).toEqual([]);
  });
});

describe('every function', () => {
  const product = sources.filter((s) => !s.path.endsWith('.test.ts'));
  const functions = product.flatMap((s) => functionsOf(s.path, s.text));

  it(`is at most ${FUNCTION_LINES_MAX} lines long`, () => {
    expect(functions.filter((f) => f.lines > FUNCTION_LINES_MAX).map((f) => `${f.name} ${f.lines}`)).toEqual(
      [],
    );
  });

  it(`takes at most ${PARAMETERS_MAX} positional parameters, but in hot loops`, () => {
    const hot = /^src\/(kernel|base|io\/workers)/;
    expect(
      functions.filter((f) => f.parameters > PARAMETERS_MAX && !hot.test(f.name)).map((f) => f.name),
    ).toEqual([]);
  });
});
