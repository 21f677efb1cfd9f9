import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.ts';

/** How long a shop may take to open on a busy machine. */
const openingMs = 60_000;

/** A shop in a process and a directory of its own. */
export class RunningShop implements AsyncDisposable {
  readonly address: string;
  readonly #directory = mkdtempSync(join(tmpdir(), 'shop-page-'));
  readonly #port: number;
  #process: ChildProcess | undefined;
  #said = '';

  private constructor(port: number) {
    this.#port = port;
    this.address = `http://127.0.0.1:${port}`;
  }

  static async open(...flags: readonly string[]): Promise<RunningShop> {
    const shop = new RunningShop(await freePort());
    await shop.start(...flags);
    return shop;
  }

  /** The same in a world that two days of old records were replayed into. */
  static async openReplayed(): Promise<RunningShop> {
    const shop = new RunningShop(await freePort());
    const replay = fileURLToPath(new URL('../../src/replay/main.ts', import.meta.url));
    const week = fileURLToPath(new URL('../../data/online-retail-week.csv.gz', import.meta.url));
    const days = ['--from', '2011-11-21', '--to', '2011-11-23', '--no-check'];
    const where = ['--data-dir', shop.#directory, '--world', 'replay'];
    const command = ['--conditions=source', replay, week, ...days, ...where];
    const { status, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`nothing was replayed:\n${stderr}`);
    await shop.start('--world', 'replay');
    return shop;
  }

  /** Opens the shop at the address and with the world it had before. */
  async start(...flags: readonly string[]): Promise<void> {
    const command = [...this.#command(), ...flags];
    const shop = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = shop;
    shop.stdout.on('data', (text) => this.#hear(text));
    shop.stderr.on('data', (text) => this.#hear(text));
    await eventually(async () => {
      if (shop.exitCode !== null) throw new Error(`the shop did not open:\n${this.#said}`);
      const { ok } = await fetch(`${this.address}/api/stats/viewers?ids=1`);
      return ok || undefined;
    }, openingMs);
  }

  /** Ends the process without warning. */
  async kill(): Promise<void> {
    const shop = this.#process;
    this.#process = undefined;
    if (shop === undefined || shop.exitCode !== null) return;
    const ended = once(shop, 'exit');
    shop.kill('SIGKILL');
    await ended;
  }

  /** The `result` of an answer of the shop's API. */
  async ask(path: string): Promise<unknown> {
    const response = await fetch(`${this.address}${path}`);
    const answer: unknown = await response.json();
    if (typeof answer !== 'object' || answer === null || !('result' in answer)) {
      throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`);
    }
    return answer.result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #command(): readonly string[] {
    const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
    const where = ['--port', `${this.#port}`, '--data-dir', this.#directory];
    return ['--conditions=source', main, '--no-open', ...where];
  }

  #hear(text: unknown): void {
    this.#said = `${this.#said}${text}`.slice(-maxRemembered);
  }
}

/** Characters of a shop's output that are kept for the message when it fails. */
const maxRemembered = 4_000;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (typeof address !== 'object' || address === null) throw new Error('no port was given');
  return address.port;
}
