import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { LogPort } from '../../src/log/log-port.ts';
import { serveLog } from '../../src/log-thread/serve-log.ts';
import { ThreadLog } from '../../src/log-thread/thread-log.ts';
import type { OpenLog } from '../contract/contract-case.ts';
import { logPortContract } from '../contract/log-port-contract.ts';
import { openLog } from './log-owner.ts';

logPortContract('a log behind a message port', () => reopenable(openBehindPort));
logPortContract('a log in another thread', () => reopenable(openInThread));

/** One opening of the log in a directory. */
interface Opening {
  readonly port: LogPort;
  close(): Promise<void>;
}

async function openBehindPort(directory: string): Promise<Opening> {
  const { port1, port2 } = new MessageChannel();
  const log = await openLog(directory);
  const served = serveLog(log, port1);
  const port = new ThreadLog(port2);
  return {
    port,
    close: async () => {
      await port.close();
      await served.close();
      await log.close();
    },
  };
}

async function openInThread(directory: string): Promise<Opening> {
  const { port1, port2 } = new MessageChannel();
  const owner = new Worker(new URL('./log-owner.ts', import.meta.url), {
    workerData: { directory, port: port1 },
    transferList: [port1],
  });
  await once(owner, 'message');
  const port = new ThreadLog(port2);
  return {
    port,
    close: async () => {
      await port.close();
      const ended = once(owner, 'exit');
      owner.postMessage('close');
      await ended;
    },
  };
}

async function reopenable(open: (directory: string) => Promise<Opening>): Promise<OpenLog> {
  const directory = await mkdtemp(join(tmpdir(), 'logpose-thread-'));
  let opening = await open(directory);
  return {
    port: opening.port,
    reopen: async () => {
      await opening.close();
      opening = await open(directory);
      return opening.port;
    },
    close: async () => {
      await opening.close();
      await rm(directory, { recursive: true });
    },
  };
}
