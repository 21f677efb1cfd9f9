import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import { topic } from '../../src/record/topic.ts';
import { readCommitMetadata, writeCommitMetadata } from '../../src/runtime/task/commit-metadata.ts';
import { utf8 } from '../../src/serde/primitives.ts';
import { TestDriver } from '../../src/testing.ts';
import { batchOf, TaskRig } from './task-rig.ts';

const left = topic('left', { key: utf8, value: utf8 });
const right = topic('right', { key: utf8, value: utf8 });
const out = topic('out', { key: utf8, value: utf8 });

suite('which record comes next', () => {
  test('the one with the earliest timestamp at the head of a queue', () => {
    const rig = mergedRig();
    for (const time of [1, 4, 3, 9]) rig.append(left, 'l', [`l${time}`, time]);
    for (const time of [2, 8, 5]) rig.append(right, 'r', [`r${time}`, time]);
    rig.fetch();

    rig.task.process(100);
    rig.commit();

    assert.deepEqual(valuesOf(rig), ['l1', 'r2', 'l4', 'l3', 'r8', 'r5', 'l9']);
  });

  test('a table prefilled before its stream gives the same join whatever the fetches do', () => {
    const results = new Set<string>();
    for (let seed = 1; seed <= 100; seed++) results.add(joinWithFetchesOf(seed));

    assert.deepEqual([...results], ['r0+l1 r2+l3 r2+l5 r6+l7 r6+l9']);
  });

  test('an empty input of which nothing is known is waited for', () => {
    const rig = mergedRig();
    rig.append(left, 'l', ['l1', 1]);
    rig.knownEnd = () => undefined;
    rig.fetch();
    assert.equal(rig.task.process(1), 0);

    rig.knownEnd = () => 0;

    assert.equal(rig.task.process(1), 1);
  });

  test('an input that is caught up is waited for until maxTaskIdleMs is over', () => {
    const rig = mergedRig({ maxTaskIdleMs: 50 });
    rig.append(left, 'l', ['l5', 5]);
    rig.fetch();
    assert.equal(rig.task.process(1), 0);
    rig.clock.advance(49);
    assert.equal(rig.task.process(1), 0);

    rig.clock.advance(1);

    assert.equal(rig.task.process(1), 1);
  });

  test('the wait begins anew once the input had records', () => {
    const rig = mergedRig({ maxTaskIdleMs: 50 });
    rig.append(left, 'l', ['l5', 5]);
    rig.append(left, 'l', ['l6', 6]);
    rig.fetch();
    rig.task.process(1);
    rig.clock.advance(49);
    rig.append(right, 'r', ['r1', 1]);
    rig.fetch();
    assert.equal(rig.task.process(1), 1);

    rig.clock.advance(1);

    assert.equal(rig.task.process(1), 0);
    rig.clock.advance(50);
    assert.equal(rig.task.process(1), 1);
  });

  test('with maxTaskIdleMs −1 nothing is waited for', () => {
    const rig = mergedRig({ maxTaskIdleMs: -1 });
    rig.append(left, 'l', ['l5', 5]);
    rig.knownEnd = () => 10;
    rig.fetch();

    assert.equal(rig.task.process(1), 1);
  });

  test('records before the offset at which a fetch begins are not taken again', () => {
    const rig = mergedRig();
    for (const time of [1, 2, 3]) rig.append(left, 'l', [`l${time}`, time]);
    const records = rig.topic('left');
    const whole = batchOf({ topic: 'left', records, fromOffset: 0 });
    rig.task.add({ ...whole, fromOffset: 2 });

    rig.task.process(10);
    rig.commit();

    assert.deepEqual(valuesOf(rig), ['l3']);
    assert.equal(rig.committedOffset('left')?.offset, 3);
  });

  test('an input is full from maxBufferedBytes on, until enough of it is processed', () => {
    const rig = mergedRig({ maxBufferedBytes: 100 });
    const input = { topic: 'left', partition: 0 };
    for (let at = 0; at < 10; at++) {
      rig.append(left, 'l', ['some text', at]);
      rig.fetch();
    }
    assert.equal(rig.task.isFull(input), true);

    rig.task.process(10);

    assert.equal(rig.task.isFull(input), false);
  });
});

