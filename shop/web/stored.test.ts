import assert from 'node:assert/strict';
import { test } from 'node:test';
import { store, stored } from './stored.ts';

const refusing = (): never => {
  throw new Error('this site may keep nothing');
};

test('a browser that keeps nothing for the site does not break the page', () => {
  store('theme', 'dark', refusing);
  assert.equal(stored('theme', refusing), null);
});
