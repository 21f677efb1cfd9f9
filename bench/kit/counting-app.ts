// Counts, as `bench/count.ts` does, for worker threads.
import { defineApp } from 'logpose';
import { counting } from './filled-log.ts';

export default defineApp({ topology: counting() });
