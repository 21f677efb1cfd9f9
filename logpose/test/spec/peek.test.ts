import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { driving, out, words, written } from './driving.ts';

suite('peek, forEach, print', () => {
  test('peek shows each record and passes it on', () => {
    const seen: string[] = [];
    using driver = driving((builder) =>
      builder
        .stream(words)
        .peek((value, key) => {
          seen.push(`${key} ${value}`);
        })
        .to(out),
    );
    driver.send(words, 'ada', 'tea');
    assert.deepEqual(seen, ['ada tea']);
    assert.deepEqual(written(driver, out), ['ada: tea @0']);
  });

  test('forEach ends the chain', () => {
    const seen: number[] = [];
    using driver = driving((builder) =>
      builder.stream(words).forEach((_value, _key, { timestamp }) => {
        seen.push(timestamp);
      }),
    );
    driver.send(words, 'ada', 'tea', { timestampMs: 9 });
    assert.deepEqual(seen, [9]);
  });

  test('print writes a line with a label to standard output', (context) => {
    const lines: unknown[] = [];
    context.mock.method(console, 'log', (line: unknown) => lines.push(line));
    using driver = driving((builder) => builder.stream(words).print({ label: 'words' }));
    driver.send(words, 'ada', 'tea');
    assert.deepEqual(lines, ['[words]: ada, tea']);
  });
});
