import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { aboutOf, type Case } from './case.ts';
import { differencesOf } from './compare.ts';
import { runCase } from './run-case.ts';

const atCommit = 'a changelog is written when a transaction is committed, once per key';
const expired = 'an expired window is not seen, in a cache either';
const negative = 'a negative time is dropped and counted';
const immutable = 'headers are immutable: what one child adds is not seen by the others';

/** Fields in which we mean to differ from Kafka Streams, and why. All others must be equal. */
const ownWays: Readonly<Record<string, readonly [fields: string, why: string]>> = {
  'caching/count-no-budget': ['internal records', atCommit],
  'caching/count-off-by-store': ['internal records', atCommit],
  'caching/old-value': ['internal records', atCommit],
  'caching/put-then-delete': ['internal records', atCommit],
  'caching/put-then-delete-downstream': ['internal records', atCommit],
  'caching/windowed': ['stores', expired],
  'operators/split-functions': ['describe', 'what a branch is for is written behind the split'],
  'punctuation/buffer-and-flush': ['internal records', atCommit],
  'random/117': ['internal records', atCommit],
  'random/78': ['stores', expired],
  'random/8': [
    'stores, internal records',
    `${expired}; a deletion of nothing is written down, too`,
  ],
  'time/config-extractor': ['error', negative],
  'time/default-extractor-negative': ['error', negative],
  'time/headers-removed': ['output', immutable],
  'time/headers-shared-with-siblings': ['output, calls', immutable],
};

const directory = new URL('./cases/', import.meta.url);

for (const path of globSync('*/*.json', { cwd: directory.pathname }).sort()) {
  const recorded: Case = JSON.parse(readFileSync(new URL(path, directory), 'utf8'));
  const ownWay = ownWays[recorded.name];
  const but = ownWay === undefined ? '' : ` (but: ${ownWay[1]})`;
  test(`as Kafka Streams, ${recorded.name}: ${aboutOf(recorded)}${but}`, () => {
    const differences = differencesOf(recorded, runCase(recorded));
    const fields = differences.map((difference) => difference.split('\n')[0]);
    assert.equal(fields.join(', '), ownWay?.[0] ?? '', differences.join('\n'));
  });
}
