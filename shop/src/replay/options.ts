import { relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { defaultTopicPrefix } from '../events/event-topics.ts';
import { duration, instant, logName, worldName, zone } from '../flags.ts';
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
  const command: Command = new Command('replay')
    .description('Replays a file of real events into a world of its own')
    .argument('[file]', 'Online Retail or REES46, .csv or .csv.gz')
    .option('--speed <speed>', 'times as fast as it happened, such as 1000x, or max', speed, 'max')
    .option('--world <name>', 'the world to write to', worldName, 'replay')
    .option('--data-dir <directory>', 'where worlds are', '.shop')
    .option('--time-zone <zone>', "the zone of the file's times", zone, 'UTC')
    .option('--zone <zone>', 'the zone whose days are counted', zone, 'UTC')
    .option('--from <day>', 'leaves out what happened before this day, in UTC', instant)
    .option('--to <day>', 'leaves out what happened from this day on, in UTC', instant)
    .option('--skip-gaps <time>', 'cuts longer pauses down to this, such as 10m', duration)
    .option(
      '--topic-prefix <prefix>',
      'in front of the names of topics',
      logName,
      defaultTopicPrefix,
    )
    .option('--application-id <id>', 'the id of the streams', logName, defaultApplicationId)
    .option('--no-check', 'leaves out the recount at the end')
    .parse(argv, { from: 'user' });
  const options = command.opts<Omit<ReplayCommand, 'file'>>();
  const [file] = command.args;
  if (file === undefined) command.error(`error: which file? Here is a week: ${bundledWeek()}`);
  return { ...options, file };
}

/** The week of real orders that comes with the shop, as a command line names it. */
function bundledWeek(): string {
  const path = fileURLToPath(new URL('../../data/online-retail-week.csv.gz', import.meta.url));
  return `npm run replay -- ${relative(process.cwd(), path)}`;
}

/** `1000x`, `1000` or `max`. */
export function speed(text: string): number | 'max' {
  const value = Number(text.replace(/x$/, ''));
  if (text === 'max') return 'max';
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Say how many times as fast, such as 1000x, or max.');
}
