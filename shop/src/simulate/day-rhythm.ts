import { isoInZone } from '../domain/zoned-day.ts';

/**
 * How busy a shop is at this time of its zone's day, 1 on average: quiet before dawn, a little peak
 * at noon, the great one in the evening.
 */
export function dayRhythm(nowMs: number, zone: string): number {
  const [hours = 0, minutes = 0] = isoInZone(nowMs, zone).slice(11, 16).split(':').map(Number);
  const hour = hours + minutes / 60;
  return 0.533 + bump(hour - 12.5, 2.5, 0.7) + bump(hour - 20.5, 3.2, 1.43);
}

function bump(hoursAway: number, widthHours: number, height: number): number {
  // The day is a circle: eleven at night is near midnight.
  const away = ((((hoursAway + 12) % 24) + 24) % 24) - 12;
  return height * Math.exp(-((away / widthHours) ** 2));
}
