import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CrashDisk } from '../log-embedded/crash-disk.ts';
import { Chance } from './chance.ts';
import { type InputTransaction, inputOf } from './input.ts';
import { KeptStores } from './kept-stores.ts';
import { Ledger } from './ledger.ts';
import type { Mutant } from './mutant.ts';
import type { SimulationSettings } from './settings.ts';
import { Trace } from './trace.ts';

/** What outlives a process: disks, what the outside was told, and what is still to come. */
export class World implements Disposable {
  readonly settings: SimulationSettings;
  readonly mutant: Mutant | undefined;
  readonly chance: Chance;
  readonly trace = new Trace();
  readonly ledger = new Ledger(this.trace);
  readonly kept = new KeptStores();
  readonly input: readonly InputTransaction[];
  readonly stateDirectory = mkdtempSync(join(tmpdir(), 'logpose-simulation-'));
  disk = new CrashDisk();
  nowMs = Date.UTC(2026, 3, 1);
  starts = 0;
  crashesLeft: number;
  restartsLeft: number;
  /** The worst that has happened since what the log has was last checked. */
  lastEnd: 'none' | 'clean' | 'process' | 'machine' = 'none';
  /** Of the log when it was last checked; undefined: it had no topics. */
  leaderEpoch: number | undefined = undefined;

  constructor(settings: SimulationSettings, mutant?: Mutant) {
    this.settings = settings;
    this.mutant = mutant;
    this.chance = new Chance(settings.seed);
    this.input = inputOf(settings, this.chance.fork());
    this.crashesLeft = settings.crashes;
    this.restartsLeft = settings.restarts;
  }

  /** A process has ended without a word, or the machine with it. */
  crash(): void {
    const { chance, disk, settings } = this;
    const what = chance.pick(['process', 'machine'] as const);
    if (this.lastEnd !== 'machine') this.lastEnd = what;
    this.trace.add(`crash of the ${what} after ${disk.steps.length} steps`);
    this.trace.add(`died:${kindOf(disk.steps.at(-1) ?? 'nothing')}`);
    this.crashesLeft--;
    if (what === 'process') {
      this.disk = disk.afterKill();
      return;
    }
    this.disk = disk.afterMachineCrash(chance.is(0.3) ? 'keep-nothing' : chance.random);
    if (settings.engine === 'kept' && chance.is(0.3)) this.kept.clear();
  }

  [Symbol.dispose](): void {
    rmSync(this.stateDirectory, { recursive: true, force: true });
  }
}

/** A change of the disk without the names of partitions. */
function kindOf(step: string): string {
  const [what = '', path = ''] = step.split(' ');
  if (path.includes('journal')) return `${what}-journal`;
  return path.includes('/') ? `${what}-segment` : what;
}
