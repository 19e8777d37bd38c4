#!/usr/bin/env node
// Finds a Node that can run the sources, then hands over. Plain JavaScript that old Nodes understand.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const NODE_MAJOR_MIN = 24;

function pinnedNode() {
  const path = join(root, 'node_modules', '.bin', 'node');
  return existsSync(path) ? path : null;
}

if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) {
  const nodeModule = await import('node:module');
  nodeModule.enableCompileCache?.();
  const sources = join(root, 'src', 'cli', 'main.ts');
  const { main } = await import(existsSync(sources) ? sources : join(root, 'dist', 'cli', 'main.js'));
  await main(process.argv.slice(2));
} else {
  const node = pinnedNode();
  if (node === null) {
    process.stderr.write(
      `plimsoll needs Node ${NODE_MAJOR_MIN} or newer; this is ${process.version}. Run "npm install" first.\n`,
    );
    process.exit(2);
  }
  const run = spawnSync(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  process.exit(run.status ?? 1);
}
