import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../../..');
const run = promisify(execFile);

suite('an example', () => {
  test('counts words', async () => {
    assert.deepEqual((await lines('01-word-count')).toSorted(), [
      'and: 2',
      'moon: 1',
      'sea: 1',
      'stars: 2',
      'the: 4',
    ]);
  });

  test('reads what was just written', async () => {
    const [answer, ...all] = await lines('02-read-your-writes');

    assert.equal(answer, 'ada has spent 2000');
    assert.ok(all.includes('ada: 2000'));
  });
});

/** What it prints. It ends by itself. */
async function lines(example: string): Promise<readonly string[]> {
  const file = join(root, 'examples', `${example}.ts`);
  const { stdout } = await run(process.execPath, ['--conditions=source', file], { cwd: root });
  return stdout.trimEnd().split('\n');
}
