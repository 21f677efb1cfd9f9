import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CatalogueError, parseCatalogue } from '../src/catalogue-file.ts';
import { laterFlags, readConfig } from '../src/config.ts';
import { shouldOpenBrowser } from '../src/ops/browser.ts';

const program = fileURLToPath(new URL('../src/main.ts', import.meta.url));

test('without flags the shop of Seoul opens at 8080 with forty customers', () => {
  const { adminToken: _, ...config } = readConfig([], {});
  assert.deepEqual(config, {
    world: 'default',
    dataDir: '.shop',
    host: '127.0.0.1',
    port: 8080,
    postgresSchema: 'basquiat',
    applicationId: 'onepiece-stream-aggregator',
    topicPrefix: 'basquiat',
    partitions: 3,
    commitInterval: 100,
    instances: 1,
    fsync: 'commit',
    zone: 'Asia/Seoul',
    lateWindow: 7 * 86_400_000,
    retentionViews: 14 * 86_400_000,
    retentionOrders: -1,
    customers: 40,
    rate: 60,
    driver: true,
    open: true,
    logLevel: 'info',
  });
});

test('units are understood, switches switch off', () => {
  const flags = ['--rate', '500/s', '--commit-interval', '250ms', '--late-window', '2d'];
  const config = readConfig([...flags, '--no-driver', '--no-open', '--seed', '7'], {});
  assert.deepEqual(
    [
      config.rate,
      config.commitInterval,
      config.lateWindow,
      config.driver,
      config.open,
      config.seed,
    ],
    [500, 250, 172_800_000, false, false, 7],
  );
});

test('a variable stands for a flag, and the flag wins', () => {
  withVariables({ SHOP_PORT: '9000', SHOP_CUSTOMERS: '5', SHOP_INSTANCES: '3' }, () => {
    const config = readConfig(['--port', '9001'], process.env);
    assert.deepEqual([config.port, config.customers, config.instances], [9_001, 5, 3]);
  });
});

const mistakes: readonly (readonly [flags: string, said: RegExp])[] = [
  ['--port 99999', /whole number from 0 to 65535/],
  ['--customers -1', /whole number/],
  ['--zone Asia/Atlantis', /IANA time zone/],
  ['--rate fast', /Actions a second/],
  ['--commit-interval 10', /A time above zero/],
  ['--world ../up', /letters, digits/],
  ['--postgres-schema Robert"', /a-z/],
  ['--fsync sometimes', /Allowed choices are commit, interval, never/],
  ['--instances 0', /whole number from 1 to 16/],
  ['--costumers 5', /Did you mean --customers\?/],
  ['extra', /too many arguments/],
];
for (const [flags, said] of mistakes) {
  test(`a mistake is told: ${flags}`, async () => {
    const { code, output } = await runShop(flags.split(' '));
    assert.equal(code, 1);
    assert.match(output, said);
  });
}

test('a flag of a later release is said to be one', async () => {
  const { code, output } = await runShop(['--kafka', '127.0.0.1:9092']);
  assert.equal(code, 1);
  assert.match(output, /--kafka comes with a later release: the log is embedded/);
  assert.ok(Object.keys(laterFlags).includes('nats'));
});

test('--help lists every flag with its default', async () => {
  const { code, output } = await runShop(['--help']);
  assert.equal(code, 0);
  for (const flag of ['--world', '--port', '--postgres', '--customers', '--no-open']) {
    assert.match(output, new RegExp(flag));
  }
});

test('the browser opens for a person at a terminal, not on a build machine', () => {
  const terminal = { stdout: { isTTY: true }, env: {} };
  assert.equal(shouldOpenBrowser({ open: true }, terminal), true);
  assert.equal(shouldOpenBrowser({ open: false }, terminal), false);
  assert.equal(shouldOpenBrowser({ open: true }, { ...terminal, env: { CI: 'true' } }), false);
  assert.equal(shouldOpenBrowser({ open: true }, { ...terminal, stdout: {} }), false);
});

test('a catalogue of other treasures is read, one of another form is refused', () => {
  const item = { name: 'Tea', price: 5, quantity: 2 };
  assert.deepEqual(parseCatalogue(JSON.stringify([item])), [
    { ...item, nameEn: null, category: '' },
  ]);
  for (const text of [
    '[',
    '[]',
    '{}',
    '[{"name":"Tea"}]',
    '[{"name":"","price":1,"quantity":1}]',
  ]) {
    assert.throws(() => parseCatalogue(text), CatalogueError);
  }
});

function withVariables(variables: Readonly<Record<string, string>>, run: () => void): void {
  Object.assign(process.env, variables);
  try {
    run();
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name];
  }
}

function runShop(flags: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--conditions=source', program, ...flags],
      (error, stdout, stderr) => {
        const code = error === null ? 0 : Number(error.code);
        resolve({ code, output: stdout + stderr });
      },
    );
  });
}
