import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { int64, type StreamsBuilder, utf8 } from 'logpose';
import { driving, loose, numbers, out, written } from './driving.ts';

const byFirstLetter = { name: 'by-letter', key: utf8, value: utf8 };

function grouped(builder: StreamsBuilder) {
  return builder
    .table(loose, { name: 'rows' })
    .groupBy((value) => [value[0] ?? null, value], byFirstLetter);
}

suite('groupBy of tables', () => {
  test('a row that changes leaves its old group and enters its new one', () => {
    using driver = driving((builder) =>
      grouped(builder).count({ name: 'counts' }).toStream().to(numbers),
    );
    driver.send(loose, 'ada', 'tea');
    driver.send(loose, 'bob', 'toast');
    driver.send(loose, 'ada', 'milk');
    driver.send(loose, 'bob', null);
    assert.deepEqual(written(driver, numbers), [
      't: 1 @0',
      't: 2 @0',
      't: 1 @0',
      'm: 1 @0',
      't: 0 @0',
    ]);
  });

  test('a change within a group is one update: subtract the old row, then add the new one', () => {
    const calls: string[] = [];
    using driver = driving((builder) =>
      grouped(builder)
        .aggregate(
          {
            initialize: () => '',
            add: (rows, value) => {
              calls.push(`add ${value}`);
              return `${rows}+${value}`;
            },
            subtract: (rows, value) => {
              calls.push(`subtract ${value}`);
              return rows.replace(`+${value}`, '');
            },
          },
          { name: 'lists', value: utf8 },
        )
        .toStream()
        .to(out),
    );
    driver.send(loose, 'ada', 'tea');
    driver.send(loose, 'ada', 'toast');
    assert.deepEqual(calls, ['add tea', 'subtract tea', 'add toast']);
    assert.deepEqual(written(driver, out), ['t: +tea @0', 't: +toast @0']);
  });

  test('reduce takes the first row as it is', () => {
    using driver = driving((builder) =>
      builder
        .table(numbers, { name: 'rows' })
        .groupBy((value) => ['all', value], { name: 'by-all', key: utf8, value: int64 })
        .reduce(
          { add: (sum, value) => sum + value, subtract: (sum, value) => sum - value },
          { name: 'sums' },
        )
        .toStream()
        .mapValues((sum) => `sum ${sum}`)
        .to(out),
    );
    driver.send(numbers, 'ada', 2);
    driver.send(numbers, 'bob', 5);
    driver.send(numbers, 'ada', 3);
    assert.deepEqual(written(driver, out), ['all: sum 2 @0', 'all: sum 7 @0', 'all: sum 8 @0']);
  });

  test('a row with a null key or value is in no group', () => {
    using driver = driving((builder) =>
      grouped(builder).count({ name: 'counts' }).toStream().to(numbers),
    );
    driver.send(loose, 'ada', '');
    driver.send(loose, 'ada', 'tea');
    driver.send(loose, 'ada', '');
    assert.deepEqual(written(driver, numbers), ['t: 1 @0', 't: 0 @0']);
  });

  test('several aggregates of one grouping share its repartition topic', () => {
    using driver = driving((builder) => {
      const groups = grouped(builder);
      groups.count({ name: 'counts' }).toStream().to(numbers);
      groups
        .reduce({ add: (_all, value) => value, subtract: (all) => all }, { name: 'last' })
        .toStream()
        .to(out);
      assert.deepEqual(
        builder.build().repartitionTopics.map(({ name }) => name),
        ['by-letter-repartition'],
      );
    });
    driver.send(loose, 'ada', 'tea');
    assert.deepEqual(written(driver, numbers), ['t: 1 @0']);
    assert.deepEqual(written(driver, out), ['t: tea @0']);
  });
});
