import { Cron } from 'croner';
import { ConfigError } from '../errors/config-errors.ts';

/** The times that a cron expression names. */
export interface CronTimes {
  /** The first of them after a time; infinite when there is none. Milliseconds since 1970. */
  after(timeMs: number): number;
}

/**
 * Reads a cron expression of five fields (six: with seconds in front) by the clocks of a zone.
 *
 * @throws {ConfigError} When one of them cannot be read, or the times never come.
 */
export function readCron(expression: string, zone: string): CronTimes {
  const cron = parse(expression, zone);
  const after = (timeMs: number): number =>
    cron.nextRun(new Date(timeMs))?.getTime() ?? Number.POSITIVE_INFINITY;
  if (after(0) === Number.POSITIVE_INFINITY) throw refusal(expression, 'its times never come');
  return { after };
}

function parse(expression: string, zone: string): Cron {
  // The library takes a date, too, for a job that runs once.
  if (!fields.test(expression)) {
    throw refusal(expression, 'it needs five fields (minute, hour, day, month, weekday) or six');
  }
  requireZone(expression, zone);
  try {
    return new Cron(expression, {
      timezone: zone,
      mode: '5-or-6-parts',
      // A list of hours names times of the day as one hour does; as in Vixie cron.
      fixedTimeRule: 'no-wildcard',
      paused: true,
    });
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw refusal(expression, said.replace(/^Cron\w+: /, ''), cause);
  }
}

const fields = /^(@[a-z]+|\S+(\s+\S+){4,5})$/i;

function requireZone(expression: string, zone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch (cause) {
    throw refusal(expression, `there is no time zone ${JSON.stringify(zone)}`, cause);
  }
}

function refusal(expression: string, why: string, cause?: unknown): ConfigError {
  const options = cause === undefined ? undefined : { cause };
  return new ConfigError([`cron expression "${expression}": ${why}`], options);
}
