/**
 * A process that opens a log, cleans it and stops where it is told: to be killed by the test that
 * started it.
 *
 * Arguments: directory, step, 'before' or 'half'.
 */
import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { system } from '../../src/base/clock.ts';
import { openNodeDisk } from '../../src/log-embedded/disk/node-disk.ts';
import { EmbeddedLog } from '../../src/log-embedded/embedded-log.ts';
import { settingsOf } from '../../src/log-embedded/options.ts';
import { stoppingDisk } from './stopping-disk.ts';

const [, , directory = '', step, when] = process.argv;
const stop = { step: Number(step), when: when === 'half' ? 'half' : 'before' } as const;
const disk = stoppingDisk(openNodeDisk(directory), stop);
flushCompileCache();
const log = await EmbeddedLog.open(disk, { surroundings: system, settings: settingsOf({}) });
await log.housekeeping.run();
// The files that were replaced are removed with the next sync.
const { promise, resolve } = Promise.withResolvers<void>();
system.after(300, resolve);
await promise;
writeSync(1, 'all\n');
// Without a close, as a process ends that was killed.
process.kill(process.pid, 'SIGKILL');
