// Builds the page into dist/web. Part of `npm install`: where Vite is left out (an installation
// without development parts) nothing is built, and a page that is there already stays.
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const vite = await import('vite').catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
});

if (vite === undefined) {
  console.log('page: not built, because vite is not installed');
  process.exit(0);
}
const startedMs = performance.now();
await vite.build({
  configFile: fileURLToPath(new URL('vite.config.ts', import.meta.url)),
  logLevel: 'warn',
});
console.log(`page: built in ${Math.round(performance.now() - startedMs)} ms`);
