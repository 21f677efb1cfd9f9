import { join } from 'node:path';
import process from 'node:process';
import { readConfig } from './config.ts';
import { system } from './domain/surroundings.ts';
import { shouldOpenBrowser, showPage } from './ops/browser.ts';
import { type LogFile, openLogFile } from './ops/log-file.ts';
import { closedLine, type PartLine, partLine, titleLines } from './ops/terminal.ts';

const config = readConfig(process.argv.slice(2), process.env);
const directory = join(config.dataDir, config.world);
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const stopped = new Promise<void>((resolve) => {
  const stop = (): void => {
    // A second signal ends the process at once: nothing is lost, the next start recovers.
    process.once('SIGINT', () => process.exit(130));
    resolve();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
});

let logFile: LogFile | undefined;
try {
  logFile = openLogFile(directory, config.logLevel, system);
  for (const line of titleLines(config)) print(line);
  await openUntilStopped(logFile);
  print(closedLine(config));
} catch (error) {
  logFile?.logger.fatal({ err: error }, 'the shop cannot be opened or closed');
  const { explain } = await import('./ops/explain.ts');
  process.stderr.write(`error: ${explain(error, directory)}\n`);
  process.exitCode = 1;
} finally {
  await logFile?.close();
}

async function openUntilStopped({ logger }: LogFile): Promise<void> {
  // Loading the parts takes most of a second: the title does not wait for it.
  const { openShop } = await import('./open-shop.ts');
  const onPart = (part: PartLine): void => print(partLine(part));
  await using shop = await openShop({ config, surroundings: system, logger, onPart });
  print(partLine({ name: 'page', text: shop.address, note: `api ${shop.address}/basquiat-api` }));
  if (shop.note !== undefined) print(`            ${shop.note}`);
  print(partLine({ name: 'live', text: shop.liveText, note: 'ctrl+c stops' }));
  if (shouldOpenBrowser(config, process)) await showPage(shop.address);
  await stopped;
  print('  closing');
}
