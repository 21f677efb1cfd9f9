import type { InstanceReport, Instances, Killed } from '../../src/ops/instances.ts';

/** Three instances that nothing runs in, of which the last is down. */
export class FakeInstances implements Instances {
  readonly #tasks = new Map<string, readonly string[]>([
    ['crew-1', ['0_0', '0_1']],
    ['crew-2', ['0_2']],
    ['crew-3', []],
  ]);
  readonly #down = new Set(['crew-3']);

  report(): readonly InstanceReport[] {
    return [...this.#tasks].map(([id, tasks]) => {
      const isDown = this.#down.has(id);
      const state = isDown ? 'down' : 'running';
      return { id, state, tasks: isDown ? [] : tasks, restoreLag: 0 };
    });
  }

  kill(id: string): Killed {
    if (!this.#tasks.has(id)) return 'not-found';
    if (this.#down.has(id)) return 'already-down';
    this.#down.add(id);
    return 'killed';
  }
}
