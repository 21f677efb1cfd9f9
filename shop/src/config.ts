import { Command, Option } from 'commander';
import { defaultTopicPrefix } from './events/event-topics.ts';
import {
  duration,
  logName,
  postgresUrl,
  rate,
  schemaName,
  variableOf,
  wholeNumber,
  worldName,
  zone,
} from './flags.ts';
import { defaultApplicationId } from './streams/app.ts';

/** What a shop is opened with. */
export interface ShopConfig {
  readonly world: string;
  readonly dataDir: string;
  readonly stateDir?: string;
  readonly host: string;
  readonly port: number;
  readonly adminToken?: string;
  readonly postgres?: string;
  readonly postgresSchema: string;
  readonly applicationId: string;
  readonly topicPrefix: string;
  readonly partitions: number;
  readonly commitInterval: number;
  /** Stream instances that share the tasks. */
  readonly instances: number;
  readonly fsync: 'commit' | 'interval' | 'never';
  readonly zone: string;
  readonly lateWindow: number;
  readonly retentionViews: number;
  /** In milliseconds; −1: for ever. */
  readonly retentionOrders: number;
  readonly customers: number;
  readonly rate: number;
  readonly seed?: number;
  /** False: no simulated customers. */
  readonly driver: boolean;
  /** False: the browser is left alone. */
  readonly open: boolean;
  readonly catalogue?: string;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
}

/** Reads the command line; a flag wins over its variable `SHOP_…`. Ends the process on mistakes. */
export function readConfig(argv: readonly string[], environment: NodeJS.ProcessEnv): ShopConfig {
  const command = shopCommand();
  refuseLaterFlags(command, argv, environment);
  return command.parse([...argv], { from: 'user' }).opts<ShopConfig>();
}

/** The command line, as `--help` prints it. */
export function shopCommand(): Command {
  const command = new Command('npm start --')
    .description('Opens the shop.')
    .helpOption('-h, --help', 'shows this')
    .allowExcessArguments(false);
  for (const option of [...placeFlags(), ...logFlags(), ...customerFlags()]) {
    command.addOption(option.env(variableOf(option)));
  }
  return command;
}

/** More than there can be tasks for would only wait. */
const maxInstances = 16;

function flag(flags: string, description: string): Option {
  return new Option(flags, description);
}

function placeFlags(): readonly Option[] {
  return [
    flag('--world <name>', 'which shop: everything of it is below the data directory')
      .default('default')
      .argParser(worldName),
    flag('--data-dir <path>', 'where worlds are kept').default('.shop'),
    flag('--state-dir <path>', "the streams' state; default: in the world"),
    flag('--host <address>', 'where to listen').default('127.0.0.1'),
    flag('--port <n>', 'the next free one when it is taken')
      .default(8080)
      .argParser(wholeNumber(0, 65_535)),
    flag('--admin-token <text>', 'lets others than this machine run the shop'),
    flag('--postgres <url>', 'keeps the books there instead of in this process').argParser(
      postgresUrl,
    ),
    flag('--postgres-schema <name>', 'schema of the tables')
      .default('basquiat')
      .argParser(schemaName),
    flag('--no-open', 'leaves the browser alone'),
    flag('--log-level <level>', 'what goes into shop.log')
      .default('info')
      .choices(['debug', 'info', 'warn', 'error']),
  ];
}

function logFlags(): readonly Option[] {
  return [
    flag('--application-id <id>', 'of the streams')
      .default(defaultApplicationId)
      .argParser(logName),
    flag('--topic-prefix <text>', 'of all topics').default(defaultTopicPrefix).argParser(logName),
    flag('--partitions <n>', 'of topics by treasure').default(3).argParser(wholeNumber(1, 100)),
    flag('--commit-interval <time>', 'of the streams').default(100, '100ms').argParser(duration),
    flag('--instances <n>', 'stream instances of this process, which share the work')
      .default(1)
      .argParser(wholeNumber(1, maxInstances)),
    flag('--fsync <when>', 'when the log is made to survive a power cut')
      .default('commit')
      .choices(['commit', 'interval', 'never']),
    flag('--zone <name>', "the shop's time zone").default('Asia/Seoul').argParser(zone),
    flag('--late-window <time>', 'how long a day still takes late events')
      .default(604_800_000, '7d')
      .argParser(duration),
    flag('--retention-views <time>', 'how long a new world keeps views, by their time')
      .default(1_209_600_000, '14d')
      .argParser(duration),
    flag('--retention-orders <time>', 'the same of orders and reservations')
      .default(-1, 'for ever')
      .argParser(duration),
  ];
}

function customerFlags(): readonly Option[] {
  return [
    flag('--customers <n>', 'simulated customers').default(40).argParser(wholeNumber(0, 5_000)),
    flag('--rate <n/s>', 'their actions a second').default(60, '60/s').argParser(rate),
    flag('--seed <n>', 'lets them do the same again').argParser(wholeNumber(0, 4_294_967_295)),
    flag('--no-driver', 'opens without simulated customers'),
    flag('--catalogue <file.json>', "a new world's treasures; default: the built-in ones"),
  ];
}

/** Flags that later releases bring, and what there is until then. */
export const laterFlags: Readonly<Record<string, string>> = {
  kafka: 'the log is embedded',
  'kafka-tls': 'the log is embedded',
  'kafka-user': 'the log is embedded',
  nats: 'the bus is in this process',
  'nats-creds': 'the bus is in this process',
  roles: 'one process does everything',
  threads: 'tasks run on the main thread',
  'instance-id': 'all instances are in this process',
  advertise: 'all instances are in this process',
  'crew-token': 'all instances are in this process',
  replication: 'the embedded log has one copy',
  'close-after': 'days do not close yet',
  'no-prologue': 'there is no prologue yet',
  'no-chaos': 'there is no chaos to switch off',
  'alarm-webhook': 'there are no alarms yet',
  lang: 'the page follows the browser',
};

/** A flag of a later release is said to be one, rather than to be unknown. */
function refuseLaterFlags(
  command: Command,
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
): void {
  const given = argv.map((argument) => /^--([\w-]+)/.exec(argument)?.[1]);
  for (const [name, instead] of Object.entries(laterFlags)) {
    const variable = `SHOP_${name.toUpperCase().replaceAll('-', '_')}`;
    if (given.includes(name)) command.error(`--${name} comes with a later release: ${instead}`);
    if (environment[variable] !== undefined) {
      command.error(`${variable} comes with a later release: ${instead}`);
    }
  }
}
