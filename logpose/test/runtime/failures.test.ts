import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { StreamsBuilder } from '../../src/dsl/streams-builder.ts';
import { DecodeError, ProcessError, ProduceError } from '../../src/errors/record-errors.ts';
import { headersOf, type RecordHeaders } from '../../src/record/headers.ts';
import { topic } from '../../src/record/topic.ts';
import type { FailureDecision, FailurePolicies } from '../../src/runtime/failure-policy.ts';
import { json } from '../../src/serde/json.ts';
import { nullable } from '../../src/serde/nullable.ts';
import { bytes, int64, utf8 } from '../../src/serde/primitives.ts';
import { keyValueStore } from '../../src/store/store-definition.ts';
import { TestDriver } from '../../src/testing.ts';

const numbers = topic('numbers', { key: utf8, value: int64 });
const anything = topic('numbers', { key: nullable(utf8), value: nullable(bytes) });
const doubled = topic('doubled', { key: utf8, value: int64 });
const letters = topic('letters', { key: nullable(bytes), value: nullable(bytes) });
const poison = new Uint8Array([1, 2]);

suite('a record that cannot be read', () => {
  test('stops everything by default, and the error says where it stands', () => {
    using driver = doubling();
    driver.send(numbers, 'ada', 1);

    assert.throws(
      () => driver.send(anything, 'ada', poison),
      (error) =>
        error instanceof DecodeError &&
        error.code === 'DECODE_FAILED' &&
        error.part === 'value' &&
        error.position.topic === 'numbers' &&
        error.position.offset === 1,
    );
  });

  test('is left out and counted when the policy continues', () => {
    const seen: unknown[] = [];
    using driver = doubling({
      onDecodeError: (error, { key, value }) => {
        seen.push([error.position.offset, Buffer.from(key ?? []).toString(), value]);
        return 'continue';
      },
    });

    driver.send(anything, 'ada', poison);
    driver.send(numbers, 'ada', 2);

    assert.deepEqual(driver.read(doubled), [['ada', 4]]);
    assert.deepEqual(seen, [[0, 'ada', poison]]);
    assert.deepEqual(dropsOf(driver), { 'decode-failed': 1 });
  });

  test('becomes a dead letter with its bytes, its headers and what happened', () => {
    using driver = doubling({ onDecodeError: () => ({ deadLetter: letters }) });
    const headers = headersOf([['h', Buffer.from('1')]]);

    driver.send(anything, 'ada', poison, { timestampMs: 7, headers });

    const [letter] = driver.readRecords(letters);
    assert.deepEqual(letter && [Buffer.from(letter.key ?? []).toString(), letter.value], [
      'ada',
      poison,
    ]);
    assert.equal(letter?.timestamp, 7);
    assert.deepEqual(letter && namesOf(letter.headers), [
      'h',
      '__streams.errors.exception',
      '__streams.errors.message',
      '__streams.errors.stacktrace',
      '__streams.errors.topic',
      '__streams.errors.partition',
      '__streams.errors.offset',
    ]);
    assert.equal(letter?.headers.text('__streams.errors.exception'), 'RangeError');
    assert.equal(letter?.headers.text('__streams.errors.topic'), 'numbers');
    assert.equal(letter?.headers.text('__streams.errors.offset'), '0');
    assert.deepEqual(dropsOf(driver), { 'decode-failed': 1 });
  });

  test('a null where the serde is not nullable is one, of key and of value', () => {
    const codes: string[] = [];
    using driver = doubling({
      onDecodeError: ({ code, part }) => {
        codes.push(`${code} ${part}`);
        return 'continue';
      },
    });

    driver.send(anything, null, new Uint8Array(8));
    driver.send(anything, 'ada', null);

    assert.deepEqual(codes, ['NULL_NOT_ALLOWED key', 'NULL_NOT_ALLOWED value']);
  });

  test('a negative timestamp is no failure: the record is dropped and counted', () => {
    using driver = doubling();

    driver.send(numbers, 'ada', 1, { timestampMs: -1 });
    driver.send(numbers, 'ada', 2, { timestampMs: 0 });

    assert.deepEqual(driver.read(doubled), [['ada', 4]]);
    assert.deepEqual(dropsOf(driver), { 'negative-timestamp': 1 });
  });
});

