import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { calendar } from '../../src/window/calendar.ts';
import type { CalendarUnit } from '../../src/window/calendar-unit.ts';
import { shapeOf } from '../../src/window/definition-of.ts';
import type { WindowDefinition } from '../../src/window/window-definition.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const zones = [...Intl.supportedValuesOf('timeZone'), 'UTC'];

/** How closely the clock is read along a window. */
const stepMs: Readonly<Record<CalendarUnit, number>> = {
  hour: minuteMs,
  day: 15 * minuteMs,
  week: 90 * minuteMs,
  month: 6 * 60 * minuteMs,
};

const aTime = fc.oneof(
  { weight: 4, arbitrary: timesBetween('1965-01-01', '2045-01-01') },
  { weight: 1, arbitrary: timesBetween('1840-01-01', '2400-01-01') },
);

for (const unit of ['hour', 'day', 'week', 'month'] as const) {
  test(`a calendar ${unit} is what the clocks of its zone show, in any zone at any time`, () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), aTime, (zone, timeMs) => {
        const windows = windowsOf(unit, zone);
        const startMs = windows.firstStartMs(timeMs);
        const endMs = windows.endMs(startMs);

        assert.ok(startMs <= timeMs && timeMs < endMs);
        assert.ok(endMs - startMs <= windows.maxSizeMs);
        assert.equal(windows.firstStartMs(startMs), startMs);
        assert.equal(windows.firstStartMs(endMs - 1), startMs);
        assert.equal(windows.firstStartMs(endMs), endMs);
        if (unit === 'hour') checkHour({ zone, startMs, endMs });
        else checkDays(unit, { zone, startMs, endMs });
      }),
      { numRuns: 150 },
    );
  });
}

interface OneWindow {
  readonly zone: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** The label rises at the start, for the first time, and nothing later in the window exceeds it. */
function checkDays(unit: 'day' | 'week' | 'month', { zone, startMs, endMs }: OneWindow): void {
  const label = labeller(unit, zone);
  const begun = label(startMs);
  for (let before = startMs - 1; before > startMs - 2 * dayMs; before -= stepMs[unit]) {
    assert.ok(label(before) < begun, `${zone}: ${label(before)} before ${begun} begins`);
  }
  for (let within = startMs; within < endMs; within += stepMs[unit]) {
    assert.ok(label(within) <= begun, `${zone}: ${label(within)} in ${begun}`);
  }
  assert.ok(label(endMs) > begun);
}

/** One label throughout; at the end comes another one, or the same from the beginning. */
function checkHour({ zone, startMs, endMs }: OneWindow): void {
  const label = labeller('hour', zone);
  const begun = label(startMs);
  for (let within = startMs; within < endMs; within += stepMs.hour) {
    assert.equal(label(within), begun, zone);
  }
  const shown = clockOf(zone);
  if (label(endMs) === begun) assert.match(shown(endMs), / \d\d:00:00$/, zone);
  if (label(startMs - 1) === begun) assert.match(shown(startMs), / \d\d:00:00$/, zone);
}

/** Names the unit that a zone's clock shows, in an order that is the text's. */
function labeller(unit: CalendarUnit, zone: string): (timeMs: number) => string {
  const shown = clockOf(zone);
  switch (unit) {
    case 'hour':
      return (timeMs) => shown(timeMs).slice(0, 13);
    case 'day':
      return (timeMs) => shown(timeMs).slice(0, 10);
    case 'month':
      return (timeMs) => shown(timeMs).slice(0, 7);
    case 'week':
      return (timeMs) => mondayOf(shown(timeMs).slice(0, 10));
  }
}

function mondayOf(date: string): string {
  const dateMs = Date.parse(`${date}T00:00Z`);
  const daysSinceMonday = (new Date(dateMs).getUTCDay() + 6) % 7;
  return new Date(dateMs - daysSinceMonday * dayMs).toISOString().slice(0, 10);
}

/** Date and time as Swedes write them: `2024-05-01 09:30:00`. */
function clockOf(zone: string): (timeMs: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return (timeMs) => format.format(timeMs);
}

function windowsOf(unit: CalendarUnit, zone: string): WindowDefinition {
  const shaped = shapeOf(calendar({ unit, zone, graceMs: 0 }));
  assert.ok(shaped.shape === 'fixed');
  return shaped.windows;
}

function timesBetween(from: string, to: string): fc.Arbitrary<number> {
  return fc.integer({ min: Date.parse(from), max: Date.parse(to) });
}
