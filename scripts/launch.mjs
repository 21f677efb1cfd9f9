// Runs a TypeScript program of this repository, after making sure that this Node can.
// Plain JavaScript on purpose: an old Node has to be able to read it.
import module from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 12)) {
  process.stderr.write(
    `this needs Node 24.12 or newer, and ${process.execPath} is ${process.version}.\n` +
      'Run "npm install" first: it brings a fitting Node on Linux, Windows and Intel Macs.\n' +
      'Elsewhere, install Node 24 yourself and run the command again.\n',
  );
  process.exit(1);
}
// Compiling our own files is a third of a start; what this starts finds them compiled, too.
process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'node-compile-cache');
module.enableCompileCache?.();
const [program, ...rest] = process.argv.slice(2);
if (program === undefined) throw new Error('usage: launch.mjs PROGRAM [ARGUMENT …]');
process.argv = [process.argv[0] ?? 'node', program, ...rest];
await import(pathToFileURL(program).href);