suite('user code that throws', () => {
  test('stops everything by default, and the error says which processor and which record', () => {
    using driver = doubling();

    assert.throws(
      () => driver.send(numbers, 'ada', 13),
      (error) =>
        error instanceof ProcessError &&
        error.code === 'PROCESS_FAILED' &&
        error.node === 'double' &&
        error.position?.offset === 0 &&
        error.cause instanceof RangeError,
    );
  });

  test('loses the record when the policy continues; what was forwarded before stays', () => {
    const seen: unknown[] = [];
    using driver = doubling({
      onProcessError: (_error, record) => {
        seen.push(record?.value);
        return 'continue';
      },
    });

    driver.send(numbers, 'ada', 13);
    driver.send(numbers, 'ada', 3);

    assert.deepEqual(driver.read(doubled), [['ada', 6]]);
    assert.deepEqual(driver.read(topic('seen', { key: utf8, value: int64 })), [
      ['ada', 13],
      ['ada', 3],
    ]);
    assert.deepEqual(seen, [13]);
    assert.deepEqual(dropsOf(driver), { 'process-failed': 1 });
  });

  test('leaves a dead letter with the bytes of the record that the task had read', () => {
    using driver = doubling({ onProcessError: () => ({ deadLetter: letters }) });

    driver.send(numbers, 'ada', 13, { timestampMs: 5 });

    const [letter] = driver.readRecords(letters);
    assert.equal(Buffer.from(letter?.value ?? []).readBigInt64BE(), 13n);
    assert.equal(letter?.headers.text('__streams.errors.message'), 'an unlucky number');
  });

  test('in a punctuator has no record, and no place in its dead letter', () => {
    const builder = new StreamsBuilder();
    builder.stream(numbers).process({
      init: ({ punctuate }) => {
        punctuate({ everyMs: 10, time: 'wall-clock' }, () => {
          throw new RangeError('no time');
        });
        return () => undefined;
      },
    });
    const records: unknown[] = [];
    using driver = new TestDriver(builder.build(), {
      onProcessError: (error, record) => {
        records.push([error.position, record]);
        return { deadLetter: letters };
      },
    });

    driver.advanceWallClockMs(10);

    const [letter] = driver.readRecords(letters);
    assert.deepEqual(records, [[undefined, undefined]]);
    assert.deepEqual([letter?.key, letter?.value, letter?.timestamp], [null, null, 10]);
    assert.equal(letter?.headers.get('__streams.errors.topic'), undefined);
  });

  test('while the task opens is named, too', () => {
    const builder = new StreamsBuilder();
    builder.stream(numbers).process({
      node: 'broken',
      init: () => {
        throw new RangeError('no file');
      },
    });

    assert.throws(
      () => new TestDriver(builder.build()),
      (error) => error instanceof ProcessError && error.node === 'broken',
    );
  });

  test('and changed a value that state keeps is told so', () => {
    const builder = new StreamsBuilder();
    const last = keyValueStore({ name: 'last', key: utf8, value: json(parseList) });
    builder.stream(numbers).process({
      node: 'collect',
      stores: { last },
      init:
        ({ stores }) =>
        ({ key, value }) => {
          const list = stores.last.get(key) ?? [];
          list.push(value);
          stores.last.put(key, list);
        },
    });
    using driver = new TestDriver(builder.build());
    driver.send(numbers, 'ada', 1);

    assert.throws(
      () => driver.send(numbers, 'ada', 2),
      (error) => error instanceof ProcessError && error.code === 'STATE_MUTATED',
    );
    assert.deepEqual(driver.store(last).get('ada'), [1]);
  });
});

