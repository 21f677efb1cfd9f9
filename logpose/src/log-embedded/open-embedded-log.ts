import { system } from '../base/clock.ts';
import { createLog } from '../client/create-log.ts';
import type { Log } from '../client/log.ts';
import { builtInCompressions } from '../compression/built-in-compressions.ts';
import { openNodeDisk } from './disk/node-disk.ts';
import { EmbeddedLog } from './embedded-log.ts';
import { type EmbeddedLogOptions, settingsOf } from './options.ts';

/**
 * Opens the log in this process, below one directory; makes it when it is not there.
 *
 * A commit is there when it has resolved, also after this process was killed. When it survives a
 * crash of the machine, `fsync` says. Close the log last: a process that ends without leaves
 * nothing in the way of the next one, which then looks over what was written lately.
 *
 * @throws {ConfigError} When another process owns the directory, or an option is out of range.
 * @throws {LogDamagedError} When files are not what was written and nothing explains it.
 * @throws {LogUnavailableError} When the disk cannot be read or written.
 * @example
 * await using log = await openEmbeddedLog({ directory: './data' });
 */
export async function openEmbeddedLog(options: EmbeddedLogOptions): Promise<Log> {
  const settings = settingsOf(options);
  const disk = openNodeDisk(options.directory);
  const port = await EmbeddedLog.open(disk, { surroundings: system, settings });
  return createLog(port, { compressions: builtInCompressions });
}
