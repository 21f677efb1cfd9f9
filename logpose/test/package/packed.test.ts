import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const packageDirectory = fileURLToPath(new URL('../../', import.meta.url));

suite('the packed library, installed in a project of its own', () => {
  const project = mkdtempSync(join(tmpdir(), 'logpose-packed-'));

  before(() => {
    const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', project], {
      cwd: packageDirectory,
      encoding: 'utf8',
    });
    const archive = join(project, packed.trim().split('\n').at(-1) ?? '');
    const target = join(project, 'node_modules', 'logpose');
    mkdirSync(target, { recursive: true });
    execFileSync('tar', ['-xzf', archive, '-C', target, '--strip-components=1']);
    for (const name of ['croner', 'lmdb']) link(project, name);
    write(project, 'package.json', JSON.stringify({ name: 'project', type: 'module' }));
  });

  after(() => rmSync(project, { recursive: true, force: true }));

  test('runs from plain JavaScript', () => {
    write(project, 'count.mjs', program);

    const printed = execFileSync(process.execPath, ['count.mjs'], {
      cwd: project,
      encoding: 'utf8',
    });

    assert.equal(printed, "[ [ 'ada', 1 ], [ 'ada', 2 ] ]\n");
  });

  test('runs worker threads from plain JavaScript', () => {
    write(project, 'app.mjs', app);
    write(project, 'run.mjs', run);

    const printed = execFileSync(process.execPath, ['run.mjs'], { cwd: project, encoding: 'utf8' });

    assert.equal(printed, "[ [ 'ada', 2 ] ]\n");
  });

  test('brings types for TypeScript that resolves as Node does', () => {
    const wrong = 'driver.send(words, 1, null);';
    write(project, 'right.ts', program);
    write(
      project,
      'wrong.ts',
      `${program}\n// @ts-expect-error The topic's keys are text.\n${wrong}`,
    );
    write(project, 'tsconfig.json', JSON.stringify({ compilerOptions, include: ['*.ts'] }));

    const compiler = join(directoryOf('typescript'), 'bin', 'tsc');
    const found = execFileSync(process.execPath, [compiler, '-p', '.'], {
      cwd: project,
      encoding: 'utf8',
    });

    assert.equal(found, '');
  });
});

const program = `import { int64, StreamsBuilder, topic, utf8 } from 'logpose';
import { openEmbeddedLog } from 'logpose/embedded';
import { TestDriver } from 'logpose/testing';

const words = topic('words', { key: utf8, value: utf8 });
const counts = topic('counts', { key: utf8, value: int64 });
const builder = new StreamsBuilder();
builder.stream(words).groupByKey().count({ name: 'per-word' }).toStream().to(counts);

using driver = new TestDriver(builder.build());
driver.send(words, 'ada', 'first');
driver.send(words, 'ada', 'second');
console.log(driver.read(counts));
if (typeof openEmbeddedLog !== 'function') throw new TypeError('the embedded log is missing');
`;

const app = `import { defineApp, int64, StreamsBuilder, topic, utf8 } from 'logpose';

export const words = topic('words', { key: utf8, value: utf8 });
const builder = new StreamsBuilder();
export const perWord = builder.stream(words).groupByKey().count({ name: 'per-word' });
export default defineApp({ topology: builder.build() });
`;

const run = `import { StreamsApp } from 'logpose';
import { openEmbeddedLog } from 'logpose/embedded';
import { perWord, words } from './app.mjs';

await using log = await openEmbeddedLog({ directory: './log' });
await log.admin.createTopics([{ topic: words, partitions: 2 }]);
const producer = log.producer();
await producer.send(words, { key: 'ada', value: 'first' });
const after = await producer.send(words, { key: 'ada', value: 'second' });
await producer.close();
const module = new URL('./app.mjs', import.meta.url);
const options = { id: 'app', log, module, workers: 2, stateDirectory: './state' };
await using app = new StreamsApp(options);
await app.start();
await app.store(perWord).get('ada', { after, timeoutMs: 10_000 });
const rows = [];
for await (const { key, value } of app.store(perWord).range()) rows.push([key, value]);
console.log(rows);
`;

const compilerOptions = {
  strict: true,
  noEmit: true,
  target: 'ESNext',
  lib: ['ESNext', 'DOM'],
  module: 'NodeNext',
  moduleResolution: 'NodeNext',
  types: [],
};

function write(project: string, name: string, text: string): void {
  writeFileSync(join(project, name), text);
}

function link(project: string, name: string): void {
  symlinkSync(directoryOf(name), join(project, 'node_modules', name), 'dir');
}

/** Where a package is installed in this repository. */
function directoryOf(name: string): string {
  const found = findPackageJSON(name, import.meta.url);
  assert.ok(found, `${name} is installed`);
  return dirname(found);
}
