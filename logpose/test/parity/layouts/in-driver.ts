import { topic } from 'logpose';
import { TestDriver } from 'logpose/testing';
import type { AnyValue } from '../../../src/topology/topology.ts';
import type { Case } from '../case.ts';
import { anyBytes, encodedRecord, outputTopics, shownRecord } from '../case-records.ts';
import { applicationIdOf, settingsOf } from '../case-settings.ts';
import { programOf } from '../program.ts';
import type { StoreInUse } from '../program-stores.ts';
import { hex } from '../values.ts';
import { partitions, recordsIn } from './comparable.ts';
import { type ReadRow, storeRows, storesToRead } from './kept-rows.ts';
import { type LastValues, lastValues, outputRow } from './last-values.ts';

/** What a program leaves when a driver runs a task of it per partition. */
export function leftByDriver(test: Case): LastValues {
  const program = programOf(test);
  const topology = program.build();
  const { commit = 'each', wallClockMs: startMs = 0 } = test;
  const options = { layout: 'as-deployed', partitions, commit, startMs } as const;
  using driver = new TestDriver(topology, { ...options, ...settingsOf(test) });
  for (const step of test.input) {
    if ('advanceWallClockMs' in step) driver.advanceWallClockMs(step.advanceWallClockMs);
    if ('commit' in step) driver.commit();
    for (const record of recordsIn(step)) {
      const { key, value, timestamp, headers } = encodedRecord(program, record);
      driver.send(topic(record.topic, anyBytes), key, value, { timestampMs: timestamp, headers });
    }
  }
  const output = outputTopics(topology, program, test).flatMap((name) => {
    const show = shownRecord(program, name);
    const records = driver.readRecords(topic(name, anyBytes));
    return records.map((record) => outputRow({ topic: name, ...show(record) }));
  });
  const changes = topology.stores.flatMap(({ definition }) =>
    driver.changelog(definition).map(({ key, value, timestamp: ts }) => {
      const name = `${applicationIdOf(test)}-${definition.name}-changelog`;
      return { topic: name, key: hex(key), value: hex(value), ts };
    }),
  );
  const kept = storesToRead(test, program).flatMap((store) => {
    return storeRows(test, store, rowsIn(driver, store));
  });
  return lastValues([...output, ...changes, ...kept]);
}

function rowsIn(driver: TestDriver, { handle }: StoreInUse): readonly ReadRow[] {
  const open: AnyValue = driver.store(handle);
  const rows = [...('fetchAll' in open ? open.fetchAll() : open.range())];
  const isTimestamped = handle.storeKind.startsWith('timestamped');
  return rows.map(([key, row]) => ({ key, ...(isTimestamped ? row : { value: row }) }));
}
