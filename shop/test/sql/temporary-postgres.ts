import { execFile, execFileSync } from 'node:child_process';
import { chownSync, existsSync, globSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';

/** A PostgreSQL for tests: one that is running already, or one of our own. */
export interface TestPostgres {
  readonly url: string;
  stop(): Promise<void>;
}

/** The server of `SHOP_TEST_POSTGRES`, or one started for us; a text says why there is none. */
export async function findPostgres(): Promise<TestPostgres | string> {
  const given = process.env['SHOP_TEST_POSTGRES'];
  if (given !== undefined) return { url: given, stop: async () => undefined };
  const binaries = globSync('/usr/lib/postgresql/*/bin').toSorted().at(-1);
  if (binaries === undefined || !existsSync(join(binaries, 'initdb'))) {
    return 'no PostgreSQL: set SHOP_TEST_POSTGRES to the URL of one';
  }
  const user = userOfServer();
  if (user === undefined) return 'PostgreSQL does not run as root, and there is no other user';
  return start(binaries, user);
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root. */
function userOfServer(): User | undefined {
  const uid = process.getuid?.() ?? -1;
  const gid = process.getgid?.() ?? -1;
  if (uid !== 0) return { uid, gid };
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string): number =>
        Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // No such user: the next one.
    }
  }
  return undefined;
}

async function start(binaries: string, user: User): Promise<TestPostgres> {
  const directory = await mkdtemp(join(tmpdir(), 'shop-postgres-'));
  if (process.getuid?.() === 0) chownSync(directory, user.uid, user.gid);
  const port = await freePort();
  const options = { ...user, cwd: directory, env: { ...process.env, LC_ALL: 'C' } };
  const run = promisify(execFile);
  const files = join(directory, 'data');
  await run(
    join(binaries, 'initdb'),
    ['-D', files, '-U', 'shop', '-A', 'trust', '-E', 'UTF8', '--no-sync'],
    options,
  );
  const settings = `-c listen_addresses=127.0.0.1 -c port=${port} -c fsync=off -k ${directory}`;
  const control = (...command: readonly string[]) =>
    run(join(binaries, 'pg_ctl'), ['-D', files, '-w', ...command], options);
  await control('-o', settings, '-l', join(directory, 'log'), 'start');
  return {
    url: `postgres://shop@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await control('-m', 'immediate', 'stop');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
