import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { utf8 } from '../../serde/primitives.ts';
import { KeyCache } from './key-cache.ts';

describe('the cache of keys', () => {
  it('gives each text as its bytes say, however many share it', () => {
    const cache = new KeyCache(utf8, 16);
    const texts = Array.from({ length: 500 }, (_, at) => `key-${(at * 7919) % 100}`);

    for (const text of texts) assert.equal(read(cache, text), text);
  });

  it('knows a text that came before by the same slot', () => {
    const cache = new KeyCache(utf8);
    read(cache, 'ada');
    const { slot } = cache;
    read(cache, 'bob');

    read(cache, 'ada');

    assert.equal(cache.slot, slot);
    assert.ok(slot >= 0);
  });

  it('tells keys apart that share their first bytes, and reads empty and non-Latin ones', () => {
    const cache = new KeyCache(utf8);
    const texts = ['', 'a', 'aa', 'aaa', 'aaaa', 'aaaaa', 'aaaaab', '서울', '\0', '\0\0'];

    for (const text of [...texts, ...texts]) assert.equal(read(cache, text), text);
  });

  it('does not keep long texts', () => {
    const cache = new KeyCache(utf8);
    const long = 'x'.repeat(24);

    assert.equal(read(cache, long), long);

    assert.equal(cache.slot, -1);
  });

  it('stops looking where each key comes once, and begins again later', () => {
    const cache = new KeyCache(utf8, 1024);
    let at = 0;
    while (at < 10_000) read(cache, `once-${at++}`);
    assert.equal(cache.slot, -1);

    while (cache.slot < 0 && at < 2_000_000) read(cache, `once-${at++}`);

    assert.ok(at < 2_000_000);
  });
});

function read(cache: KeyCache, text: string): string {
  const bytes = Buffer.from(`<${text}>`);
  return cache.read(bytes, 1, bytes.length - 1);
}
