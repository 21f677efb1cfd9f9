import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { Command } from 'commander';
import type { Log } from 'logpose';
import { openEmbeddedLog } from 'logpose/embedded';
import { system } from '../domain/surroundings.ts';
import { defaultTopicPrefix } from '../events/event-topics.ts';
import { openSql } from '../sql/open-sql.ts';
import { defaultApplicationId, shopStreams } from '../streams/app.ts';
import { settle } from '../streams/settle.ts';
import { shopTopics } from '../topics.ts';
import { readWorldFile, type WorldFile } from '../world-file.ts';
import { checkWorld } from './check-world.ts';
import { printReport } from './print-report.ts';

/** What the command line says. */
interface CheckCommand {
  readonly world: string;
  readonly dataDir: string;
  readonly postgres?: string;
  readonly postgresSchema: string;
  /** False: what the streams have not counted yet stays a difference. */
  readonly catchUp: boolean;
}

// 0: all witnesses agree; 1: they differ; 2: it could not be checked.
try {
  process.exitCode = await run(parseCommand(process.argv.slice(2)));
} catch (error) {
  console.error(`shop:check: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}

async function run(command: CheckCommand): Promise<number> {
  const directory = join(command.dataDir, command.world);
  if (!existsSync(directory)) throw new Error(`there is no world in ${directory}`);
  const world = (await readWorldFile(directory)) ?? defaultWorld;
  await using log = await openEmbeddedLog({ directory: join(directory, 'log') });
  if (command.catchUp) await catchUp(log, directory, world);
  const { topicPrefix: prefix, applicationId, zones } = world;
  const options = { log, prefix, applicationId, zones };
  // The events of a replay have no rows in the books.
  const report = await (world.time === 'stream'
    ? checkWorld(options)
    : withBooks(command, world, async (sql) => checkWorld({ ...options, sql: sql.witness })));
  console.log(printReport(report));
  return report.wrong === 0 ? 0 : 1;
}

const defaultWorld: WorldFile = {
  time: 'wall-clock',
  zones: ['Asia/Seoul'],
  topicPrefix: defaultTopicPrefix,
  applicationId: defaultApplicationId,
  currency: 'KRW',
  scale: 0,
};

/** Lets the streams count what was in the log when the shop was closed or killed. */
async function catchUp(log: Log, directory: string, world: WorldFile): Promise<void> {
  const { topicPrefix, applicationId, zones, time } = world;
  const topics = shopTopics(topicPrefix);
  const stateDirectory = join(directory, 'state');
  const streams = shopStreams({ log, topics, applicationId, zones, time, stateDirectory });
  await using app = streams.app;
  await app.start();
  await settle({ log, topics, streams, surroundings: system });
}

async function withBooks<T>(
  { dataDir, world, postgres, postgresSchema }: CheckCommand,
  { zones, topicPrefix }: WorldFile,
  use: (sql: Awaited<ReturnType<typeof openSql>>) => Promise<T>,
): Promise<T> {
  const [zone = 'UTC'] = zones;
  await using sql = await openSql({
    directory: join(dataDir, world),
    schema: postgresSchema,
    zone,
    topicPrefix,
    ...(postgres === undefined ? {} : { postgresUrl: postgres }),
  });
  return await use(sql);
}

function parseCommand(argv: readonly string[]): CheckCommand {
  return new Command('shop:check')
    .description(
      'Counts the log of a world that is closed, and compares: SQL = log = stores = topics',
    )
    .option('--world <name>', 'the world to check', process.env['SHOP_WORLD'] ?? 'default')
    .option('--data-dir <directory>', 'where worlds are', process.env['SHOP_DATA_DIR'] ?? '.shop')
    .option('--postgres <url>', 'where the books are', process.env['SHOP_POSTGRES'])
    .option('--postgres-schema <name>', 'schema of the tables', 'basquiat')
    .option('--no-catch-up', 'leaves out counting what was in flight')
    .parse(argv, { from: 'user' })
    .opts<CheckCommand>();
}
