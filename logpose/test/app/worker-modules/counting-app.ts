import { existsSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { defineApp } from '../../../src/app/define-app.ts';
import { StreamsBuilder } from '../../../src/dsl/streams-builder.ts';
import { counts, words } from '../counting-topology.ts';

/** A word that makes the worker that meets it misbehave, once per marker: what, and the marker. */
export function trouble(kind: Trouble, marker: string): string {
  return `trouble ${kind} ${marker}`;
}

export type Trouble =
  | 'exit'
  | 'exit-when-told'
  | 'throw'
  | 'reject'
  | 'fail'
  | 'memory'
  | 'loop'
  | 'always-exit';

const builder = new StreamsBuilder();
/** How often each word came. */
export const wordCounts = builder
  .stream(words)
  .peek((_value, word) => misbehave(word))
  .groupBy((_value, word) => word, { name: 'by-word', key: words.key, value: words.value })
  .count({ name: 'word-counts' });
wordCounts.toStream().to(counts);

export default defineApp({ topology: builder.build() });

function misbehave(word: string): void {
  const [trouble, kind, marker = ''] = word.split(' ');
  if (trouble !== 'trouble' || existsSync(marker)) return;
  if (kind !== 'always-exit') writeFileSync(marker, '');
  switch (kind) {
    case 'exit':
    case 'always-exit':
      process.exit(3);
      break;
    case 'exit-when-told':
      while (!existsSync(`${marker}.now`));
      process.exit(3);
      break;
    case 'throw':
      setImmediate(() => {
        throw new RangeError('thrown where nobody catches');
      });
      break;
    case 'reject':
      void Promise.reject(new RangeError('rejected where nobody catches'));
      break;
    case 'fail':
      throw new RangeError('thrown in user code');
    case 'memory':
      for (const all: number[][] = []; ; ) all.push(new Array<number>(1_000_000).fill(1));
    case 'loop':
      for (;;);
    default:
      break;
  }
}
