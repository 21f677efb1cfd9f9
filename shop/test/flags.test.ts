import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { duration, postgresUrl, rate, wholeNumber, worldName, zone } from '../src/flags.ts';

test('flags are read as people write them, and nothing else', () => {
  assert.deepEqual(
    ['500ms', '30s', '10m', '2h', '7d'].map(duration),
    [500, 30_000, 600_000, 7_200_000, 604_800_000],
  );
  assert.deepEqual(['60/s', '0.5'].map(rate), [60, 0.5]);
  assert.equal(wholeNumber(0, 9)('7'), 7);
  assert.equal(worldName('week-48.2011'), 'week-48.2011');
  assert.equal(postgresUrl('postgres://shop@127.0.0.1/shop'), 'postgres://shop@127.0.0.1/shop');
  const refused: readonly (readonly [(text: string) => unknown, readonly string[]])[] = [
    [duration, ['', '10', '0s', '-1m', '1w']],
    [rate, ['', 'NaN', '-1', '2001', '1e9']],
    [wholeNumber(0, 9), ['', 'NaN', '10', '-1', '1.5', '0x1']],
    [worldName, ['', '.', '..', '../up', 'a/b', 'x'.repeat(65)]],
    [postgresUrl, ['nope', 'http://127.0.0.1', '/var/run']],
    [zone, ['', 'Asia/Atlantis']],
  ];
  for (const [read, texts] of refused) {
    for (const text of texts) assert.throws(() => read(text), `${read.name} ${text}`);
  }
});

const mistakes: readonly (readonly [command: string, flags: string, said: RegExp])[] = [
  ['main', '--postgres nope', /A URL is needed, such as postgres:/],
  ['check/main', '--postgres nope', /A URL is needed/],
  ['check/main', '--world ../up', /letters, digits/],
  ['simulate/main', '--customers NaN', /whole number from 1 to 5000/],
  ['simulate/main', '--rate fast', /Actions a second/],
  ['simulate/main', '--for soon', /A time above zero/],
  ['replay/main', '', /which file\? .*npm run replay -- \S*online-retail-week\.csv\.gz/],
  ['replay/main', 'file.csv --world ../up', /letters, digits/],
];
for (const [command, flags, said] of mistakes) {
  test(`a mistake is told by each command: ${command} ${flags}`, () => {
    const { status, stderr } = run(command, flags === '' ? [] : flags.split(' '));
    assert.equal(status, 1);
    assert.match(stderr, said);
    assert.doesNotMatch(stderr, /^ {4}at /m);
  });
}

test('a place where nothing can be written is named, without a stack', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'shop-place-'));
  const file = join(directory, 'file');
  await writeFile(file, '');
  const { status, stderr } = run('main', ['--data-dir', file, '--no-open']);
  await rm(directory, { recursive: true });
  assert.equal(status, 1);
  assert.match(stderr, /^error: cannot write to \S+file\S*: a part of it is a file\n$/);
});

function run(command: string, flags: readonly string[]) {
  const program = new URL(`../src/${command}.ts`, import.meta.url).pathname;
  const line = ['--conditions=source', program, ...flags];
  return spawnSync(process.execPath, line, { encoding: 'utf8', timeout: 60_000 });
}
