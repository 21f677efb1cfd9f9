import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import { ProduceError } from '../../src/errors/record-errors.ts';
import { headersOf } from '../../src/record/headers.ts';
import { topic } from '../../src/record/topic.ts';
import { nullable } from '../../src/serde/nullable.ts';
import { int64, utf8 } from '../../src/serde/primitives.ts';
import { windowed } from '../../src/serde/windowed.ts';
import { tumbling } from '../../src/window/fixed-windows.ts';
import { recordsOf, show, TaskRig } from './task-rig.ts';

const words = topic('words', { key: nullable(utf8), value: utf8 });
const copies = topic('copies', { key: nullable(utf8), value: utf8 });

suite('output', () => {
  test('goes to the partition that Kafka’s default partitioner chooses for the key', () => {
    const rig = new TaskRig(copying(), { partitionsOf: () => 100 });
    for (const key of ['', 'a', 'ab', 'abc']) rig.append(words, key, [key, 1]);
    rig.fetch();
    rig.task.process(10);

    const partitions = rig.output.take().map(({ partition }) => partition);

    assert.deepEqual(partitions, [7, 24, 34, 81]);
  });

  test('without a key stays with one partition for a while, the same for the same seed', () => {
    const taken = [1, 2].map(() => {
      const rig = new TaskRig(copying(), { partitionsOf: () => 8 });
      for (let at = 0; at < 5; at++) rig.append(words, null, ['a', at]);
      rig.fetch();
      rig.task.process(10);
      return rig.output.take().map(({ partition, batch }) => [partition, batch.recordCount]);
    });

    assert.equal(taken[0]?.length, 1);
    assert.deepEqual(taken[0], taken[1]);
  });

  test('all windows of a key go to the partition of the key', () => {
    const windows = tumbling({ sizeMs: 10, graceMs: 0 });
    const builder = new StreamsBuilder();
    builder
      .stream(topic('words', { key: utf8, value: utf8 }))
      .groupByKey()
      .windowedBy(windows)
      .count({ name: 'counts' })
      .toStream()
      .to(topic('windowed', { key: windowed(utf8, windows), value: int64 }));
    const rig = new TaskRig(builder.build(), { partitionsOf: () => 100 });
    for (let at = 0; at < 20; at++) rig.append(words, 'a', ['', at * 10]);
    rig.fetch();
    rig.task.process(20);
    rig.task.prepareCommit();

    const partitions = rig.output
      .take()
      .filter((each) => each.topic === 'windowed')
      .map(({ partition }) => partition);

    assert.deepEqual(partitions, [24]);
  });

  test('a batch is closed before it would become too large', () => {
    const rig = new TaskRig(copying());
    const text = 'x'.repeat(400_000);
    for (let at = 0; at < 5; at++) rig.append(words, 'a', [text, at]);
    rig.fetch();
    rig.task.process(5);
    assert.ok(rig.output.sizeBytes > 2_000_000);

    const counts = rig.output.take().map(({ batch }) => batch.recordCount);

    assert.deepEqual(counts, [2, 2, 1]);
    assert.equal(rig.output.sizeBytes, 0);
  });

  test('headers pass through as they are, and a callback may change them', () => {
    const rig = new TaskRig(copying());
    const headers = headersOf([
      ['h', Buffer.from('1')],
      ['none', null],
    ]);
    rig.append(words, 'a', ['b', 1, headers]);
    rig.fetch();
    rig.task.process(1);

    const [filled] = rig.output.take();

    assert.deepEqual(filled && recordsOf(filled.batch).map(show), ['"a" = "b" @1 h:1 none:']);
  });

  test('a topic of which nothing is known fails the task, to be tried again once it is', () => {
    const rig = new TaskRig(copying(), { partitionsOf: () => undefined });
    rig.append(words, 'a', ['b', 1]);
    rig.fetch();

    assert.throws(
      () => rig.task.process(1),
      (error) => error instanceof ProduceError && error.retriable && error.topic === 'copies',
    );
    assert.deepEqual([...rig.output.unknownTopics], ['copies']);
  });

  test('a topic that is not there is the produce policy’s to decide', () => {
    const rig = new TaskRig(copying(), {
      partitionsOf: () => 0,
      onProduceError: () => 'continue',
    });
    rig.append(words, 'a', ['b', 1]);
    rig.fetch();

    rig.task.process(1);

    assert.deepEqual(
      rig.dropped.map(({ reason, position }) => [reason, position?.offset]),
      [['produce-failed', 0]],
    );
  });

  test('a topic may be chosen for each record', () => {
    const builder = new StreamsBuilder();
    builder.stream(words).to((value) => topic(`to-${value}`, { key: nullable(utf8), value: utf8 }));
    const rig = new TaskRig(builder.build());
    for (const value of ['x', 'y', 'x']) rig.append(words, 'a', [value, 1]);
    rig.fetch();
    rig.task.process(3);
    rig.commit();

    assert.deepEqual([rig.topic('to-x').length, rig.topic('to-y').length], [2, 1]);
  });

  test('a commit writes each changed row once to the changelog, deletions as null', () => {
    const builder = new StreamsBuilder();
    builder.table(topic('rows', { key: utf8, value: utf8 }), { name: 'rows' });
    const rig = new TaskRig(builder.build());
    const rows = topic('rows', { key: utf8, value: nullable(utf8) });
    rig.append(rows, 'ada', ['1', 1]);
    rig.append(rows, 'alan', ['2', 2]);
    rig.append(rows, 'ada', ['3', 3]);
    rig.append(rows, 'alan', [null, 4]);
    rig.fetch();
    rig.task.process(4);

    rig.commit();

    assert.deepEqual(rig.topic('rig-rows-changelog').map(show), [
      '"ada" = "3" @3',
      '"alan" = null @4',
    ]);
  });
});

function copying() {
  const builder = new StreamsBuilder();
  builder.stream(words).to(copies);
  return builder.build();
}
