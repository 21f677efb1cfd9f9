import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const sources = fileURLToPath(new URL('../../web', import.meta.url));
const built = fileURLToPath(new URL('../../dist/web/index.html', import.meta.url));

/**
 * Builds the page if its sources are newer, so that a test never looks at an older one. A page
 * that is up to date is left alone: other tests may be serving it.
 */
export async function buildPage(): Promise<void> {
  if (existsSync(built) && statSync(built).mtimeMs > newestSourceMs()) return;
  const configFile = fileURLToPath(new URL('../../vite.config.ts', import.meta.url));
  await build({ configFile, logLevel: 'error' });
}

function newestSourceMs(): number {
  const names = readdirSync(sources, { recursive: true, encoding: 'utf8' });
  return Math.max(...names.map((name) => statSync(join(sources, name)).mtimeMs));
}
