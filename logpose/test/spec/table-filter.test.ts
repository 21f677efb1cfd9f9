import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { generated, int64, StreamsBuilder, utf8 } from 'logpose';
import { TestDriver } from 'logpose/testing';
import { driving, loose, numbers, out, written } from './driving.ts';

suite('filter, mapValues and materialize of tables', () => {
  test('a row that passes no longer is sent on as deleted; one that never passed is not', () => {
    using driver = driving((builder) =>
      builder
        .table(loose, { name: 'rows' })
        .filter((value) => value.length > 2)
        .toStream()
        .to(out),
    );
    for (const word of ['ti', 'tea', 'ti', 'ti']) driver.send(loose, 'ada', word);
    assert.deepEqual(written(driver, out), ['ada: tea @0', 'ada: null @0']);
  });

  test('so it is behind an aggregate, and behind what was made of one', () => {
    using driver = driving((builder) =>
      builder
        .stream(loose)
        .groupByKey()
        .count({ name: 'counts' })
        .mapValues((count) => count * 10)
        .filter((tens) => tens > 10 && tens < 30)
        .materialize({ name: 'pairs', value: int64 })
        .toStream()
        .to(numbers),
    );
    for (const word of ['ti', 'tea', 'ti', 'ti']) driver.send(loose, 'ada', word);
    assert.deepEqual(written(driver, numbers), ['ada: 20 @0', 'ada: null @0']);
  });

  test('of rows that are only passed on nobody knows whether they passed before', () => {
    using driver = driving((builder) =>
      builder
        .table(loose, { name: generated })
        .filter((value) => value.length > 2)
        .toStream()
        .to(out),
    );
    for (const word of ['ti', 'tea', 'ti']) driver.send(loose, 'ada', word);
    assert.deepEqual(written(driver, out), ['ada: null @0', 'ada: tea @0', 'ada: null @0']);
  });

  test('filterNot keeps the rows that the predicate refuses', () => {
    using driver = driving((builder) =>
      builder
        .table(loose, { name: 'rows' })
        .filterNot((value) => value === 'milk')
        .toStream()
        .to(out),
    );
    for (const word of ['tea', 'milk']) driver.send(loose, 'ada', word);
    assert.deepEqual(written(driver, out), ['ada: tea @0', 'ada: null @0']);
  });

  test('mapValues is not called for a deleted row; null and undefined are no row', () => {
    using driver = driving((builder) =>
      builder
        .table(loose, { name: 'rows' })
        .mapValues((value) => (value === 'milk' ? undefined : value.length))
        .toStream()
        .to(numbers),
    );
    for (const word of ['tea', 'milk', null]) driver.send(loose, 'ada', word);
    assert.deepEqual(written(driver, numbers), ['ada: 3 @0', 'ada: null @0', 'ada: null @0']);
  });

  test('a derived table can be read once it is kept under a name', () => {
    const builder = new StreamsBuilder();
    const shouted = builder
      .table(loose, { name: 'rows' })
      .mapValues((value) => value.toUpperCase())
      .materialize({ name: 'shouted', value: utf8 });
    using driver = new TestDriver(builder.build());

    driver.send(loose, 'ada', 'tea', { timestampMs: 3 });
    assert.deepEqual(driver.store(shouted).get('ada'), { value: 'TEA', timestamp: 3 });

    driver.send(loose, 'ada', null);
    assert.equal(driver.store(shouted).get('ada'), undefined);
  });

  test('a table is kept once: it cannot be given another name', () => {
    const builder = new StreamsBuilder();
    builder.table(loose, { name: 'rows' }).materialize({ name: 'again' });
    assert.throws(() => builder.build(), /cannot be kept as again: it is kept as rows already/);
  });
});
