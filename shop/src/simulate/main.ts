import process from 'node:process';
import { Command } from 'commander';
import { system } from '../domain/surroundings.ts';
import { duration, httpUrl, rate, wholeNumber, zone } from '../flags.ts';
import { HttpActions } from './http-actions.ts';
import { Simulation, type SimulationReport } from './simulation.ts';

/** What the command line says. */
interface SimulateCommand {
  readonly address: string;
  readonly customers: number;
  readonly rate: number;
  /** In milliseconds. */
  readonly for: number;
  readonly seed: number;
  readonly zone: string;
}

const command = new Command('simulate')
  .description('Sends simulated customers to a shop that is open')
  .option('--address <url>', 'of the shop', httpUrl, 'http://127.0.0.1:8080')
  .option('--customers <n>', 'with a page open', wholeNumber(1, 5_000), 200)
  .option('--rate <n/s>', 'actions a second on an average hour', rate, 500)
  .option('--for <time>', 'such as 60s', duration, 60_000)
  .option('--seed <n>', 'the same seed, the same customers', wholeNumber(0, 4_294_967_295), 1)
  .option('--zone <zone>', "the shop's", zone, 'Asia/Seoul')
  .parse()
  .opts<SimulateCommand>();

const tookMs: number[] = [];
const report = await simulate(command);
console.log(summary(report, command.for));
process.exitCode = report.failed === 0 ? 0 : 1;

async function simulate(options: SimulateCommand): Promise<SimulationReport> {
  const { address, zone, seed, customers } = options;
  const onAnswer = (ms: number): void => void tookMs.push(ms);
  const simulation = new Simulation(
    {
      actions: new HttpActions({ address, zone, surroundings: system, onAnswer }),
      surroundings: system,
      zone,
      seed,
    },
    { customers, rate: options.rate, paused: false },
  );
  simulation.start();
  const ended = new Promise<void>((resolve) => {
    system.after(options.for, resolve);
    process.once('SIGINT', () => resolve());
  });
  await ended;
  simulation.stop();
  // What is outstanding still counts, if it is answered in a reasonable time.
  for (let left = 50; left > 0 && simulation.report().inFlight > 0; left--) {
    await new Promise<void>((resolve) => void system.after(100, resolve));
  }
  return simulation.report();
}

function summary(report: SimulationReport, forMs: number): string {
  const refusals = Object.entries(report.refused).map(([code, n]) => `${code} ${n}`);
  const refused = Object.values(report.refused).reduce((sum, n) => sum + n, 0);
  const sorted = tookMs.toSorted((a, b) => a - b);
  const at = (part: number): string =>
    `${Math.round(sorted[Math.floor(part * sorted.length)] ?? 0)} ms`;
  return [
    `  ${(forMs / 1_000).toFixed(1)} s  ${report.sent} sent  ${report.done} ok  ${refused} refused`,
    refusals.length === 0 ? '' : ` (${refusals.join(', ')})`,
    `  ${report.failed} failed  ${report.skipped} left out\n`,
    `  p50 ${at(0.5)}  p95 ${at(0.95)}  p99 ${at(0.99)}`,
  ].join('');
}
