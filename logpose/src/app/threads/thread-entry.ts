import { workerData } from 'node:worker_threads';
import type { ThreadData } from './messages.ts';
import { ThreadInstance } from './thread-instance.ts';

// What a worker thread runs. Started by `WorkerThread`, never imported.
if (isThreadData(workerData)) new ThreadInstance(workerData);

function isThreadData(data: unknown): data is ThreadData {
  return typeof data === 'object' && data !== null && 'logposeWorker' in data;
}
