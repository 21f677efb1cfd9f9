import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommitGate } from './commit-gate.ts';

test('a share is taken when the commits on their way have ended, well or not', async () => {
  const gate = new CommitGate();
  const steps: string[] = [];
  const [good, bad] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const commits = [gate.commit(() => good.promise), gate.commit(() => bad.promise)];

  const taking = gate.take(async () => steps.push('taken'));
  steps.push('good');
  good.resolve();
  await commits[0];
  steps.push('bad');
  bad.reject(new Error('refused'));

  await assert.rejects(commits[1] ?? Promise.resolve(), /refused/);
  await taking;
  assert.deepEqual(steps, ['good', 'bad', 'taken']);
});

test('a commit waits while a share is taken, also for one that fails', async () => {
  for (const end of ['resolve', 'reject'] as const) {
    const gate = new CommitGate();
    const steps: string[] = [];
    const share = Promise.withResolvers<void>();
    const taking = gate.take(() => share.promise).catch(() => undefined);

    const commit = gate.commit(async () => steps.push('committed'));
    await gate.idle();
    steps.push('taken');
    share[end]();

    await Promise.all([commit, taking]);
    assert.deepEqual(steps, ['taken', 'committed']);
  }
});
