import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

/** With `--record`: keeps the rows in `bench/results/`, with the machine and the command. */
export function record(name: string, rows: readonly object[]): void {
  if (!process.argv.includes('--record')) return;
  const directory = fileURLToPath(new URL('../results/', import.meta.url));
  mkdirSync(directory, { recursive: true });
  const recorded = {
    command: `npm run bench -- ${name} --record`,
    machine: machine(),
    rows,
  };
  writeFileSync(`${directory}${name}.json`, `${JSON.stringify(recorded, null, 2)}\n`);
}

/** What figures depend on. */
export function machine() {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    // Others at work on the machine make every figure worse.
    loadAverage: loadavg()[0],
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
  };
}
