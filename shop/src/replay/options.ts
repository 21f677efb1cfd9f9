import { Command, InvalidArgumentError } from 'commander';
import { isZone } from '../domain/zoned-day.ts';
import { defaultTopicPrefix } from '../events/event-topics.ts';
import { defaultApplicationId } from '../streams/app.ts';

/** What the command line says. */
export interface ReplayCommand {
  readonly file: string;
  readonly speed: number | 'max';
  readonly world: string;
  readonly dataDir: string;
  /** The zone of the file's times. */
  readonly timeZone: string;
  /** The zone whose days are counted. */
  readonly zone: string;
  readonly from?: number;
  readonly to?: number;
  readonly skipGaps?: number;
  readonly topicPrefix: string;
  readonly applicationId: string;
  readonly check: boolean;
}

/** Reads the command line. On a mistake it says what is wrong and ends the process. */
export function parseReplayCommand(argv: readonly string[]): ReplayCommand {
  const command = new Command('replay')
    .description('Replays a file of real events into a world of its own')
    .argument('<file>', 'Online Retail or REES46, .csv or .csv.gz')
    .option('--speed <speed>', 'times as fast as it happened, such as 1000x, or max', speed, 'max')
    .option('--world <name>', 'the world to write to', worldName, 'replay')
    .option('--data-dir <directory>', 'where worlds are', '.shop')
    .option('--time-zone <zone>', "the zone of the file's times", zone, 'UTC')
    .option('--zone <zone>', 'the zone whose days are counted', zone, 'UTC')
    .option('--from <day>', 'leaves out what happened before this day, in UTC', instant)
    .option('--to <day>', 'leaves out what happened from this day on, in UTC', instant)
    .option('--skip-gaps <time>', 'cuts longer pauses down to this, such as 10m', duration)
    .option('--topic-prefix <prefix>', 'in front of the names of topics', defaultTopicPrefix)
    .option('--application-id <id>', 'the id of the streams', defaultApplicationId)
    .option('--no-check', 'leaves out the recount at the end')
    .parse(argv, { from: 'user' });
  const options = command.opts<Omit<ReplayCommand, 'file'>>();
  return { ...options, file: command.args[0] ?? '' };
}

/** `1000x`, `1000` or `max`. */
export function speed(text: string): number | 'max' {
  const value = Number(text.replace(/x$/, ''));
  if (text === 'max') return 'max';
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Say how many times as fast, such as 1000x, or max.');
}

/** `500ms`, `30s`, `10m` or `2h`, in milliseconds. */
export function duration(text: string): number {
  const [, count, unit] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? [];
  const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[unit ?? ''];
  if (unitMs !== undefined) return Number(count) * unitMs;
  throw new InvalidArgumentError('Say a number and ms, s, m or h, such as 10m.');
}

function instant(text: string): number {
  const time = Date.parse(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
  if (!Number.isNaN(time)) return time;
  throw new InvalidArgumentError('Say a day, such as 2011-11-21.');
}

function zone(text: string): string {
  if (isZone(text)) return text;
  throw new InvalidArgumentError('The platform knows no such time zone.');
}

function worldName(text: string): string {
  if (/^[A-Za-z0-9._-]+$/.test(text) && !/^\.+$/.test(text)) return text;
  throw new InvalidArgumentError('A world has letters, digits, ".", "_" and "-" in its name.');
}
