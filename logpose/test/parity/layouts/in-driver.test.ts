import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { aboutOf, type Case } from '../case.ts';
import { differencesOf } from '../compare.ts';
import { runCase } from '../run-case.ts';
import { leftByDriver } from './in-driver.ts';
import { lastValues, recordedRows } from './last-values.ts';
import { comparableCases, leftOutTest, recordedCases } from './recorded-cases.ts';

leftOutTest('driver');
leftOutTest('log');

suite('over one partition, a task per subtopology in a driver', () => {
  for (const each of recordedCases.filter(namesItsTopics)) {
    test(`every record is the same as in one task, ${each.name}: ${aboutOf(each)}`, () => {
      const found = differencesOf(each, runCase(each, 'as-deployed'));
      assert.deepEqual(found, differencesOf(each, runCase(each, 'one-task')));
    });
  }
});

suite('over three partitions, a task per partition in a driver', () => {
  for (const each of comparableCases('driver')) {
    test(`each key ends as on the JVM, ${each.name}: ${aboutOf(each)}`, () => {
      assert.deepEqual(leftByDriver(each), lastValues(recordedRows(each)));
    });
  }
});

function namesItsTopics({ topology }: Case): boolean {
  return topology.every(({ pattern }) => pattern === undefined);
}
