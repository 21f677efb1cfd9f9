import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { json, ProcessError } from 'logpose';
import { driving, numbers, out, words, written } from './driving.ts';

type Basket = { readonly items: readonly string[] };
const basket = json((value): Basket => ({ items: Object(value).items }));

suite('aggregate', () => {
  test('starts each key with its own initial aggregate and adds each value', () => {
    using driver = driving((builder) =>
      builder
        .stream(words)
        .groupByKey()
        .aggregate(
          {
            initialize: (): Basket => ({ items: [] }),
            add: ({ items }, value): Basket => ({ items: [...items, value] }),
          },
          { name: 'baskets', value: basket },
        )
        .toStream()
        .mapValues((row) => row?.items.join('+') ?? null)
        .to(out),
    );
    driver.send(words, 'ada', 'tea', { timestampMs: 5 });
    driver.send(words, 'bob', 'milk', { timestampMs: 6 });
    driver.send(words, 'ada', 'milk', { timestampMs: 3 });
    assert.deepEqual(written(driver, out), ['ada: tea @5', 'bob: milk @6', 'ada: tea+milk @5']);
  });

  test('null or undefined deletes the row, and the next value starts anew', () => {
    using driver = driving((builder) =>
      builder
        .stream(words)
        .groupByKey()
        .aggregate(
          {
            initialize: (): Basket => ({ items: [] }),
            add: ({ items }, value): Basket | undefined =>
              value === 'checkout' ? undefined : { items: [...items, value] },
          },
          { name: 'baskets', value: basket },
        )
        .toStream()
        .mapValues((row) => row?.items.length ?? null)
        .to(numbers),
    );
    for (const word of ['tea', 'checkout', 'milk']) driver.send(words, 'ada', word);
    assert.deepEqual(written(driver, numbers), ['ada: 1 @0', 'ada: null @0', 'ada: 1 @0']);
  });

  test('an aggregate in state is immutable: to change it fails with advice', () => {
    using driver = driving((builder) =>
      builder
        .stream(words)
        .groupByKey()
        .aggregate(
          {
            initialize: (): { items: string[] } => ({ items: [] }),
            add: (row, value) => {
              row.items.push(value);
              return row;
            },
          },
          { name: 'baskets', value: json((value): { items: string[] } => Object(value)) },
        ),
    );
    driver.send(words, 'ada', 'tea');
    assert.throws(
      () => driver.send(words, 'ada', 'milk'),
      (error) => error instanceof ProcessError && error.code === 'STATE_MUTATED',
    );
  });
});
