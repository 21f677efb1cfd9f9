import process from 'node:process';
import { isMainThread } from 'node:worker_threads';

// Ends each worker before it has begun.
if (!isMainThread) process.exit(4);

export { default } from './counting-app.ts';
