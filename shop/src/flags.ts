import { InvalidArgumentError, type Option } from 'commander';
import { isZone } from './domain/zoned-day.ts';

/** What a flag's text means. Every reader refuses what it does not understand, for all commands. */
export type FlagReader<T> = (text: string) => T;

/** The environment variable that stands for a flag. */
export function variableOf(option: Option): string {
  return `SHOP_${option.name().replaceAll('-', '_').toUpperCase()}`;
}

/** A whole number in bounds. */
export function wholeNumber(min: number, max: number): FlagReader<number> {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`A whole number from ${min} to ${max} is needed.`);
  };
}

/** A text of a form; `what` says which characters are allowed. */
export function matching(form: RegExp, what: string): FlagReader<string> {
  return (text) => {
    if (form.test(text)) return text;
    throw new InvalidArgumentError(`Use ${what} only.`);
  };
}

/** The name of a world, which is that of its directory. */
export const worldName = matching(/^(?!\.+$)[\w.-]{1,64}$/, 'letters, digits, ., - and _');

/** A name in Kafka's manner. */
export const logName = matching(/^[\w.-]{1,100}$/, 'letters, digits, ., - and _');

/** The name of a PostgreSQL schema. */
export const schemaName = matching(/^[a-z_][a-z0-9_]{0,62}$/, 'a-z, 0-9 and _');

/** The address of a PostgreSQL server. */
export function postgresUrl(text: string): string {
  const protocol = URL.parse(text)?.protocol;
  if (protocol === 'postgres:' || protocol === 'postgresql:') return text;
  throw new InvalidArgumentError('A URL is needed, such as postgres://user@host:5432/name.');
}

/** The address of a shop. */
export function httpUrl(text: string): string {
  const protocol = URL.parse(text)?.protocol;
  if (protocol === 'http:' || protocol === 'https:') return text;
  throw new InvalidArgumentError('An address is needed, such as http://127.0.0.1:8080.');
}

/** An IANA time zone that this platform knows. */
export function zone(text: string): string {
  if (isZone(text)) return text;
  throw new InvalidArgumentError('An IANA time zone is needed, such as Europe/Paris.');
}

/** Actions a second, with or without `/s`. */
export function rate(text: string): number {
  const perSecond = /^(\d+(?:\.\d+)?)(?:\/s)?$/.exec(text)?.[1];
  if (perSecond !== undefined && Number(perSecond) <= maxRate) return Number(perSecond);
  throw new InvalidArgumentError(`Actions a second are needed, at most ${maxRate}, such as 60/s.`);
}

const maxRate = 2_000;

/** `100ms`, `30s`, `10m`, `2h` or `7d`, in milliseconds. */
export function duration(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})(ms|s|m|h|d)$/.exec(text) ?? [];
  const ms = Number(count) * (unitMs[unit] ?? Number.NaN);
  if (ms > 0) return ms;
  throw new InvalidArgumentError('A time above zero is needed, such as 100ms, 10m or 7d.');
}

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A day as its first instant in UTC, or an instant. */
export function instant(text: string): number {
  const time = Date.parse(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
  if (!Number.isNaN(time)) return time;
  throw new InvalidArgumentError('Say a day, such as 2011-11-21.');
}
