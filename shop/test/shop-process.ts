import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('../../scripts/launch.mjs', import.meta.url));
const program = fileURLToPath(new URL('../src/main.ts', import.meta.url));
/** How long opening may take on a machine that is busy. */
const openingMs = 120_000;

/** The whole shop in a process of its own, as `npm start` opens it. */
export class ShopProcess implements AsyncDisposable {
  readonly address: string;
  readonly #child: ChildProcess;
  readonly #output: Output;

  private constructor(child: ChildProcess, output: Output, address: string) {
    this.#child = child;
    this.#output = output;
    this.address = address;
  }

  /** Resolves when its page can be asked. */
  static async start(directory: string, flags: readonly string[] = []): Promise<ShopProcess> {
    const where = ['--data-dir', directory, '--port', '0', '--no-open'];
    const start = ['--conditions=source', launcher, program];
    const child = spawn(process.execPath, [...start, ...where, ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, CI: 'true' },
    });
    const output = new Output(child);
    const address = await output.address();
    return new ShopProcess(child, output, address);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Everything it has printed. */
  get printed(): string {
    return this.#output.text;
  }

  /** Lets it run for a while; fails when it ends by itself. */
  async runs(ms: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    const ended = (): void => reject(new Error(`the shop has ended by itself:\n${this.printed}`));
    this.#child.once('exit', ended);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#child.off('exit', ended);
    }
  }

  /** Asks it to close; its exit code. */
  async close(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
    return this.#child.exitCode;
  }

  /** Ends it without warning. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}

/** What a process prints, and the address in it. */
class Output {
  text = '';
  readonly #child: ChildProcess;
  readonly #listeners = new Set<() => void>();

  constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        this.text += chunk;
        for (const listener of this.#listeners) listener();
      });
    }
    child.once('exit', () => {
      for (const listener of this.#listeners) listener();
    });
  }

  async address(): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const fail = (why: string): void => reject(new Error(`the shop ${why}:\n${this.text}`));
    const look = (): void => {
      const found = /page\s+(http:\S+)/.exec(this.text)?.[1];
      // The line after the address is printed when everything is open.
      if (found !== undefined && /\n {2}live/.test(this.text)) resolve(found);
      else if (this.#child.exitCode !== null) fail('did not open');
    };
    this.#listeners.add(look);
    const timer = setTimeout(() => fail('takes too long to open'), openingMs);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#listeners.delete(look);
    }
  }
}
