import { mayImport, packageHomes } from './import-map.ts';
import { type SourceFile, targetOf } from './source-file.ts';

const library = 'logpose/src/';

/** Imports that the map does not allow, and circles of files. */
export function* importProblems(files: readonly SourceFile[]): Generator<string> {
  for (const file of files) {
    if (file.path.startsWith(library)) yield* problemsInLibrary(file);
    else yield* problemsOutside(file);
  }
  yield* circles(files);
}

function* problemsInLibrary(file: SourceFile): Generator<string> {
  // Files directly in `src/` are the public surface; tests stand outside of the map.
  const folder = folderOf(file.path);
  if (folder === undefined || file.path.endsWith('.test.ts')) return;
  const allowed = mayImport[folder];
  if (allowed === undefined) {
    yield `${file.path}: folder ${folder} is not in scripts/tidy/import-map.ts`;
    return;
  }
  for (const specifier of file.imports) {
    if (!specifier.startsWith('.')) {
      yield* problemOfPackage(file, folder, specifier);
      continue;
    }
    const target = folderOf(targetOf(file, specifier));
    if (target === folder) continue;
    if (target === undefined) yield `${file.path}: imports an entry point, ${specifier}`;
    else if (!allowed.includes(target)) yield `${file.path}: ${folder} may not import ${target}`;
  }
}

function* problemOfPackage(file: SourceFile, folder: string, name: string): Generator<string> {
  if (name.startsWith('node:')) return;
  if (packageHomes[name] !== folder) yield `${file.path}: ${folder} may not import ${name}`;
}

function* problemsOutside(file: SourceFile): Generator<string> {
  const usesPublicName = file.path.startsWith('shop/') || file.path.startsWith('examples/');
  if (!usesPublicName) return;
  for (const specifier of file.imports) {
    if (specifier.startsWith('.') && targetOf(file, specifier).startsWith('logpose/')) {
      yield `${file.path}: imports ${specifier} instead of the package by its name`;
    }
  }
}

function folderOf(path: string): string | undefined {
  if (!path.startsWith(library)) return undefined;
  const [first, ...rest] = path.slice(library.length).split('/');
  return rest.length === 0 ? undefined : first;
}

function* circles(files: readonly SourceFile[]): Generator<string> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const state = new Map<string, 'open' | 'done'>();
  const trail: string[] = [];
  function* visit(path: string): Generator<string> {
    const file = byPath.get(path);
    if (file === undefined || state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      yield `import circle: ${[...trail.slice(trail.indexOf(path)), path].join(' → ')}`;
      return;
    }
    state.set(path, 'open');
    trail.push(path);
    for (const specifier of file.imports) {
      if (specifier.startsWith('.')) yield* visit(targetOf(file, specifier));
    }
    trail.pop();
    state.set(path, 'done');
  }
  for (const file of files) yield* visit(file.path);
}
