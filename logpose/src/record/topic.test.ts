import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from '../errors/config-errors.ts';
import { utf8 } from '../serde/primitives.ts';
import { matchesTopic, problemOfName, topic } from './topic.ts';

test('names that Kafka takes are taken', () => {
  for (const name of ['a', 'orders', 'Orders_2.by-day', '...', 'x'.repeat(249)]) {
    assert.equal(problemOfName(name), undefined, name);
  }
});

test('names that Kafka refuses are refused with the reason', () => {
  const reasons = {
    '': /must not be empty/,
    '.': /must not be "\."/,
    '..': /must not be "\.\."/,
    'a b': /letters, digits/,
    한국: /letters, digits/,
    'a/b': /letters, digits/,
    'a\n': /letters, digits/,
    ['x'.repeat(250)]: /at most 249 characters/,
  };
  for (const [name, reason] of Object.entries(reasons)) {
    assert.match(problemOfName(name) ?? '', reason, name);
    assert.throws(
      () => topic(name, { key: utf8, value: utf8 }),
      (error) => error instanceof ConfigError && reason.test(error.message),
    );
  }
});

test('a topic is fixed once it is described', () => {
  const orders = topic('orders', { key: utf8, value: utf8 });
  assert.throws(() => Object.assign(orders, { name: 'other' }), TypeError);
});

test('a pattern means the topics whose whole names it matches', () => {
  const matching = (pattern: RegExp) =>
    ['ab', 'abc', 'xab', 'AB', 'a'].filter((name) => matchesTopic(pattern, name));
  assert.deepEqual(matching(/ab/), ['ab']);
  assert.deepEqual(matching(/ab.*/), ['ab', 'abc']);
  assert.deepEqual(matching(/a|ab/), ['ab', 'a']);
  assert.deepEqual(matching(/^ab$/i), ['ab', 'AB']);
});

test('what a pattern matched before does not count', () => {
  for (const pattern of [/ab/g, /ab/y]) {
    pattern.lastIndex = 1;
    assert.ok(matchesTopic(pattern, 'ab'));
    assert.ok(matchesTopic(pattern, 'ab'));
  }
});
