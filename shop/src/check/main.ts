import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { Command, Option } from 'commander';
import type { Log } from 'logpose';
import { openEmbeddedLog } from 'logpose/embedded';
import { system } from '../domain/surroundings.ts';
import { defaultTopicPrefix } from '../events/event-topics.ts';
import { postgresUrl, schemaName, variableOf, worldName } from '../flags.ts';
import { compareWorld, refuseIncomplete } from '../one-world.ts';
import { explain } from '../ops/explain.ts';
import { openSql, type Sql } from '../sql/open-sql.ts';
import { defaultApplicationId, shopStreams } from '../streams/app.ts';
import { settle } from '../streams/settle.ts';
import { shopTopics } from '../topics.ts';
import { readWorldFile, type WorldFile } from '../world-file.ts';
import { checkWorld } from './check-world.ts';
import { deadLines } from './dead-lines.ts';
import { printReport } from './print-report.ts';

/** What the command line says. */
interface CheckCommand {
  readonly world: string;
  readonly dataDir: string;
  readonly stateDir?: string;
  readonly postgres?: string;
  readonly postgresSchema: string;
  /** True: dead letters are listed. */
  readonly dead: boolean;
  /** False: what the streams have not counted yet stays a difference. */
  readonly catchUp: boolean;
}

const defaultWorld: WorldFile = {
  time: 'wall-clock',
  zones: ['Asia/Seoul'],
  topicPrefix: defaultTopicPrefix,
  applicationId: defaultApplicationId,
  currency: 'KRW',
  scale: 0,
};

const command = parseCommand(process.argv.slice(2));
const directory = join(command.dataDir, command.world);
// 0: all witnesses agree; 1: they differ; 2: it could not be checked.
try {
  process.exitCode = await run();
} catch (error) {
  console.error(`shop:check: ${explain(error, directory)}`);
  process.exitCode = 2;
}

async function run(): Promise<number> {
  const world = (await readWorldFile(directory)) ?? defaultWorld;
  const { topicPrefix: prefix, applicationId, zones } = world;
  const isReplay = world.time === 'stream';
  const isElsewhere = command.postgres !== undefined;
  await refuseIncomplete(directory, isReplay ? 'none' : isElsewhere ? 'elsewhere' : 'embedded');
  if (!existsSync(join(directory, 'log'))) throw new Error(`there is no world in ${directory}`);
  await using log = await openEmbeddedLog({ directory: join(directory, 'log') });
  const options = { log, prefix, applicationId, zones };
  // The events of a replay have no rows in the books.
  await using sql = isReplay ? undefined : await openBooks(world);
  const parts = { log, directory, topics: shopTopics(prefix) };
  await compareWorld(sql === undefined ? parts : { ...parts, sql });
  if (command.catchUp) await catchUp(log, world);
  const report = await checkWorld(sql === undefined ? options : { ...options, sql: sql.witness });
  console.log(printReport(report));
  if (command.dead) for (const line of await deadLines(log, prefix)) console.log(line);
  return report.wrong === 0 ? 0 : 1;
}

/** Lets the streams count what was in the log when the shop was closed or killed. */
async function catchUp(log: Log, world: WorldFile): Promise<void> {
  const { topicPrefix, applicationId, zones, time } = world;
  const topics = shopTopics(topicPrefix);
  const stateDirectory = command.stateDir ?? join(directory, 'state');
  const streams = shopStreams({ log, topics, applicationId, zones, time, stateDirectory });
  await using app = streams.app;
  await app.start();
  await settle({ log, topics, streams, surroundings: system });
}

async function openBooks({ zones, topicPrefix }: WorldFile): Promise<Sql> {
  const { postgres, postgresSchema } = command;
  const [zone = 'UTC'] = zones;
  return openSql({
    directory,
    schema: postgresSchema,
    zone,
    topicPrefix,
    ...(postgres === undefined ? {} : { postgresUrl: postgres }),
  });
}

function parseCommand(argv: readonly string[]): CheckCommand {
  const text =
    'Counts the log of a world that is closed, and compares: SQL = log = stores = topics';
  const checkCommand = new Command('shop:check').description(text);
  // The shop's own flags and variables, as far as they say where a world is.
  const places = [
    new Option('--world <name>', 'the world to check').default('default').argParser(worldName),
    new Option('--data-dir <directory>', 'where worlds are').default('.shop'),
    new Option('--state-dir <directory>', "the streams' state; default: in the world"),
    new Option('--postgres <url>', 'where the books are').argParser(postgresUrl),
    new Option('--postgres-schema <name>', 'schema of the tables')
      .default('basquiat')
      .argParser(schemaName),
  ];
  for (const option of places) checkCommand.addOption(option.env(variableOf(option)));
  return checkCommand
    .option('--dead', 'lists the dead letters: place, reason, bytes', false)
    .option('--no-catch-up', 'leaves out counting what was in flight')
    .parse(argv, { from: 'user' })
    .opts<CheckCommand>();
}
