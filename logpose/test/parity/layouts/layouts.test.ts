import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { aboutOf, type Case } from '../case.ts';
import { differencesOf } from '../compare.ts';
import { programOf } from '../program.ts';
import { runCase } from '../run-case.ts';
import { type Compared, type Place, reasonAgainst } from './comparable.ts';
import { leftByDriver } from './in-driver.ts';
import { lastValues, recordedRows } from './last-values.ts';
import { type Crew, leftOnLog } from './on-log.ts';

const directory = new URL('../cases/', import.meta.url);
const recorded = globSync('*/*.json', { cwd: directory.pathname })
  .sort()
  .map((path): Case => JSON.parse(readFileSync(new URL(path, directory), 'utf8')));

suite('over one partition, a task per subtopology in a driver', () => {
  for (const each of recorded.filter(namesItsTopics)) {
    test(`every record is the same as in one task, ${each.name}: ${aboutOf(each)}`, () => {
      const found = differencesOf(each, runCase(each, 'as-deployed'));
      assert.deepEqual(found, differencesOf(each, runCase(each, 'one-task')));
    });
  }
});

suite('over three partitions, a task per partition in a driver', { concurrency: true }, () => {
  for (const each of comparable('driver')) {
    test(`each key ends as on the JVM, ${each.name}: ${aboutOf(each)}`, () => {
      assert.deepEqual(leftByDriver(each), lastValues(recordedRows(each)));
    });
  }
});

const crews: Readonly<Record<string, Crew>> = {
  'one instance': { instances: 1, crew: 'stays' },
  'three instances': { instances: 3, crew: 'stays' },
  'two instances that commit at least once': {
    instances: 2,
    crew: 'stays',
    guarantee: 'at-least-once',
  },
  'two instances, of which one goes and another comes': { instances: 2, crew: 'changes' },
};

for (const [shown, crew] of Object.entries(crews)) {
  suite(`over three partitions, ${shown} on an embedded log`, { concurrency: 16 }, () => {
    for (const each of comparable('log')) {
      test(`each key ends as on the JVM, ${each.name}: ${aboutOf(each)}`, async () => {
        assert.deepEqual(await leftOnLog(each, crew), lastValues(recordedRows(each)));
      });
    }
  });
}

/** The cases that can be compared. Prints how many cannot, for which reason. */
function comparable(place: Place): readonly Case[] {
  const reasons = Map.groupBy(recorded, (each) => reasonOf(each, place));
  const found = reasons.get(undefined) ?? [];
  test(`cases that can be compared (${place}): ${found.length} of ${recorded.length}`, (t) => {
    for (const [reason, cases] of reasons) {
      const names = cases.map(({ name }) => name).join(', ');
      if (reason !== undefined) t.diagnostic(`${cases.length}: ${reason}: ${names}`);
    }
    assert.ok(found.length > recorded.length / 2, 'rules leave most cases out');
  });
  return found;
}

function namesItsTopics({ topology }: Case): boolean {
  return topology.every(({ pattern }) => pattern === undefined);
}

function reasonOf(each: Case, place: Place): string | undefined {
  if (each.expected.error !== undefined) return 'it is refused, or fails';
  const compared: Compared = { test: each, topology: programOf(each).build() };
  return reasonAgainst(compared, place);
}
