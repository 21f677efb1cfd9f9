import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pictureOf } from './picture.ts';

test('the same code always draws the same picture', () => {
  assert.deepEqual(pictureOf('85123A'), pictureOf('85123A'));
});

test('the 24 built-in treasures are 24 different things', () => {
  const codes = Array.from({ length: 24 }, (_, place) => `${place + 1}`);
  assert.equal(new Set(codes.map((code) => pictureOf(code).motif)).size, 24);
});

test('other codes are varied: 200 of them look different from each other', () => {
  const codes = Array.from({ length: 200 }, (_, number) => `SKU-${number}`);
  const looks = codes.map((code) => {
    const { motif, tints, scene, sunX, wave } = pictureOf(code);
    return JSON.stringify([motif.shapes[0], tints, scene, sunX, wave]);
  });
  assert.equal(new Set(looks).size, codes.length);
});
