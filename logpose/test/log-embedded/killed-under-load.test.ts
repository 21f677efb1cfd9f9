import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { portOf } from '../../src/client/create-log.ts';
import { openEmbeddedLog } from '../../src/embedded.ts';
import type { LogPort } from '../../src/log/log-port.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { readValues } from '../contract/log-records.ts';

const child = fileURLToPath(new URL('./busy-child.ts', import.meta.url));
const kills = 5;
const seed = Number(process.env['LOGPOSE_SEED'] ?? Date.now() % 100_000);

suite('a process that is killed at any moment of its work', () => {
  for (const fsync of ['interval', 'commit'] as const) {
    test(`loses nothing and doubles nothing (fsync '${fsync}')`, async (context) => {
      context.diagnostic(`LOGPOSE_SEED=${seed}`);
      const chance = new ManualClock(0, seed);
      const directory = await mkdtemp(join(tmpdir(), 'logpose-killed-'));
      context.after(() => rm(directory, { recursive: true }));
      let from = 0;
      for (let kill = 0; kill < kills; kill++) {
        const acknowledged = await killAfter(Math.floor(chance.random() * 400), {
          directory,
          fsync,
          from,
        });
        from = await checkNumbers(directory, acknowledged);
      }
      context.diagnostic(`${from} commits over ${kills} kills`);
    });
  }
});

interface Busy {
  readonly directory: string;
  readonly fsync: 'interval' | 'commit';
  readonly from: number;
}

/** Kills a busy process once it has committed so many times. Returns the last number it said. */
async function killAfter(commits: number, { directory, fsync, from }: Busy): Promise<number> {
  const args = ['--conditions=source', child, directory, fsync, `${from}`];
  const busy = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(busy, 'exit');
  let last = from - 1;
  for await (const line of createInterface({ input: busy.stdout })) {
    last = Number(line);
    if (last - from >= commits) busy.kill('SIGKILL');
  }
  const [, signal] = await ended;
  assert.equal(signal, 'SIGKILL');
  return last;
}

/** Every number up to the last one said is there once, in each partition. Returns the next one. */
async function checkNumbers(directory: string, acknowledged: number): Promise<number> {
  await using log = await openEmbeddedLog({ directory });
  const port = portOf(log);
  const [first = [], ...others] = await Promise.all([0, 1, 2].map((each) => allOf(port, each)));
  assert.deepEqual(
    first,
    first.map((_, number) => `${number}`),
  );
  for (const each of others) assert.deepEqual(each, first);
  const extra = first.length - 1 - acknowledged;
  assert(extra === 0 || extra === 1, `${acknowledged} was said, ${first.length - 1} is there`);
  const place = { topic: 'numbers', partition: 0 };
  const [committed] = await port.admin.committedOffsets('group', [place]);
  assert.equal(committed?.offset, first.length - 1);
  return first.length;
}

async function allOf(port: LogPort, partition: number): Promise<readonly (string | null)[]> {
  const place = { topic: 'numbers', partition };
  const [range] = await port.admin.offsetRanges([place]);
  const consumer = port.consumer();
  consumer.assign([{ ...place, offset: 0 }]);
  return readValues(consumer, range?.endOffset ?? 0);
}
