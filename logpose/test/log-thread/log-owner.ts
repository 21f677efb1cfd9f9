import assert from 'node:assert/strict';
import { isMainThread, type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { system } from '../../src/base/clock.ts';
import { openNodeDisk } from '../../src/log-embedded/disk/node-disk.ts';
import { EmbeddedLog } from '../../src/log-embedded/embedded-log.ts';
import { settingsOf } from '../../src/log-embedded/options.ts';
import { serveLog } from '../../src/log-thread/serve-log.ts';

/** Opens the embedded log of a directory. */
export function openLog(directory: string): Promise<EmbeddedLog> {
  const settings = settingsOf({ directory, fsync: 'never' });
  return EmbeddedLog.open(openNodeDisk(directory), { surroundings: system, settings });
}

/** What the owning thread is started with. */
export interface OwnerData {
  readonly directory: string;
  readonly port: MessagePort;
}

/** A thread that owns a log: serves it until it is told anything, then closes it. */
async function own({ directory, port }: OwnerData): Promise<void> {
  const log = await openLog(directory);
  const served = serveLog(log, port);
  assert(parentPort !== null, 'it runs in a thread');
  parentPort.once('message', async () => {
    await served.close();
    await log.close();
  });
  parentPort.postMessage('open');
}

if (!isMainThread && isOwnerData(workerData)) await own(workerData);

function isOwnerData(data: unknown): data is OwnerData {
  return typeof data === 'object' && data !== null && 'directory' in data && 'port' in data;
}
