import { readFileSync } from 'node:fs';
import { machine } from './record.ts';

/** More processor time per record than this many times the recorded is a failure. */
const tolerated = 1.5;

/** With `--against`: compares with the rows in `bench/results/`, if they are of such a machine. */
export function compare(name: string, rows: readonly Cost[]): void {
  if (!process.argv.includes('--against')) return;
  const path = new URL(`../results/${name}.json`, import.meta.url);
  const recorded: Recorded = JSON.parse(readFileSync(path, 'utf8'));
  const isAlike = kindOf(recorded.machine) === kindOf(machine());
  if (!isAlike) {
    console.log(`${name}: recorded on another machine (${kindOf(recorded.machine)}): no judgement`);
  }
  for (const row of rows) {
    const before = recorded.rows.find(({ workload }) => workload === row.workload);
    if (before === undefined) continue;
    const ratio = costOf(row) / costOf(before);
    const isWorse = isAlike && ratio > tolerated;
    if (isWorse) process.exitCode = 1;
    const what = `${ratio.toFixed(2)} of the recorded processor time per record`;
    console.log(`${name}: ${row.workload}: ${what}${isWorse ? ': TOO MUCH' : ''}`);
  }
}

/** What of a row is compared. */
interface Cost {
  readonly workload: string;
  readonly records: number;
  readonly cpuMs: number;
}

interface Recorded {
  readonly machine: ReturnType<typeof machine>;
  readonly rows: readonly Cost[];
}

// By processor time, which others at work change less than the time on the wall.
function costOf({ cpuMs, records }: Cost): number {
  return cpuMs / records;
}

function kindOf({ cpu, cores, platform }: Pick<Recorded['machine'], 'cpu' | 'cores' | 'platform'>) {
  return `${cpu}, ${cores} cores, ${platform}`;
}
