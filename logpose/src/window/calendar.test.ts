import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from '../errors/config-errors.ts';
import { calendar } from './calendar.ts';
import { type CalendarUnit, unitCounts } from './calendar-unit.ts';
import { shapeOf } from './definition-of.ts';
import type { WindowDefinition } from './window-definition.ts';

const hourMs = 3_600_000;

test('a day in Seoul begins at 15:00 UTC', () => {
  assert.equal(
    windowAt('day', 'Asia/Seoul', '2024-05-01T03:00Z'),
    '2024-04-30T15:00Z to 2024-05-01T15:00Z',
  );
});

test('the days on which New York changes its clocks have 23 and 25 hours', () => {
  assert.equal(hoursOf('day', 'America/New_York', '2024-03-10T12:00Z'), 23);
  assert.equal(hoursOf('day', 'America/New_York', '2024-11-03T12:00Z'), 25);
  assert.equal(hoursOf('day', 'America/New_York', '2024-11-04T12:00Z'), 24);
});

test('where clocks change by half an hour, days have 23.5 and 24.5 hours', () => {
  assert.equal(hoursOf('day', 'Australia/Lord_Howe', '2024-10-05T20:00Z'), 23.5);
  assert.equal(hoursOf('day', 'Australia/Lord_Howe', '2024-04-06T20:00Z'), 24.5);
});

test('a day that does not exist has no window', () => {
  assert.equal(
    windowAt('day', 'Pacific/Apia', '2011-12-30T09:59Z'),
    '2011-12-29T10:00Z to 2011-12-30T10:00Z',
  );
  assert.equal(
    windowAt('day', 'Pacific/Apia', '2011-12-30T10:00Z'),
    '2011-12-30T10:00Z to 2011-12-31T10:00Z',
  );
});

test('the week and the month in which a day does not exist are a day shorter', () => {
  assert.equal(hoursOf('week', 'Pacific/Apia', '2011-12-28T00:00Z'), 6 * 24);
  assert.equal(hoursOf('month', 'Pacific/Apia', '2011-12-28T00:00Z'), 30 * 24);
});

test('a day that comes twice, as Sitka had when it changed hands, is one window', () => {
  assert.equal(hoursOf('day', 'America/Sitka', '1867-10-19T12:00Z'), 48);
});

test('where midnight is left out, the day begins at one o’clock', () => {
  assert.equal(
    windowAt('day', 'America/Sao_Paulo', '2018-11-04T12:00Z'),
    '2018-11-04T03:00Z to 2018-11-05T02:00Z',
  );
});

test('a day that has begun is not ended by a clock set back before its beginning', () => {
  // At 00:01 on 29 October 2006 it became 23:01 on the 28th.
  assert.equal(
    windowAt('day', 'America/St_Johns', '2006-10-29T02:31Z'),
    '2006-10-29T02:30Z to 2006-10-30T03:30Z',
  );
});

test('zones may be ahead of UTC by three quarters of an hour', () => {
  assert.equal(
    windowAt('day', 'Asia/Kathmandu', '2024-05-01T00:00Z'),
    '2024-04-30T18:15Z to 2024-05-01T18:15Z',
  );
  assert.equal(
    windowAt('hour', 'Asia/Kathmandu', '2024-05-01T00:00Z'),
    '2024-04-30T23:15Z to 2024-05-01T00:15Z',
  );
});

test('an hour that comes twice is two windows of one hour', () => {
  assert.equal(
    windowAt('hour', 'America/New_York', '2024-11-03T05:30Z'),
    '2024-11-03T05:00Z to 2024-11-03T06:00Z',
  );
  assert.equal(
    windowAt('hour', 'America/New_York', '2024-11-03T06:30Z'),
    '2024-11-03T06:00Z to 2024-11-03T07:00Z',
  );
});

test('an hour within which the clock is set back by half an hour lasts an hour and a half', () => {
  assert.equal(hoursOf('hour', 'Australia/Lord_Howe', '2024-04-06T15:10Z'), 1.5);
});

