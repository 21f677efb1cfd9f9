import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { StreamsBuilder, TopologyError, topic, utf8 } from 'logpose';
import { driving, dropped, loose, out, words, written } from './driving.ts';

const names = topic('names', { key: utf8, value: utf8 });

suite('join and leftJoin of a stream with a table', () => {
  test('join finds the row as it is now; later changes revise nothing', () => {
    using driver = driving((builder) => {
      const table = builder.table(names, { name: 'names' });
      builder
        .stream(words)
        .join(table, (value, name, key) => `${key} ${name} likes ${value}`)
        .to(out);
    });
    driver.send(words, 'ada', 'water', { timestampMs: 1 });
    driver.send(names, 'ada', 'Lovelace', { timestampMs: 9 });
    driver.send(words, 'ada', 'tea', { timestampMs: 5 });
    driver.send(names, 'ada', 'Byron', { timestampMs: 10 });
    assert.deepEqual(written(driver, out), ['ada: ada Lovelace likes tea @5']);
  });

  test('leftJoin keeps records without a row, and null keys', () => {
    using driver = driving((builder) => {
      const table = builder.table(names, { name: 'names' });
      builder
        .stream(loose)
        .leftJoin(table, (value, name) => `${name ?? 'somebody'} likes ${value}`)
        .to(out);
    });
    driver.send(loose, 'ada', 'tea');
    driver.send(loose, null, 'milk');
    driver.send(names, 'ada', 'Lovelace');
    driver.send(loose, 'ada', 'toast');
    assert.deepEqual(written(driver, out), [
      'ada: somebody likes tea @0',
      'null: somebody likes milk @0',
      'ada: Lovelace likes toast @0',
    ]);
  });

  test('null keys of an inner join and null values are dropped and counted', () => {
    using driver = driving((builder) => {
      const table = builder.table(names, { name: 'names' });
      builder
        .stream(loose)
        .join(table, (value) => value)
        .to(out);
    });
    driver.send(loose, null, 'tea');
    driver.send(loose, 'ada', null);
    assert.deepEqual(written(driver, out), []);
    assert.deepEqual(dropped(driver), { 'null-key-or-value': 2 });
  });

  test('a derived table is looked up through the table that it comes from', () => {
    using driver = driving((builder) => {
      const table = builder
        .table(names, { name: 'names' })
        .filter((name) => name !== 'Nobody')
        .mapValues((name) => name.toUpperCase());
      builder
        .stream(words)
        .leftJoin(table, (value, name) => `${name} ${value}`)
        .to(out);
    });
    driver.send(names, 'ada', 'Lovelace');
    driver.send(names, 'bob', 'Nobody');
    driver.send(words, 'ada', 'tea');
    driver.send(words, 'bob', 'tea');
    assert.deepEqual(written(driver, out), ['ada: LOVELACE tea @0', 'bob: undefined tea @0']);
  });

  test('a stream with a new key goes through a repartition topic, which needs a name', () => {
    const join = (options: { readonly repartition?: string }): StreamsBuilder => {
      const builder = new StreamsBuilder();
      builder
        .stream(words)
        .selectKey((value) => value)
        .join(builder.table(names, { name: 'names' }), (_value, name) => name, {
          ...options,
          key: utf8,
        })
        .to(out);
      return builder;
    };
    assert.throws(
      () => join({}).build(),
      (error) =>
        error instanceof TopologyError &&
        /write join\(table, joiner, \{ repartition: /.test(error.message),
    );
    const { repartitionTopics, copartitioned } = join({ repartition: 'by-word' }).build();
    assert.deepEqual(repartitionTopics, [{ name: 'by-word-repartition', partitions: undefined }]);
    assert.deepEqual(copartitioned, [['by-word-repartition-source', 'KSTREAM-SOURCE-0000000002']]);
  });
});
