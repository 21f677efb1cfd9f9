import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { json, topic, utf8 } from 'logpose';
import { driving, out, words, written } from './driving.ts';

const more = topic('more', { key: utf8, value: utf8 });
const sizes = topic('sizes', {
  key: utf8,
  value: json((value): { readonly size: number } => ({ size: Number(Object(value).size) })),
});

suite('merge, streams of several topics', () => {
  test('merge passes both streams on', () => {
    using driver = driving((builder) => builder.stream(words).merge(builder.stream(more)).to(out));
    driver.send(words, 'ada', 'tea');
    driver.send(more, 'bob', 'milk');
    assert.deepEqual(written(driver, out), ['ada: tea @0', 'bob: milk @0']);
  });

  test('a stream of several topics is the same', () => {
    using driver = driving((builder) => builder.stream([words, more]).to(out));
    driver.send(words, 'ada', 'tea');
    driver.send(more, 'bob', 'milk');
    assert.deepEqual(written(driver, out), ['ada: tea @0', 'bob: milk @0']);
  });

  test('topics of one stream may differ in their types: each is read by its own serdes', () => {
    using driver = driving((builder) =>
      builder
        .stream([words, sizes])
        .mapValues((value) => (typeof value === 'string' ? value : `size ${value.size}`))
        .to(out),
    );
    driver.send(words, 'ada', 'tea');
    driver.send(sizes, 'bob', { size: 3 });
    assert.deepEqual(written(driver, out), ['ada: tea @0', 'bob: size 3 @0']);
  });

  test('the same topic twice is read once', () => {
    using driver = driving((builder) => {
      builder.stream(words).to(out);
      builder
        .stream(words)
        .mapValues((value) => `${value}!`)
        .to(out);
    });
    driver.send(words, 'ada', 'tea');
    assert.deepEqual(written(driver, out), ['ada: tea @0', 'ada: tea! @0']);
  });
});
