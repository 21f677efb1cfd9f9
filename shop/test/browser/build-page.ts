import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** Builds the page as it is now, so that a test never looks at an older one. */
export async function buildPage(): Promise<void> {
  const configFile = fileURLToPath(new URL('../../vite.config.ts', import.meta.url));
  await build({ configFile, logLevel: 'error' });
}
