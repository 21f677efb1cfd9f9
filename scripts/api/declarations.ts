import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { type Node, nodeIn, walk } from '../tidy/source-file.ts';

/** One declaration of a module: what it says, and which names it needs. */
export interface Declaration {
  readonly name: string;
  /** Without `export`. Several for overloads. */
  readonly texts: readonly string[];
  readonly needs: readonly string[];
  readonly kind: 'type' | 'value';
}

/** Where a name of a module comes from. */
export interface Origin {
  /** The module as it is written. */
  readonly from: string;
  readonly name: string;
}

/** A name that a module exports. */
export interface Exported {
  /** What it is called inside, or in the module that it comes from. */
  readonly name: string;
  /** Undefined: the module itself. */
  readonly from: string | undefined;
  readonly as: 'type' | 'value';
}

/** One declaration file (`.d.ts`), taken apart. */
export interface Module {
  readonly declarations: ReadonlyMap<string, Declaration>;
  readonly imports: ReadonlyMap<string, Origin>;
  readonly exports: ReadonlyMap<string, Exported>;
}

/** Reads the declaration files below a directory, each once. */
export class Modules {
  readonly #directory: string;
  readonly #read = new Map<string, Module>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** @param path - From the directory, ending in `.ts`, as imports are written. */
  module(path: string): Module {
    const known = this.#read.get(path);
    if (known !== undefined) return known;
    const text = readFileSync(join(this.#directory, path.replace(/\.ts$/, '.d.ts')), 'utf8');
    const module = readModule(text);
    this.#read.set(path, module);
    return module;
  }
}

/** Takes a declaration file apart. */
export function readModule(text: string): Module {
  const declarations = new Map<string, Declaration>();
  const imports = new Map<string, Origin>();
  const exports = new Map<string, Exported>();
  const { program } = parseSync('module.d.ts', text);
  for (const statement of nodesIn(program.body)) {
    if (statement.type === 'ImportDeclaration') {
      for (const [local, origin] of importedBy(statement)) imports.set(local, origin);
      continue;
    }
    for (const [name, exported] of exportedBy(statement)) exports.set(name, exported);
    const declared =
      statement.type === 'ExportNamedDeclaration' ? nodeIn(statement, 'declaration') : statement;
    if (declared === undefined) continue;
    for (const { name, ...rest } of declaredBy(declared, text)) {
      const before = declarations.get(name);
      const texts = [...(before?.texts ?? []), ...rest.texts];
      const needs = [...(before?.needs ?? []), ...rest.needs];
      declarations.set(name, { name, ...rest, texts, needs });
      if (declared !== statement) exports.set(name, { name, from: undefined, as: rest.kind });
    }
  }
  return { declarations, imports, exports };
}

function* importedBy(statement: Node): Generator<[string, Origin]> {
  const from = textOf(nodeIn(statement, 'source'));
  for (const specifier of nodesIn(statement['specifiers'])) {
    const local = nameOf(nodeIn(specifier, 'local'));
    yield [local, { from, name: nameOf(nodeIn(specifier, 'imported')) }];
  }
}

function* exportedBy(statement: Node): Generator<[string, Exported]> {
  if (statement.type !== 'ExportNamedDeclaration') return;
  const source = nodeIn(statement, 'source');
  const from = source === undefined ? undefined : textOf(source);
  for (const specifier of nodesIn(statement['specifiers'])) {
    const isType = statement['exportKind'] === 'type' || specifier['exportKind'] === 'type';
    const name = nameOf(nodeIn(specifier, 'local'));
    yield [nameOf(nodeIn(specifier, 'exported')), { name, from, as: isType ? 'type' : 'value' }];
  }
}

function* declaredBy(statement: Node, text: string): Generator<Declaration> {
  const kind = statement.type.startsWith('TS') && !/Function/.test(statement.type);
  const said = text.slice(statement.start, statement.end);
  const names =
    statement.type === 'VariableDeclaration'
      ? nodesIn(statement['declarations']).map((each) => nameOf(nodeIn(each, 'id')))
      : [nodeIn(statement, 'id')].flatMap((id) => (id === undefined ? [] : [nameOf(id)]));
  for (const name of names) {
    yield { name, texts: [said], needs: [...neededBy(statement)], kind: kind ? 'type' : 'value' };
  }
}

/** The fields in which a node refers to something by name, and does not just have one. */
const references: Readonly<Record<string, string>> = {
  TSTypeReference: 'typeName',
  TSTypeQuery: 'exprName',
  TSInterfaceHeritage: 'expression',
  TSClassImplements: 'expression',
  ClassDeclaration: 'superClass',
};

function* neededBy(declaration: Node): Generator<string> {
  for (const node of walk(declaration)) {
    const field = references[node.type] ?? (node['computed'] === true ? 'key' : undefined);
    const referred = field === undefined ? undefined : nodeIn(node, field);
    if (referred !== undefined) yield firstNameIn(referred);
  }
}

/** `a` in `a.b.c`. */
function firstNameIn(node: Node): string {
  const left = nodeIn(node, 'left') ?? nodeIn(node, 'object');
  return left === undefined ? nameOf(node) : firstNameIn(left);
}

function nameOf(node: Node | undefined): string {
  return String(node?.['name'] ?? node?.['value'] ?? '');
}

function textOf(node: Node | undefined): string {
  return String(node?.['value'] ?? '');
}

function nodesIn(list: unknown): readonly Node[] {
  return Array.isArray(list) ? list : [];
}
