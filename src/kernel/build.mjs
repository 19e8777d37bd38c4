/** Compiles src/kernel/assembly and writes the module as text: `node src/kernel/build.mjs`. `--print` writes it to standard output. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const here = dirname(fileURLToPath(import.meta.url));
const FLAGS = ['-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--sharedMemory'];
const MEMORY = [
  '--initialMemory',
  '2',
  '--maximumMemory',
  '65536',
  '--enable',
  'simd',
  '--enable',
  'threads',
];

async function compile() {
  const folder = mkdtempSync(join(tmpdir(), 'kernel-'));
  try {
    const out = join(folder, 'kernel.wasm');
    const { error, stderr } = await asc.main([
      join(here, 'assembly', 'index.ts'),
      '--baseDir',
      here,
      '--outFile',
      out,
      ...FLAGS,
      ...MEMORY,
    ]);
    if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
    return readFileSync(out).toString('base64');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const text = `/** Made by build.mjs from assembly/; a test compiles again and compares. */\nexport const KERNEL_BASE64: string =\n  '${await compile()}';\n`;
if (process.argv.includes('--print')) process.stdout.write(text);
else writeFileSync(join(here, 'binary.generated.ts'), text);
