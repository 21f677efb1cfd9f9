import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { Modules } from './declarations.ts';
import { rollUp } from './roll-up.ts';

test('every exported name is there with its full type, in the order of names', () => {
  const text = rolledUp({
    'index.d.ts': `export { open } from './open.ts';\nexport type { Options } from './open.ts';`,
    'open.d.ts': [
      'export interface Options { readonly name: string }',
      'export declare function open(options: Options): void;',
    ].join('\n'),
  });

  assert.equal(
    text,
    [
      'export interface Options { readonly name: string }',
      'export declare function open(options: Options): void;',
      '',
    ]
      .join('\n\n')
      .replace(/\n\n$/, '\n'),
  );
});

test('what they need and what is not exported comes behind them, from whatever file', () => {
  const text = rolledUp({
    'index.d.ts': `export { Shop } from './shop/shop.ts';`,
    'shop/shop.d.ts': [
      `import type { Order } from '../order.ts';`,
      'interface Till { readonly orders: readonly Order[] }',
      'export declare class Shop { readonly till: Till; }',
    ].join('\n'),
    'order.d.ts': [
      `import { type Money as Cents } from './money.ts';`,
      'export interface Order { readonly total: Cents }',
      'export interface Unrelated { readonly Order: string }',
    ].join('\n'),
    'money.d.ts': 'export type Money = number;',
  });

  assert.deepEqual(text.trim().split('\n\n'), [
    'export declare class Shop { readonly till: Till; }',
    '// Needed by these, and not exported:',
    'type Money = number;',
    'interface Order { readonly total: Cents }',
    'interface Till { readonly orders: readonly Order[] }',
  ]);
});

test('overloads stay together, and another name outside is said', () => {
  const text = rolledUp({
    'index.d.ts': `export { one as first } from './one.ts';`,
    'one.d.ts': [
      'export declare function one(a: string): string;',
      'export declare function one(a: number): number;',
    ].join('\n'),
  });

  assert.equal(
    text,
    [
      '// Exported as first.',
      'export declare function one(a: string): string;',
      'export declare function one(a: number): number;',
      '',
    ].join('\n'),
  );
});

test('a class that is exported as a type only is marked', () => {
  const text = rolledUp({
    'index.d.ts': `export type { Kept } from './kept.ts';`,
    'kept.d.ts': 'export declare class Kept { }',
  });

  assert.match(text, /^\/\/ Exported as a type only\.\nexport declare class Kept/);
});

test('what another entry point has said is not said again', () => {
  const files = {
    'index.d.ts': `export type { Log } from './log.ts';`,
    'embedded.d.ts': `export { open } from './open.ts';`,
    'open.d.ts': `import type { Log } from './log.ts';\nexport declare function open(): Log;`,
    'log.d.ts': 'export interface Log { }',
  };
  const known = new Set<string>();
  rolledUp(files, known);

  assert.equal(rolledUp(files, known, 'embedded.ts'), 'export declare function open(): Log;\n');
});

function rolledUp(
  files: Readonly<Record<string, string>>,
  known = new Set<string>(),
  entry = 'index.ts',
): string {
  const directory = mkdtempSync(join(tmpdir(), 'logpose-roll-up-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    return rollUp(new Modules(directory), entry, known);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
