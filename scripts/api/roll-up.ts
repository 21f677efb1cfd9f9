import { posix } from 'node:path';
import type { Declaration, Modules } from './declarations.ts';

/** Something that is declared in one module, and what it is called for users. */
interface Found {
  readonly path: string;
  readonly declaration: Declaration;
  /** Undefined: it is needed by something that is exported, and not exported itself. */
  readonly exported: { readonly name: string; readonly as: 'type' | 'value' } | undefined;
}

/**
 * Everything that an entry point exports, with its full type, and below it the types that this
 * needs and that have no name outside: one text, in the order of names.
 *
 * @param known - What need not be said again; what is said is added.
 */
export function rollUp(modules: Modules, entry: string, known = new Set<string>()): string {
  const found = new Map<string, Found>();
  const waiting: Found[] = [];
  const packages = new Set<string>();
  const meet = (one: Found | undefined): void => {
    if (one === undefined || found.has(keyOf(one))) return;
    found.set(keyOf(one), one);
    waiting.push(one);
  };
  for (const [name, { as }] of modules.module(entry).exports) {
    const declared = declaredAs(modules, entry, name);
    if (declared === undefined) throw new Error(`${entry} exports ${name}, which is nowhere`);
    meet({ ...declared, exported: { name, as } });
  }
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    for (const need of next.declaration.needs) {
      const origin = modules.module(next.path).imports.get(need);
      if (origin !== undefined && !origin.from.startsWith('.')) {
        packages.add(`import type { ${origin.name} } from '${origin.from}';`);
        continue;
      }
      const declared = declaredAs(modules, next.path, need);
      if (declared !== undefined) meet({ ...declared, exported: undefined });
    }
  }
  const said = [...found].filter(([key, { exported }]) => exported || !known.has(key));
  for (const [key] of said) known.add(key);
  return textOf(
    said.map(([, one]) => one),
    [...packages].sort(),
  );
}

/** Follows a name to where it is declared; undefined for what is nobody's, such as `Promise`. */
function declaredAs(
  modules: Modules,
  path: string,
  name: string,
): Pick<Found, 'path' | 'declaration'> | undefined {
  const { declarations, imports, exports } = modules.module(path);
  const declaration = declarations.get(name);
  if (declaration !== undefined) return { path, declaration };
  const origin = imports.get(name) ?? exports.get(name);
  if (origin?.from === undefined || !origin.from.startsWith('.')) return undefined;
  return declaredAs(modules, posix.join(posix.dirname(path), origin.from), origin.name);
}

function keyOf({ path, declaration }: Found): string {
  return `${path} ${declaration.name}`;
}

function textOf(found: readonly Found[], packages: readonly string[]): string {
  const exported = found.filter((one) => one.exported !== undefined).sort(byName);
  const needed = found.filter((one) => one.exported === undefined).sort(byName);
  const parts = [...exported.map(exportedText), ...needed.map(({ declaration }) => declaration)];
  const texts = parts.map((part) => (typeof part === 'string' ? part : part.texts.join('\n')));
  if (needed.length > 0) texts.splice(exported.length, 0, '// Needed by these, and not exported:');
  if (packages.length > 0) texts.unshift(packages.join('\n'));
  return `${texts.join('\n\n')}\n`;
}

function exportedText({ declaration, exported }: Found): string {
  const { name, as } = exported ?? { name: declaration.name, as: declaration.kind };
  const notes: string[] = [];
  if (as === 'type' && declaration.kind === 'value') notes.push('// Exported as a type only.');
  if (name !== declaration.name) notes.push(`// Exported as ${name}.`);
  return [...notes, ...declaration.texts.map((text) => `export ${text}`)].join('\n');
}

function byName(left: Found, right: Found): number {
  const [one, other] = [left, right].map(({ declaration, exported, path }) => {
    return `${exported?.name ?? declaration.name} ${path}`;
  });
  return (one ?? '') < (other ?? '') ? -1 : 1;
}