test('a week begins on Monday, also across a new year', () => {
  assert.equal(
    windowAt('week', 'UTC', '2027-01-01T00:00Z'),
    '2026-12-28T00:00Z to 2027-01-04T00:00Z',
  );
});

test('a month has the days of the calendar', () => {
  assert.equal(hoursOf('month', 'UTC', '2023-02-10T00:00Z'), 28 * 24);
  assert.equal(hoursOf('month', 'UTC', '2024-02-10T00:00Z'), 29 * 24);
  assert.equal(hoursOf('month', 'UTC', '1900-02-10T00:00Z'), 28 * 24);
  assert.equal(
    windowAt('month', 'Asia/Seoul', '2024-12-31T16:00Z'),
    '2024-12-31T15:00Z to 2025-01-31T15:00Z',
  );
});

test('times before 1970 have windows too', () => {
  assert.equal(
    windowAt('day', 'UTC', '1969-12-31T23:59Z'),
    '1969-12-31T00:00Z to 1970-01-01T00:00Z',
  );
  assert.equal(
    windowAt('month', 'Europe/Berlin', '1969-07-20T20:17Z'),
    '1969-06-30T23:00Z to 1969-07-31T23:00Z',
  );
});

test('a time that no calendar reaches still has one window, found at once', () => {
  for (const unit of ['hour', 'day', 'week', 'month'] as const) {
    const windows = windowsOf(unit, 'America/New_York');
    for (const timeMs of [8.64e15, -8.64e15, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
      const startMs = windows.firstStartMs(timeMs);
      const endMs = windows.endMs(startMs);
      assert.ok(startMs <= timeMs && timeMs < endMs, `${unit} at ${timeMs}`);
      assert.ok(endMs - startMs <= windows.maxSizeMs, `${unit} at ${timeMs}`);
    }
  }
});

test('times far apart do not fill the memory', () => {
  const windows = windowsOf('day', 'Europe/Berlin');
  const cellMs = unitCounts.day.cellMs;
  for (let cell = 0; cell < 1100; cell++) {
    const timeMs = 8.65e15 + cell * cellMs;
    assert.ok(windows.firstStartMs(timeMs) <= timeMs);
  }
  assert.equal(windows.firstStartMs(0), -hourMs);
});

test('an unknown zone, an unknown unit and a negative grace are refused together', () => {
  const options: unknown = { unit: 'year', zone: 'Europe/Atlantis', graceMs: -1 };
  assert.throws(
    () => calendarOf(options),
    (error) => error instanceof ConfigError && error.problems.length === 3,
  );
  const noZone: unknown = { unit: 'day', graceMs: 0 };
  assert.throws(() => calendarOf(noZone), /zone is undefined: give the name of an IANA time zone/);
});

/** As from JavaScript, where no type is checked. */
function calendarOf(options: unknown): void {
  Reflect.apply(calendar, undefined, [options]);
}

function windowsOf(unit: CalendarUnit, zone: string): WindowDefinition {
  const shaped = shapeOf(calendar({ unit, zone, graceMs: 0 }));
  assert.ok(shaped.shape === 'fixed');
  return shaped.windows;
}

function windowAt(unit: CalendarUnit, zone: string, time: string): string {
  const windows = windowsOf(unit, zone);
  const startMs = windows.firstStartMs(Date.parse(time));
  const minute = (ms: number) => new Date(ms).toISOString().replace(':00.000', '');
  assert.equal(windows.nextStartMs(startMs), windows.endMs(startMs));
  return `${minute(startMs)} to ${minute(windows.endMs(startMs))}`;
}

function hoursOf(unit: CalendarUnit, zone: string, time: string): number {
  const windows = windowsOf(unit, zone);
  const startMs = windows.firstStartMs(Date.parse(time));
  return (windows.endMs(startMs) - startMs) / hourMs;
}
