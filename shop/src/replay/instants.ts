import { isoInZone } from '../domain/zoned-day.ts';
import { RowError } from './format.ts';

/** Reads `2010-12-01 08:26:00` as the wall clock of a zone, in milliseconds since 1970. */
export function instantsIn(zone: string): (text: string) => number {
  let lastText = '';
  let lastMs = 0;
  // Files are in the order of time: most rows say what the row before them said.
  return (text) => {
    if (text !== lastText) {
      lastMs = zone === 'UTC' ? wallClockMs(text) : inZone(wallClockMs(text), zone);
      lastText = text;
    }
    return lastMs;
  };
}

function wallClockMs(text: string): number {
  const ms = Date.parse(`${text.replace(' ', 'T')}Z`);
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text) || Number.isNaN(ms)) {
    throw new RowError('the time is not of the form "2010-12-01 08:26:00"');
  }
  return ms;
}

function inZone(wallMs: number, zone: string): number {
  // The offset at a first guess is that of the instant itself but for the hours of a clock change.
  const guessMs = wallMs - offsetMs(wallMs, zone);
  return wallMs - offsetMs(guessMs, zone);
}

function offsetMs(timestamp: number, zone: string): number {
  const local = isoInZone(timestamp, zone).slice(0, 23);
  return Date.parse(`${local}Z`) - timestamp;
}