suite('a record that cannot be written', () => {
  test('stops everything by default, and the error names the topic', () => {
    using driver = doubling();

    assert.throws(
      () => driver.send(numbers, 'ada', Number.MAX_SAFE_INTEGER),
      (error) =>
        error instanceof ProduceError &&
        error.code === 'ENCODE_FAILED' &&
        error.topic === 'doubled',
    );
  });

  test('is left out and counted when the policy continues', () => {
    const seen: unknown[] = [];
    using driver = doubling({
      onProduceError: (error, { value }) => {
        seen.push([error.code, value]);
        return 'continue';
      },
    });

    driver.send(numbers, 'ada', Number.MAX_SAFE_INTEGER);
    driver.send(numbers, 'ada', 1);

    assert.deepEqual(driver.read(doubled), [['ada', 2]]);
    assert.deepEqual(seen, [['ENCODE_FAILED', Number.MAX_SAFE_INTEGER * 2]]);
    assert.deepEqual(dropsOf(driver), { 'produce-failed': 1 });
  });

  test('leaves a dead letter of the record that it came from', () => {
    using driver = doubling({ onProduceError: () => ({ deadLetter: letters }) });

    driver.send(numbers, 'ada', Number.MAX_SAFE_INTEGER);

    assert.equal(driver.readRecords(letters).length, 1);
  });

  test('undefined is refused at a sink: a tombstone is null', () => {
    const builder = new StreamsBuilder();
    builder
      .stream(numbers)
      .mapValues((value): number | null => (value === 0 ? null : JSON.parse('{}').missing))
      .to(doubled);
    using driver = new TestDriver(builder.build());

    driver.send(numbers, 'ada', 0);

    assert.deepEqual(driver.read(doubled), [['ada', null]]);
    assert.throws(() => driver.send(numbers, 'ada', 1), ProduceError);
  });

  test('a partitioner that chooses a partition that is not there fails the record', () => {
    const builder = new StreamsBuilder();
    builder.stream(numbers).to(doubled, { partitioner: (value) => value });
    using driver = new TestDriver(builder.build(), { onProduceError: () => 'continue' });

    driver.send(numbers, 'ada', 0);
    driver.send(numbers, 'ada', 1);

    assert.deepEqual(driver.read(doubled), [['ada', 0]]);
    assert.deepEqual(dropsOf(driver), { 'produce-failed': 1 });
  });
});

test('each outcome of each policy has its counter', () => {
  const decisions: FailureDecision[] = ['continue', { deadLetter: letters }];
  using driver = doubling({ onProcessError: () => decisions.pop() ?? 'fail' });

  driver.send(numbers, 'ada', 13);
  driver.send(numbers, 'ada', 13);
  assert.throws(() => driver.send(numbers, 'ada', 13), ProcessError);

  const outcomes = driver
    .metrics()
    .filter(({ name }) => name === 'failed-records')
    .map(({ tags, value }) => [tags['outcome'], tags['node'], value]);
  assert.deepEqual(outcomes, [
    ['dead-letter', 'double', 1],
    ['continue', 'double', 1],
    ['fail', 'double', 1],
  ]);
});

/** numbers → seen, and numbers doubled → doubled; 13 throws. */
function doubling(policies: FailurePolicies = {}): TestDriver {
  const builder = new StreamsBuilder();
  const stream = builder.stream(numbers);
  stream.to(topic('seen', { key: utf8, value: int64 }));
  stream
    .mapValues(
      (value) => {
        if (value === 13) throw new RangeError('an unlucky number');
        return value * 2;
      },
      { node: 'double' },
    )
    .to(doubled);
  return new TestDriver(builder.build(), policies);
}

function dropsOf(driver: TestDriver): Readonly<Record<string, number>> {
  const drops = driver.metrics().filter(({ name }) => name === 'dropped-records');
  return Object.fromEntries(drops.map(({ tags, value }) => [tags['reason'], value]));
}

function namesOf(headers: RecordHeaders): string[] {
  return [...headers].map(([name]) => name);
}

function parseList(value: unknown): number[] {
  if (!Array.isArray(value)) throw new TypeError('not a list');
  return value.map(Number);
}
