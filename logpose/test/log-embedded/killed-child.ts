/**
 * A process that uses a log and stops where it is told: to be killed by the test that started it.
 *
 * Arguments: directory, fsync, step, 'before' or 'half'.
 */
import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { system } from '../../src/base/clock.ts';
import { openNodeDisk } from '../../src/log-embedded/disk/node-disk.ts';
import { EmbeddedLog } from '../../src/log-embedded/embedded-log.ts';
import { settingsOf } from '../../src/log-embedded/options.ts';
import { killedSteps } from './killed-steps.ts';
import { doStep } from './log-steps.ts';
import { stoppingDisk } from './stopping-disk.ts';

const [, , directory = '', fsync, step, when] = process.argv;
const stop = { step: Number(step), when: when === 'half' ? 'half' : 'before' } as const;
const settings = settingsOf({
  fsync: fsync === 'commit' ? 'commit' : 'interval',
  segmentBytes: 400,
  maxJournalBytes: 400,
});
const disk = stoppingDisk(openNodeDisk(directory), stop);
flushCompileCache();
const log = await EmbeddedLog.open(disk, { surroundings: system, settings });
for (const [index, each] of killedSteps.entries()) {
  await doStep(log, each);
  writeSync(1, `done ${index + 1}\n`);
}
writeSync(1, 'all\n');
// Without a close, as a process ends that was killed.
process.kill(process.pid, 'SIGKILL');
