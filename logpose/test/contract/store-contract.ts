import { suite } from 'node:test';
import type { StoreEngineFactory } from '../../src/store/store-engine.ts';
import { storeCase } from './store-case.ts';
import { storeFlushCases } from './store-flush-cases.ts';
import { storeGenerationCases } from './store-generation-cases.ts';
import { storeKeyValueCases } from './store-key-value-cases.ts';
import { storeValueCases } from './store-value-cases.ts';
import { storeWindowCases } from './store-window-cases.ts';

/** What every kind of store does, on any engine. Each engine's test file is one call to this. */
export function storeContract(factory: StoreEngineFactory): void {
  const it = storeCase(factory);
  suite(`stores on ${factory.name}`, () => {
    suite('rows by key', () => storeKeyValueCases(it));
    suite('rows by key and window', () => storeWindowCases(it));
    suite('values', () => storeValueCases(it));
    suite('generations', () => storeGenerationCases(it));
    suite('flushing', () => storeFlushCases(it, factory.kept));
  });
}
