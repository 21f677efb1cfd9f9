import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import process from 'node:process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const program = fileURLToPath(new URL('./days-of-a-night.ts', import.meta.url));

/** What a process in a zone prints of views around two midnights. */
async function daysIn(zone: string): Promise<string> {
  const options = { env: { ...process.env, TZ: zone } };
  const { stdout } = await run(process.execPath, ['--conditions=source', program], options);
  return stdout;
}

test('the zone of the process decides nothing: days are those of the shop', async () => {
  const expected = '2026-06-01 1, 2026-06-02 2\n';
  for (const zone of ['UTC', 'Asia/Seoul', 'America/New_York']) {
    assert.equal(await daysIn(zone), expected, zone);
  }
});
