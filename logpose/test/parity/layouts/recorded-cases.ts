import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { aboutOf, type Case } from '../case.ts';
import { programOf } from '../program.ts';
import { type Place, reasonAgainst } from './comparable.ts';
import { lastValues, recordedRows } from './last-values.ts';
import { type Crew, leftOnLog } from './on-log.ts';

const directory = new URL('../cases/', import.meta.url);

/** All recorded cases. */
export const recordedCases: readonly Case[] = globSync('*/*.json', { cwd: directory.pathname })
  .sort()
  .map((path): Case => JSON.parse(readFileSync(new URL(path, directory), 'utf8')));

/** The cases that can be compared. */
export function comparableCases(place: Place): readonly Case[] {
  return recordedCases.filter((each) => reasonOf(each, place) === undefined);
}

/** Prints which cases cannot be compared, for which reason. */
export function leftOutTest(place: Place): void {
  const reasons = Map.groupBy(recordedCases, (each) => reasonOf(each, place));
  const { length } = reasons.get(undefined) ?? [];
  test(`cases that can be compared (${place}): ${length} of ${recordedCases.length}`, (t) => {
    for (const [reason, cases] of reasons) {
      const names = cases.map(({ name }) => name).join(', ');
      if (reason !== undefined) t.diagnostic(`${cases.length}: ${reason}: ${names}`);
    }
    assert.ok(length > recordedCases.length / 2, 'rules leave most cases out');
  });
}

/** Runs every case that can be compared on an embedded log. */
export function onLogSuite(shown: string, crew: Crew): void {
  suite(`over three partitions, ${shown} on an embedded log`, { concurrency: 16 }, () => {
    for (const each of comparableCases('log')) {
      test(`each key ends as on the JVM, ${each.name}: ${aboutOf(each)}`, async () => {
        assert.deepEqual(await leftOnLog(each, crew), lastValues(recordedRows(each)));
      });
    }
  });
}

function reasonOf(each: Case, place: Place): string | undefined {
  if (each.expected.error !== undefined) return 'it is refused, or fails';
  return reasonAgainst({ test: each, topology: programOf(each).build() }, place);
}
