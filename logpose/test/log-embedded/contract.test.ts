import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { system } from '../../src/base/clock.ts';
import type { LogPort } from '../../src/log/log-port.ts';
import { openNodeDisk } from '../../src/log-embedded/disk/node-disk.ts';
import { EmbeddedLog } from '../../src/log-embedded/embedded-log.ts';
import { type EmbeddedLogOptions, settingsOf } from '../../src/log-embedded/options.ts';
import type { OpenLog } from '../contract/contract-case.ts';
import { logPortContract } from '../contract/log-port-contract.ts';

for (const fsync of ['interval', 'commit', 'never'] as const) {
  logPortContract(`the embedded log with fsync '${fsync}'`, () => openWith({ fsync }));
}

// So that every case crosses the ends of segments and journals, and reopens files.
const small = { segmentBytes: 150, maxJournalBytes: 200, maxOpenFiles: 1 };
logPortContract('the embedded log in many small files', () => openWith(small));

async function openWith(options: Partial<EmbeddedLogOptions>): Promise<OpenLog> {
  const directory = await mkdtemp(join(tmpdir(), 'logpose-log-'));
  const settings = settingsOf(options);
  const open = (): Promise<LogPort> =>
    EmbeddedLog.open(openNodeDisk(directory), { surroundings: system, settings });
  let port = await open();
  return {
    port,
    reopen: async () => {
      await port.close();
      port = await open();
      return port;
    },
    close: async () => {
      await port.close().finally(() => rm(directory, { recursive: true }));
    },
  };
}
