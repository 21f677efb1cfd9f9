import { join } from 'node:path';
import process from 'node:process';
import { TopologyError } from 'logpose';
import { checkWorld } from '../check/check-world.ts';
import { printReport } from '../check/print-report.ts';
import { system } from '../domain/surroundings.ts';
import { explain } from '../ops/explain.ts';
import { writeWorldFile } from '../world-file.ts';
import { parseReplayCommand, type ReplayCommand } from './options.ts';
import { countRows, progressView } from './progress.ts';
import type { ReplayProgress } from './replay-batch.ts';
import { replayFile } from './replay-file.ts';
import { openReplayWorld, type ReplayWorld } from './replay-world.ts';
import { openSourceFile, type SourceFile } from './source-file.ts';

const command = parseReplayCommand(process.argv.slice(2));
const directory = join(command.dataDir, command.world);
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());
try {
  process.exitCode = await run(command);
} catch (error) {
  console.error(`replay: ${explain(error, directory)}`);
  if (error instanceof TopologyError) console.error('or give it a world of its own: --world NAME');
  process.exitCode = 2;
}

/** Returns the process's exit code: 1 when the recount finds a difference. */
async function run(options: ReplayCommand): Promise<number> {
  const startMs = performance.now();
  const world = await openReplayWorld({ ...options, prefix: options.topicPrefix, directory });
  await using _open = world;
  const file = await openSourceFile(options.file);
  await writeWorldFile(directory, {
    time: 'stream',
    zones: [options.zone],
    topicPrefix: options.topicPrefix,
    applicationId: options.applicationId,
    currency: file.format.currency,
    scale: file.format.priceDigits,
    ...(world.logId === undefined ? {} : { logId: world.logId }),
  });
  const progress = await replay(world, file, options);
  console.log(`  ${kindsText(progress)}`);
  if (stop.signal.aborted) {
    console.log('  stopped; the same command goes on from here');
    return 0;
  }
  await world.settle();
  const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
  console.log(`  counted after ${seconds} s, in world "${options.world}" (${directory})`);
  if (!options.check) return 0;
  const report = await checkWorld({
    log: world.log,
    prefix: options.topicPrefix,
    applicationId: options.applicationId,
    zones: [options.zone],
  });
  console.log(printReport(report));
  return report.wrong === 0 ? 0 : 1;
}

async function replay(
  world: ReplayWorld,
  file: SourceFile,
  options: ReplayCommand,
): Promise<ReplayProgress> {
  console.log(`${file.name}  ${file.sha256.slice(0, 12)}  ${file.format.title}`);
  const view = progressView(process.stderr, await countRows(options.file));
  try {
    return await replayFile(
      { log: world.log, topics: world.topics, file },
      {
        speed: options.speed,
        zone: options.timeZone,
        surroundings: system,
        signal: stop.signal,
        onProgress: (progress) => view.show(progress),
        ...(options.from === undefined ? {} : { fromMs: options.from }),
        ...(options.to === undefined ? {} : { toMs: options.to }),
        ...(options.skipGaps === undefined ? {} : { maxGapMs: options.skipGaps }),
      },
    );
  } finally {
    view.end();
  }
}

function kindsText({ rows, kinds, added }: ReplayProgress): string {
  const parts = Object.entries(kinds).map(([kind, n]) => `${kind} ${n.toLocaleString('en-US')}`);
  const earlier = Object.values(kinds).reduce((sum, n) => sum + n, 0) - added;
  const text = [`${rows.toLocaleString('en-US')} rows`, ...parts].join(' · ');
  if (earlier === 0) return text;
  if (added === 0) return `${text}\n  all of it was there already, nothing was added`;
  return `${text}\n  ${earlier.toLocaleString('en-US')} of these were there already`;
}
