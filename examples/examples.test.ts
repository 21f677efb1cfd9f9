import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);

suite('an example runs alone to its end', () => {
  test('and counts words', async () => {
    assert.deepEqual((await lines('01-word-count')).toSorted(), [
      'and: 2',
      'moon: 1',
      'sea: 1',
      'stars: 2',
      'the: 4',
    ]);
  });

  test('and reads what was just written', async () => {
    const [answer, ...all] = await lines('02-read-your-writes');

    assert.equal(answer, 'ada has spent 2000');
    assert.deepEqual(all.toSorted(), ['ada: 2000', 'grace: 500']);
  });

  test('and counts by the days of Seoul, a late order too', async () => {
    assert.deepEqual(await lines('03-daily-counts'), [
      '2026-03-01 compass: 2',
      '2026-03-02 compass: 1',
    ]);
  });

  test('and puts on each order the discount that held at its time', async () => {
    assert.deepEqual(await lines('04-orders-with-customers'), [
      'ada pays 900',
      'grace pays 1000',
      'ada pays 500',
    ]);
  });

  test('and lets each payment through once in ten minutes', async () => {
    assert.deepEqual(await lines('05-dedupe-processor'), [
      'minute 1: p-1 500',
      'minute 2: p-2 500',
      'minute 12: p-1 500',
    ]);
  });

  test('and says which records were bad, and why', async () => {
    assert.deepEqual(await lines('06-bad-records'), [
      'b at 1: the bytes are not JSON text',
      'c at 2: an order costs something',
    ]);
  });

  test('and counts in two threads', async () => {
    assert.deepEqual((await lines('08-worker-threads')).toSorted(), [
      '1 words of 4 letters',
      '10 words of 3 letters',
      '2 words of 5 letters',
    ]);
  });

  test('and follows a store, and what changed while it did not', async () => {
    assert.deepEqual(await lines('07-live-balances'), [
      'ada has spent 1200',
      'grace: now 500',
      'ada, meanwhile: 2000',
      'ada, meanwhile: 2300',
    ]);
  });
});

/** What it prints. A program that does not end by itself is ended, and fails. */
async function lines(example: string): Promise<readonly string[]> {
  const file = join(import.meta.dirname, `${example}.ts`);
  const { stdout } = await run(process.execPath, ['--conditions=source', file], {
    timeout: 60_000,
  });
  return stdout.trimEnd().split('\n');
}
