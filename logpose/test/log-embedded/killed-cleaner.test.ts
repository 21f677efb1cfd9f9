import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { system } from '../../src/base/clock.ts';
import { openNodeDisk } from '../../src/log-embedded/disk/node-disk.ts';
import { EmbeddedLog } from '../../src/log-embedded/embedded-log.ts';
import { settingsOf } from '../../src/log-embedded/options.ts';
import { createRed, place, put, rowsOf } from './cleaning-kit.ts';
import { runUntilKilled } from './run-until-killed.ts';

const child = fileURLToPath(new URL('./killed-cleaner.ts', import.meta.url));
const directory = await mkdtemp(join(tmpdir(), 'logpose-cleaner-'));
after(() => rm(directory, { recursive: true }));
// More changes of the disk than the child makes.
const maxStep = 100;

suite('a process that is killed while it cleans an embedded log', () => {
  test('leaves the old or the new, and what comes next cleans it', async (context) => {
    const full = join(directory, 'full');
    await fill(full);
    const reached: string[] = [];
    for (let step = 0; step < maxStep; step++) {
      const stoppedAt = await killAt(full, step, 'before');
      if (stoppedAt === '') break;
      reached.push(stoppedAt);
      if (stoppedAt.startsWith('write')) await killAt(full, step, 'half');
    }
    context.diagnostic(`killed at ${reached.length} steps`);
    for (const what of [/^write .*\.1\.log/, /^sync .*\.1\.log/, /^remove .*0-0+\.log/]) {
      assert(
        reached.some((each) => what.test(each)),
        `no kill at ${what}`,
      );
    }
  });
});

/** Four segments, of which the last still grows, and what compaction leaves of them. */
const values = ['w', 'x', 'y', 'z'].map((letter) => letter.repeat(400));
const before = values.flatMap((value, index) => [
  `${2 * index}:a=${value}`,
  `${2 * index + 1}:k${index}=${value}`,
]);
const cleaned = before.filter((row) => !/^[02]:/.test(row));

async function fill(full: string): Promise<void> {
  const log = await open(full);
  await createRed(log, {
    'cleanup.policy': 'compact',
    'min.cleanable.dirty.ratio': '0.01',
    'segment.bytes': '1000',
  });
  const nowMs = system.nowMs();
  for (const [index, value] of values.entries()) {
    await put(log, nowMs, `a=${value}`, `k${index}=${value}`);
  }
  await log.close();
}

/** Lets a process stop at a change of the disk, kills it, and looks at what it left. */
async function killAt(full: string, step: number, when: 'before' | 'half'): Promise<string> {
  const copy = join(directory, `killed-${when}-${step}`);
  await cp(full, copy, { recursive: true });
  const { stoppedAt } = await runUntilKilled(child, [copy, `${step}`, when]);
  const log = await open(copy);
  const rows = await rowsOf(log);
  const where = `killed ${when} ${step} (${stoppedAt})`;
  assert(
    rows.every((row) => before.includes(row)) && cleaned.every((row) => rows.includes(row)),
    `${where}, found ${rows.map((row) => row.slice(0, 4))}`,
  );
  assert.equal((await log.admin.offsetRanges([place]))[0]?.endOffset, before.length);
  await log.housekeeping.run();
  assert.equal((await rowsOf(log)).join(), cleaned.join(), where);
  await log.close();
  await rm(copy, { recursive: true });
  return stoppedAt;
}

function open(path: string): Promise<EmbeddedLog> {
  const settings = settingsOf({});
  return EmbeddedLog.open(openNodeDisk(path), { surroundings: system, settings });
}
