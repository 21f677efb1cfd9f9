import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoreEngineFactory } from '../../src/store/store-engine.ts';
import { memoryStores } from '../../src/store-memory/memory-stores.ts';
import { World } from './app-kit.ts';

test('stores that open when the application has been given up are closed again', async () => {
  await using world = await World.open();
  const opening = Promise.withResolvers<void>();
  let closed = 0;
  const engine: StoreEngineFactory = {
    name: 'slow',
    kept: 'memory',
    open: async (options) => {
      await opening.promise;
      const engines = await memoryStores.open(options);
      return {
        ...engines,
        close: async (how) => {
          closed++;
          await engines.close(how);
        },
      };
    },
  };
  const app = world.app({ stores: { engine } });
  await app.start();

  app.abandon();
  opening.resolve();
  await app.close();

  assert.equal(closed, 1);
});