suite('stream time', () => {
  test('moves when a record is taken from its queue, never back, and over all inputs', () => {
    const times: unknown[] = [];
    const builder = new StreamsBuilder();
    for (const input of [left, right]) {
      builder.stream(input).process({
        init:
          ({ streamTimeMs }) =>
          ({ value }) =>
            times.push([value, streamTimeMs()]),
      });
    }
    using driver = new TestDriver(builder.build());

    driver.send(left, 'l', 'a', { timestampMs: 5 });
    driver.send(left, 'l', 'b', { timestampMs: 3 });
    driver.send(right, 'r', 'c', { timestampMs: 9 });

    assert.deepEqual(times, [
      ['a', 5],
      ['b', 5],
      ['c', 9],
    ]);
  });

  test('survives a restart beside the committed offset, as partition time', () => {
    const rig = mergedRig();
    rig.append(left, 'l', ['l7', 7]);
    rig.append(left, 'l', ['l3', 3]);
    rig.fetch();
    rig.task.process(2);
    rig.commit();

    rig.abort();

    assert.equal(rig.task.streamTimeMs, 7);
    const committed = rig.committedOffset('left');
    assert.equal(committed?.offset, 2);
    assert.equal(readCommitMetadata(committed?.metadata ?? '').partitionTimeMs, 7);
    assert.equal(rig.committedOffset('right'), undefined);
  });

  test('a timestamp extractor decides, and its negative times drop', () => {
    const stamped = topic('left', {
      key: utf8,
      value: utf8,
      timestamp: (value) => Number(value.split('@')[1] ?? -1),
    });
    const builder = new StreamsBuilder();
    builder.stream(stamped).to(out);
    using driver = new TestDriver(builder.build());

    driver.send(stamped, 'l', 'tea@42', { timestampMs: 1 });
    driver.send(stamped, 'l', 'cup', { timestampMs: 1 });

    assert.deepEqual(
      driver.readRecords(out).map(({ value, timestamp }) => [value, timestamp]),
      [['tea@42', 42]],
    );
  });

  test('a record out of the order of an extractor is queued by the extracted time', () => {
    const stamped = topic('left', { key: utf8, value: utf8, timestamp: (value) => Number(value) });
    const builder = new StreamsBuilder();
    builder.stream(stamped).to(out);
    builder.stream(right).to(out, { node: 'second' });
    const rig = new TaskRig(builder.build());
    rig.append(stamped, 'l', ['100', 1]);
    rig.append(right, 'r', ['r50', 50]);
    rig.fetch();

    rig.task.process(2);
    rig.commit();

    assert.deepEqual(valuesOf(rig), ['r50', '100']);
  });
});

suite('punctuators', () => {
  test('of stream time run once there is one, then at its multiples, misses made up by one', () => {
    using driver = punctuating('stream');

    for (const timestampMs of [3, 9, 12, 35, 39]) {
      driver.send(left, 'l', `${timestampMs}`, { timestampMs });
    }

    assert.deepEqual(texts(driver), ['3', 'at 3', '9', '12', 'at 12', '35', 'at 35', '39']);
  });

  test('of the wall clock run first after their interval, and only when it moves', () => {
    using driver = punctuating('wall-clock');

    driver.send(left, 'l', 'a', { timestampMs: 1000 });
    driver.advanceWallClockMs(9);
    driver.advanceWallClockMs(1);
    driver.advanceWallClockMs(35);
    driver.advanceWallClockMs(5);

    assert.deepEqual(texts(driver), ['a', 'at 10', 'at 45', 'at 50']);
  });

  test('have the punctuation time on what they forward, and no headers', () => {
    using driver = punctuating('wall-clock');

    driver.advanceWallClockMs(15);

    const [record] = driver.readRecords(out);
    assert.equal(record?.timestamp, 15);
    assert.deepEqual([...(record?.headers ?? [])], []);
  });

  test('end when they are cancelled, from within as well', () => {
    const builder = new StreamsBuilder();
    let runs = 0;
    builder.stream(left).process({
      init: ({ punctuate }) => {
        const cancel = punctuate({ everyMs: 10, time: 'wall-clock' }, () => {
          runs++;
          cancel();
        });
        return () => undefined;
      },
    });
    using driver = new TestDriver(builder.build());

    driver.advanceWallClockMs(10);
    driver.advanceWallClockMs(10);

    assert.equal(runs, 1);
  });

  test('a task that is opened anew goes on with their multiples of stream time', () => {
    const builder = new StreamsBuilder();
    builder
      .stream(left)
      .process({
        output: { key: utf8, value: utf8 },
        init: ({ punctuate, forward }) => {
          punctuate({ everyMs: 10, time: 'stream' }, (nowMs) =>
            forward({ key: '', value: `at ${nowMs}` }),
          );
          return () => undefined;
        },
      })
      .to(out);
    const rig = new TaskRig(builder.build());
    for (const time of [12, 15, 21]) rig.append(left, 'l', ['', time]);
    rig.fetch();
    rig.task.process(1);
    rig.commit();

    rig.abort();
    rig.task.process(2);
    rig.commit();

    assert.deepEqual(valuesOf(rig), ['at 12', 'at 21']);
  });
});

