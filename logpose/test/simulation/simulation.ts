import process from 'node:process';
import { checkEnd } from './check-end.ts';
import { Life } from './life.ts';
import type { Mutant } from './mutant.ts';
import { mutations } from './mutations.ts';
import { type SimulationSettings, settingsOfSeed } from './settings.ts';
import { World } from './world.ts';

/** What to simulate. */
export interface SimulationOptions {
  readonly seed: number;
  /** Transactions of the input. Default: as the seed says. */
  readonly steps?: number;
  /** Default: as the seed says. */
  readonly settings?: SimulationSettings;
  readonly mutant?: Mutant;
}

/** What a run was like. */
export interface SimulationReport {
  /** Equal for equal options, unless stores are in real files. */
  readonly hash: string;
  readonly crashes: number;
  readonly transactions: number;
  readonly records: number;
  /** How often what happened. */
  readonly met: ReadonlyMap<string, number>;
}

/**
 * Runs a whole application from its first record to the end of its input, through everything that
 * the seed has in store for it, and checks what is left.
 *
 * @throws {SimulationError} When something is lost, doubled or wrong, or does not end.
 */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  const { seed, steps, mutant, settings = settingsOfSeed(seed, steps) } = options;
  using world = new World(settings, mutant);
  using _ = mutations(mutant);
  using rejections = unhandledRejections();
  try {
    let life = new Life(world);
    while ((await life.run()) === 'died') life = new Life(world);
    await checkEnd(world, life);
    rejections.check();
  } catch (cause) {
    throw new SimulationError(world, options, cause);
  }
  const { trace } = world;
  return {
    hash: trace.hash(),
    crashes: trace.count('crash'),
    transactions: trace.count('acknowledged'),
    records: trace.count('taken'),
    met: trace.counts,
  };
}

/** Says which seed it was and how to see it again. */
export class SimulationError extends Error {
  override readonly name = 'SimulationError';

  constructor(world: World, { seed, steps }: SimulationOptions, cause: unknown) {
    const again = `npm run simulation -- --seed ${seed}`;
    const length = steps === undefined ? '' : ` --steps ${steps}`;
    const { emit, fsync, engine, partitions } = world.settings;
    const what = cause instanceof Error ? cause.message : String(cause);
    super(
      `seed ${seed} (${emit}, fsync ${fsync}, ${engine}, ${partitions} partitions): ${what}\n` +
        `again: ${again}${length}`,
      { cause },
    );
  }
}

/** Promises that fail while nobody looks would end a user's process. */
function unhandledRejections(): Disposable & { check(): void } {
  const seen: unknown[] = [];
  const note = (reason: unknown): void => {
    seen.push(reason);
  };
  process.on('unhandledRejection', note);
  return {
    check: () => {
      if (seen.length > 0) throw new Error('a rejection is not handled', { cause: seen[0] });
    },
    [Symbol.dispose]: () => {
      process.off('unhandledRejection', note);
    },
  };
}
