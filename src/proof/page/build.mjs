/**
 * Makes the verifier page, one file without references to any other: `node src/proof/page/build.mjs [FILE]`, by default
 * dist/verify-statement.html. Its policy allows the one script and the one style in it, by hash, the WebAssembly that the script holds, and
 * nothing else.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..', '..');

async function bundle() {
  const { output } = await build({
    configFile: false,
    logLevel: 'error',
    root: here,
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      lib: { entry: join(here, 'browser.ts'), formats: ['iife'], name: 'verifier', fileName: 'verifier' },
    },
  }).then((result) => [result].flat()[0]);
  const { code } = output.find((file) => file.type === 'chunk');
  return code.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
}

const source = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const script = await bundle();
const style = readFileSync(join(here, 'page.css'), 'utf8');
const csp = `default-src 'none'; script-src ${source(script)} 'wasm-unsafe-eval'; style-src ${source(style)}; base-uri 'none'; form-action 'none'`;
const parts = {
  'content="policy"': `content="${csp}"`,
  '<style></style>': `<style>${style}</style>`,
  '<script></script>': `<script>${script}</script>`,
};
let page = readFileSync(join(here, 'page.html'), 'utf8');
for (const [place, part] of Object.entries(parts)) {
  if (page.split(place).length !== 2) throw new Error(`page.html has one ${place}`);
  page = page.replace(place, () => part);
}
const out = process.argv[2] ?? join(root, 'dist', 'verify-statement.html');
mkdirSync(dirname(out), { recursive: true });
writeFileSync(out, page);
