import { assert } from '../domain/assert.ts';

/** How columns become values, by PostgreSQL's type number. Both drivers use it. */
export const columnParsers: Readonly<Record<number, (text: string) => unknown>> = {
  // bigint
  20: parseBigint,
  // date: a day has no time
  1082: (text) => text,
  // timestamptz
  1184: parseTime,
};

function parseBigint(text: string): number {
  const value = Number(text);
  assert(Number.isSafeInteger(value), `a bigint column holds ${text}, beyond 2^53`);
  return value;
}

/** The sessions' zone is UTC, so the text ends in `+00`. */
function parseTime(text: string): number {
  const time = Date.parse(`${text.replace(' ', 'T').replace(/\+00(:00)?$/, '')}Z`);
  assert(!Number.isNaN(time), `a timestamptz column holds "${text}"`);
  return time;
}
