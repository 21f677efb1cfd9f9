// Builds the page when the library for it is installed (`npm install --omit=dev` leaves it out).
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const configFile = fileURLToPath(new URL('vite.config.ts', import.meta.url));
const vite = await import('vite').catch(() => undefined);
if (vite === undefined) {
  process.stdout.write('the page is not built: vite is a development dependency\n');
} else {
  await vite.build({ configFile, logLevel: 'warn' });
}
