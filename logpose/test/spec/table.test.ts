import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { generated, StreamsBuilder } from 'logpose';
import { TestDriver } from 'logpose/testing';
import { driving, dropped, loose, out, words, written } from './driving.ts';

suite('table, toTable, toStream', () => {
  test('a table has the last value of each key; toStream gives its changes', () => {
    const builder = new StreamsBuilder();
    const table = builder.table(words, { name: 'rows' });
    table.toStream().to(out);
    using driver = new TestDriver(builder.build(), { emit: 'each-change' });

    driver.send(words, 'ada', 'tea', { timestampMs: 5 });
    driver.send(words, 'ada', 'milk', { timestampMs: 6 });

    assert.deepEqual(written(driver, out), ['ada: tea @5', 'ada: milk @6']);
    assert.deepEqual(driver.store(table).get('ada'), { value: 'milk', timestamp: 6 });
  });

  test('a null value deletes the row; a null key is dropped and counted', () => {
    const builder = new StreamsBuilder();
    const table = builder.table(loose, { name: 'rows' });
    table.toStream().to(out);
    using driver = new TestDriver(builder.build(), { emit: 'each-change' });

    driver.send(loose, 'ada', 'tea');
    driver.send(loose, 'ada', null);
    driver.send(loose, null, 'milk');

    assert.deepEqual(written(driver, out), ['ada: tea @0', 'ada: null @0']);
    assert.equal(driver.store(table).get('ada'), undefined);
    assert.deepEqual(dropped(driver), { 'null-key': 1 });
  });

  test('an update that is older than the row is applied all the same', () => {
    using driver = driving((builder) => builder.table(words, { name: 'rows' }).toStream().to(out));
    driver.send(words, 'ada', 'tea', { timestampMs: 6 });
    driver.send(words, 'ada', 'milk', { timestampMs: 5 });
    assert.deepEqual(written(driver, out), ['ada: tea @6', 'ada: milk @5']);
  });

  test('a table with a generated name is kept only when something looks its rows up', () => {
    const passedOn = new StreamsBuilder();
    passedOn.table(words, { name: generated }).toStream().to(out);
    const lookedUp = new StreamsBuilder();
    const table = lookedUp.table(words, { name: generated });
    lookedUp
      .stream(loose)
      .leftJoin(table, (value, row) => `${value} ${row}`)
      .to(out);

    assert.deepEqual(passedOn.build().stores, []);
    assert.deepEqual(
      lookedUp.build().stores.map(({ definition }) => definition.name),
      ['words-STATE-STORE-0000000000'],
    );
  });

  test('toTable makes rows of a stream, behind a repartition topic when keys were changed', () => {
    const builder = new StreamsBuilder();
    const table = builder
      .stream(words)
      .selectKey((value) => value)
      .toTable({ name: 'rows' });
    assert.throws(() => builder.build(), /the key serde of .*rows.* is missing/s);

    const mended = new StreamsBuilder();
    mended
      .stream(words)
      .selectKey((value) => value)
      .toTable({ name: 'rows', key: words.key })
      .toStream()
      .to(out);
    using driver = new TestDriver(mended.build());
    driver.send(words, 'ada', 'tea');
    assert.deepEqual(written(driver, out), ['tea: tea @0']);
    assert.equal(table.name, 'rows');
    assert.deepEqual(
      mended.build().repartitionTopics.map(({ name }) => name),
      ['rows-repartition'],
    );
  });
});
