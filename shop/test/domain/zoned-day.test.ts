import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays, dayOf, isoInZone, isZone, startOfDayMs } from '../../src/domain/zoned-day.ts';

const hourMs = 3_600_000;

test('half past midnight in Seoul is the new day, though it is the old one in UTC', () => {
  const timestamp = Date.parse('2026-02-15T15:30:00Z');

  assert.equal(dayOf(timestamp, 'Asia/Seoul'), '2026-02-16');
  assert.equal(dayOf(timestamp, 'UTC'), '2026-02-15');
});

const lengths = [
  ['Asia/Seoul', '2026-02-15', 24],
  ['Asia/Seoul', '1988-05-08', 23],
  ['Asia/Seoul', '1988-10-09', 25],
  ['Europe/London', '2011-03-27', 23],
  ['Europe/London', '2011-10-30', 25],
  ['America/Sao_Paulo', '2018-11-04', 23],
  ['Australia/Lord_Howe', '2026-04-05', 24.5],
  ['Pacific/Apia', '2011-12-30', 0],
] as const;

for (const [zone, day, hours] of lengths) {
  test(`${day} has ${hours} hours in ${zone}`, () => {
    const lengthMs = startOfDayMs(addDays(day, 1), zone) - startOfDayMs(day, zone);
    assert.equal(lengthMs / hourMs, hours);
  });
}

test('a time is written with the offset of its zone', () => {
  const timestamp = Date.parse('2026-02-15T08:10:46.777Z');

  assert.equal(isoInZone(timestamp, 'Asia/Seoul'), '2026-02-15T17:10:46.777+09:00');
  assert.equal(isoInZone(timestamp, 'America/St_Johns'), '2026-02-15T04:40:46.777-03:30');
});

test('a zone nobody knows is recognised', () => {
  assert.equal(isZone('Asia/Seoul'), true);
  assert.equal(isZone('Grand/Line'), false);
});
