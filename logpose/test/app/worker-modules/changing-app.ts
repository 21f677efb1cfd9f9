import { isMainThread } from 'node:worker_threads';
import { defineApp } from '../../../src/app/define-app.ts';
import { StreamsBuilder } from '../../../src/dsl/streams-builder.ts';
import { words } from '../counting-topology.ts';

// Not the same in every thread.
const builder = new StreamsBuilder();
builder.table(words, { name: isMainThread ? 'on-the-main-thread' : 'in-a-worker' });
export default defineApp({ topology: builder.build() });
