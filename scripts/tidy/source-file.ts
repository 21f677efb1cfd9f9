import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSync } from 'oxc-parser';

/** One file of the repository. */
export interface TextFile {
  /** From the repository's root, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** One parsed file. */
export interface SourceFile extends TextFile {
  readonly lines: readonly string[];
  readonly program: Node;
  readonly comments: readonly Comment[];
  /** Where each import or re-export points, as it is written. */
  readonly imports: readonly string[];
}

/** A node of the syntax tree (ESTree with TypeScript). */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

interface Comment {
  readonly type: 'Line' | 'Block';
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** Reads and parses a file. */
export function readSource(path: string): SourceFile {
  const text = readFileSync(path, 'utf8');
  const { program, comments, module } = parseSync(path, text);
  const imports = module.staticImports.map((found) => found.moduleRequest.value);
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest } of entries) if (moduleRequest) imports.push(moduleRequest.value);
  }
  return {
    path,
    text,
    lines: text.split('\n'),
    program: asNode(program),
    comments,
    imports: [...new Set(imports)],
  };
}

/** The file a relative import points to. */
export function targetOf(file: SourceFile, specifier: string): string {
  return join(dirname(file.path), specifier).replaceAll('\\', '/');
}

/** Line of a position, from 1. */
export function lineOf(file: TextFile, position: number): number {
  return file.text.slice(0, position).split('\n').length;
}

/** The nodes directly below one, in order. */
export function childrenOf(node: Node): Node[] {
  return Object.values(node).flatMap((field) =>
    Array.isArray(field) ? field.filter(isNode) : isNode(field) ? [field] : [],
  );
}

/** The tree's nodes, parents first. */
export function* walk(node: Node): Generator<Node> {
  yield node;
  for (const child of childrenOf(node)) yield* walk(child);
}

/** A field that is a node. */
export function nodeIn(node: Node, field: string): Node | undefined {
  const found = node[field];
  return isNode(found) ? found : undefined;
}

function asNode(value: unknown): Node {
  if (!isNode(value)) throw new TypeError('the parser gave no tree');
  return value;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
