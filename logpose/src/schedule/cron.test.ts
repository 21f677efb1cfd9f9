import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ConfigError } from '../errors/config-errors.ts';
import { readCron } from './cron.ts';

suite('a cron expression', () => {
  test('names times of the day by the clocks of its zone', () => {
    assert.deepEqual(times(['0 9 * * *', 'Asia/Seoul'], '2026-01-05T00:00:00Z', 2), [
      '2026-01-06T00:00:00Z',
      '2026-01-07T00:00:00Z',
    ]);
  });

  test('has seconds in front when it has six fields', () => {
    assert.deepEqual(times(['*/20 * * * * *', 'UTC'], '2026-01-05T00:00:01Z', 2), [
      '2026-01-05T00:00:20Z',
      '2026-01-05T00:00:40Z',
    ]);
  });

  test('knows weekdays, the last day of a month and nicknames', () => {
    const from = '2026-01-05T00:00:00Z';
    assert.deepEqual(times(['0 9 * * MON#2', 'UTC'], from, 1), ['2026-01-12T09:00:00Z']);
    assert.deepEqual(times(['0 9 L * *', 'UTC'], from, 1), ['2026-01-31T09:00:00Z']);
    assert.deepEqual(times(['@daily', 'UTC'], from, 1), ['2026-01-06T00:00:00Z']);
  });
});

suite('where clocks are put forward, in Berlin from 02:00 to 03:00', () => {
  test('a time of the day that is left out runs when they have been', () => {
    assert.deepEqual(times(['30 2 * * *', 'Europe/Berlin'], '2026-03-28T12:00:00Z', 2), [
      '2026-03-29T01:00:00Z',
      '2026-03-30T00:30:00Z',
    ]);
  });

  test('times left out of several named ones run once together', () => {
    assert.deepEqual(times(['15,45 2 * * *', 'Europe/Berlin'], '2026-03-28T12:00:00Z', 2), [
      '2026-03-29T01:00:00Z',
      '2026-03-30T00:15:00Z',
    ]);
  });

  test('what runs every hour goes on with the next hour', () => {
    assert.deepEqual(times(['30 * * * *', 'Europe/Berlin'], '2026-03-29T00:00:00Z', 2), [
      '2026-03-29T00:30:00Z',
      '2026-03-29T01:30:00Z',
    ]);
  });
});

suite('where clocks are put back, in Berlin from 03:00 to 02:00', () => {
  test('a time of the day that comes twice runs at the first', () => {
    assert.deepEqual(times(['30 2 * * *', 'Europe/Berlin'], '2026-10-24T12:00:00Z', 2), [
      '2026-10-25T00:30:00Z',
      '2026-10-26T01:30:00Z',
    ]);
  });

  test('what runs every hour runs in both', () => {
    assert.deepEqual(times(['30 * * * *', 'Europe/Berlin'], '2026-10-25T00:00:00Z', 2), [
      '2026-10-25T00:30:00Z',
      '2026-10-25T01:30:00Z',
    ]);
  });
});

test('the next time is the same from anywhere before it, also where clocks change', () => {
  for (const expression of ['30 2 * * *', '0 0 * * *', '*/20 * * * *', '10 1,2 * * *']) {
    for (const zone of ['Europe/Berlin', 'America/Sao_Paulo', 'America/St_Johns', 'UTC']) {
      const { after } = readCron(expression, zone);
      for (const change of clockChanges) checkAround(Date.parse(change), after);
    }
  }
});

for (const [expression, zone, said] of [
  ['61 * * * *', 'UTC', /"61 \* \* \* \*": .*61/],
  ['0 9 * * 8', 'UTC', /"0 9 \* \* 8": .*8/],
  ['0 9 * *', 'UTC', /"0 9 \* \*": it needs five fields/],
  ['', 'UTC', /"": it needs five fields/],
  ['2030-01-01T00:00:00', 'UTC', /it needs five fields/],
  ['0 0 31 2 *', 'UTC', /"0 0 31 2 \*": its times never come/],
  ['0 9 * * *', 'Asia/Atlantis', /"0 9 \* \* \*": there is no time zone "Asia\/Atlantis"/],
  ['0 9 * * *', '', /there is no time zone ""/],
] as const) {
  test(`"${expression}" in zone "${zone}" is refused by name`, () => {
    assert.throws(
      () => readCron(expression, zone),
      (error) => error instanceof ConfigError && said.test(error.message),
    );
  });
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const clockChanges = ['2026-03-29T01:00:00Z', '2026-10-25T01:00:00Z', '2018-11-04T03:00:00Z'];

function checkAround(changeMs: number, after: (timeMs: number) => number): void {
  const fromMs = changeMs - 30 * hourMs;
  let nextMs = after(fromMs);
  for (let timeMs = fromMs; timeMs < fromMs + 60 * hourMs; timeMs += 7 * minuteMs) {
    while (nextMs <= timeMs) nextMs = after(nextMs);
    assert.equal(after(timeMs), nextMs);
  }
}

function times(cron: readonly [string, string], from: string, count: number): string[] {
  const { after } = readCron(...cron);
  const found: string[] = [];
  for (let timeMs = Date.parse(from); found.length < count; ) {
    timeMs = after(timeMs);
    found.push(new Date(timeMs).toISOString().replace('.000', ''));
  }
  return found;
}