test('what is committed beside an offset is what the JVM writes', () => {
  for (const { partitionTime, entries, text } of metadataVectors) {
    const partitionTimeMs = partitionTime < 0 ? undefined : partitionTime;
    const processorTimes = new Map(Object.entries(entries));

    assert.equal(writeCommitMetadata({ partitionTimeMs, processorTimes }), text);
    assert.deepEqual(readCommitMetadata(text), { partitionTimeMs, processorTimes });
  }
});

test('metadata of another form says nothing: older ones, cut off ones, others’', () => {
  const nothing = { partitionTimeMs: undefined, processorTimes: new Map() };
  const written = writeCommitMetadata({ partitionTimeMs: 5, processorTimes: new Map([['s', 1]]) });
  const bytes = Buffer.from(written, 'base64');

  assert.deepEqual(readCommitMetadata(''), nothing);
  assert.deepEqual(readCommitMetadata('somebody'), nothing);
  assert.deepEqual(readCommitMetadata(bytes.subarray(0, -1).toString('base64')), nothing);
  bytes[0] = 1;
  assert.equal(readCommitMetadata(bytes.toString('base64')).partitionTimeMs, 5);
});

// Written by `TopicPartitionMetadata.encode` of Kafka Streams 4.3.1.
const metadataVectors: readonly {
  readonly partitionTime: number;
  readonly entries: Readonly<Record<string, number>>;
  readonly text: string;
}[] = [
  { partitionTime: 0, entries: {}, text: 'AgAAAAAAAAAA' },
  { partitionTime: 1_700_000_000_000, entries: {}, text: 'AgAAAYvP5WgA' },
  { partitionTime: -1, entries: {}, text: 'Av//////////' },
  {
    partitionTime: 25,
    entries: { store: 15 },
    text: 'AgAAAAAAAAAZAAAAAQAAAAVzdG9yZQAAAAAAAAAP',
  },
];

function mergedRig(options: ConstructorParameters<typeof TaskRig>[1] = {}): TaskRig {
  const builder = new StreamsBuilder();
  builder.stream(left).merge(builder.stream(right)).to(out);
  return new TaskRig(builder.build(), options);
}

/** Joins five records with a table while fetches come in a random order and in random parts. */
function joinWithFetchesOf(seed: number): string {
  const builder = new StreamsBuilder();
  const table = builder.table(right, { name: 'rows' });
  builder
    .stream(left)
    .join(table, (value, row) => `${row}+${value}`)
    .to(out);
  const rig = new TaskRig(builder.build());
  const random = lcg(seed);
  const records = {
    left: [1, 3, 5, 7, 9].map((time) => [left, `l${time}`, time] as const),
    right: [0, 2, 6].map((time) => [right, `r${time}`, time] as const),
  };
  const ends: Record<string, number> = { left: 5, right: 3 };
  rig.knownEnd = (name) => ends[name];
  for (let steps = 0; rig.topic('out').length < 5 && steps < 1000; steps++) {
    const name = random() < 0.5 ? 'left' : 'right';
    for (const [input, value, time] of records[name].splice(0, Math.floor(random() * 3))) {
      rig.append(input, 'k', [value, time]);
    }
    rig.fetch(name);
    rig.task.process(Math.floor(random() * 3));
    rig.commit();
  }
  return valuesOf(rig).join(' ');
}

function lcg(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

/** left → out, and every ten milliseconds of a clock "at …". */
function punctuating(time: 'stream' | 'wall-clock'): TestDriver {
  const builder = new StreamsBuilder();
  builder
    .stream(left)
    .process({
      output: { key: utf8, value: utf8 },
      init: ({ punctuate, forward }) => {
        punctuate({ everyMs: 10, time }, (nowMs) => forward({ key: '', value: `at ${nowMs}` }));
        return forward;
      },
    })
    .to(out);
  return new TestDriver(builder.build());
}

function texts(driver: TestDriver): string[] {
  return driver.readRecords(out).map(({ value }) => value ?? 'null');
}

function valuesOf(rig: TaskRig): string[] {
  return rig.topic('out').map(({ value }) => Buffer.from(value ?? []).toString());
}
