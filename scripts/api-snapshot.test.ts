import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';

suite('the API snapshot', () => {
  let directory = '';
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'logpose-snapshot-'));
    assert.equal(run('--update').code, 0);
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  test('passes while nothing has changed, and is the same each time', () => {
    const { code, said } = run();

    assert.equal(code, 0);
    assert.match(said, /3 entry points as they were/);
  });

  test('has no comments of the sources', () => {
    const comments = ['index', 'embedded', 'testing'].flatMap((entry) => {
      const text = readFileSync(join(directory, `${entry}.d.ts`), 'utf8');
      return text.match(/\/\*\*/g) ?? [];
    });
    assert.deepEqual(comments, []);
  });

  test('fails when an export has changed, shows the line, and says what to run', () => {
    const path = join(directory, 'index.d.ts');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('abandon(): void;', 'abandon(how: string): void;'));

    const { code, said } = run();

    assert.equal(code, 1);
    assert.match(said, /^- {2}abandon\(how: string\): void;$/m);
    assert.match(said, /^\+ {2}abandon\(\): void;$/m);
    assert.match(said, /npm run api -- --update/);
    writeFileSync(path, text);
  });

  function run(...flags: readonly string[]): {
    readonly code: number | null;
    readonly said: string;
  } {
    const script = ['--conditions=source', 'scripts/api-snapshot.ts', '--in', directory, ...flags];
    const { status, stdout, stderr } = spawnSync(process.execPath, script, { encoding: 'utf8' });
    return { code: status, said: stdout + stderr };
  }
});
