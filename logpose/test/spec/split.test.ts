import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { topic, utf8 } from 'logpose';
import { driving, out, words, written } from './driving.ts';

const short = topic('short', { key: utf8, value: utf8 });

suite('split', () => {
  test('each record goes to the first branch that takes it, the rest to the default branch', () => {
    using driver = driving((builder) => {
      const branches = builder
        .stream(words)
        .split()
        .branch('short', (value) => value.length < 3)
        .branch('any-t', (value) => value.startsWith('t'))
        .defaultBranch('rest');
      branches.short.to(short);
      branches['any-t'].mapValues((value) => `t-word ${value}`).to(out);
      branches.rest.mapValues((value) => `other ${value}`).to(out);
    });
    for (const word of ['ti', 'tea', 'milk']) driver.send(words, 'ada', word);
    assert.deepEqual(written(driver, short), ['ada: ti @0']);
    assert.deepEqual(written(driver, out), ['ada: t-word tea @0', 'ada: other milk @0']);
  });

  test('without a default branch the rest is dropped', () => {
    using driver = driving((builder) => {
      const { tea } = builder
        .stream(words)
        .split()
        .branch('tea', (value) => value === 'tea')
        .noDefaultBranch();
      tea.to(out);
    });
    driver.send(words, 'ada', 'milk');
    driver.send(words, 'ada', 'tea');
    assert.deepEqual(written(driver, out), ['ada: tea @0']);
  });

  test('a branch may be left unused', () => {
    using driver = driving((builder) => {
      builder
        .stream(words)
        .split()
        .branch('tea', (value) => value === 'tea')
        .defaultBranch('rest')
        .rest.to(out);
    });
    driver.send(words, 'ada', 'tea');
    driver.send(words, 'ada', 'milk');
    assert.deepEqual(written(driver, out), ['ada: milk @0']);
  });
});
