import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const maxGzipBytes = 90_000;

/** Addresses that name a format or a licence and are never asked for anything. */
const namesOnly = /^http:\/\/www\.w3\.org\//;

test('everything the page loads is below 90 kB, and nothing comes from other hosts', async () => {
  const files = await builtFiles();
  const bytes = files.reduce((sum, { source }) => sum + gzipSync(source).length, 0);
  assert.ok(bytes < maxGzipBytes, `${bytes} bytes with gzip`);
  for (const { name, source } of files) {
    const hosts = [...source.matchAll(/https?:\/\/[\w.-]+\.[a-z]+\/?/g)].map(([host]) => host);
    assert.deepEqual(
      hosts.filter((host) => !namesOnly.test(host)),
      [],
      name,
    );
  }
});

async function builtFiles(): Promise<readonly { name: string; source: string }[]> {
  const configFile = fileURLToPath(new URL('../../vite.config.ts', import.meta.url));
  const built = await build({ configFile, logLevel: 'error', build: { write: false } });
  assert.ok('output' in built, 'one build gives one output');
  return built.output.map((file) => ({
    name: file.fileName,
    source: file.type === 'chunk' ? file.code : `${file.source}`,
  }));
}
