import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { portOf } from '../../src/client/create-log.ts';
import { openEmbeddedLog } from '../../src/embedded.ts';
import { referenceAfter } from './crashed-log.ts';
import { killedSteps } from './killed-steps.ts';
import { dumpOf } from './log-steps.ts';
import { runUntilKilled } from './run-until-killed.ts';

const child = fileURLToPath(new URL('./killed-child.ts', import.meta.url));
// More changes of the disk than the child makes.
const maxStep = 200;

suite('a process that is killed while it writes to the embedded log', () => {
  for (const fsync of ['interval', 'commit'] as const) {
    test(`leaves what it acknowledged and nothing half (fsync '${fsync}')`, async (context) => {
      const reached: string[] = [];
      for (let step = 0; step < maxStep; step++) {
        const { stoppedAt, isOver } = await killAt(fsync, step, 'before');
        if (isOver) break;
        reached.push(stoppedAt);
        if (stoppedAt.startsWith('write')) await killAt(fsync, step, 'half');
      }
      context.diagnostic(`killed at ${reached.length} steps`);
      for (const what of ['write topics', 'write journal', 'rename journal']) {
        assert(
          reached.some((each) => each.startsWith(what)),
          `no kill at '${what}'`,
        );
      }
    });
  }
});

/** Lets a process stop at a change of the disk, kills it, and looks at what it left. */
async function killAt(
  fsync: 'interval' | 'commit',
  step: number,
  when: 'before' | 'half',
): Promise<{ readonly stoppedAt: string; readonly isOver: boolean }> {
  const directory = await mkdtemp(join(tmpdir(), 'logpose-killed-'));
  try {
    const { acknowledged, stoppedAt } = await runUntilKilled(child, [
      directory,
      fsync,
      `${step}`,
      when,
    ]);
    await using log = await openEmbeddedLog({ directory });
    const found = await dumpOf(portOf(log));
    const allowed = await Promise.all(
      [acknowledged, acknowledged + 1].map(async (count) =>
        dumpOf(await referenceAfter(killedSteps.slice(0, count))),
      ),
    );
    assert(allowed.includes(found), `killed ${when} ${step} (${stoppedAt}), found\n${found}`);
    return { stoppedAt, isOver: stoppedAt === '' };
  } finally {
    await rm(directory, { recursive: true });
  }
}
