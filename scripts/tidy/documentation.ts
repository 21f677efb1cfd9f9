import { lineOf, type Node, nodeIn, type SourceFile, targetOf } from './source-file.ts';

const entryPoint = /^logpose\/src\/[^/]+\.ts$/;

/** What an entry point exports without a doc comment. */
export function* documentationProblems(files: readonly SourceFile[]): Generator<string> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  for (const entry of files) {
    if (!entryPoint.test(entry.path) || entry.path.endsWith('.test.ts')) continue;
    for (const { name, path } of reExportsOf(entry)) {
      const file = byPath.get(path);
      if (file !== undefined) yield* problemOf(file, name);
    }
    if (/export \*/.test(entry.text)) yield `${entry.path}: exports by name only`;
  }
}

function* reExportsOf(entry: SourceFile): Generator<{ name: string; path: string }> {
  for (const statement of bodyOf(entry)) {
    const source = nodeIn(statement, 'source');
    const specifiers = statement['specifiers'];
    if (statement.type !== 'ExportNamedDeclaration' || source === undefined) continue;
    if (!Array.isArray(specifiers)) continue;
    for (const specifier of specifiers) {
      const name = String(nodeIn(specifier, 'local')?.['name']);
      yield { name, path: targetOf(entry, String(source['value'])) };
    }
  }
}

function* problemOf(file: SourceFile, name: string): Generator<string> {
  const found = bodyOf(file).find(
    (statement) => statement.type === 'ExportNamedDeclaration' && declares(statement, name),
  );
  if (found === undefined) return;
  const before = file.comments.findLast((comment) => comment.end <= found.start);
  const touches = before && file.text.slice(before.end, found.start).trim() === '';
  if (touches && before.type === 'Block' && before.value.startsWith('*')) return;
  yield `${file.path}:${lineOf(file, found.start)}: ${name} is public and has no doc comment`;
}

function declares(statement: Node, name: string): boolean {
  const declaration = nodeIn(statement, 'declaration');
  if (declaration === undefined) return false;
  if (nodeIn(declaration, 'id')?.['name'] === name) return true;
  const parts = declaration['declarations'];
  return Array.isArray(parts) && parts.some((part) => nodeIn(part, 'id')?.['name'] === name);
}

function bodyOf(file: SourceFile): readonly Node[] {
  const body = file.program['body'];
  return Array.isArray(body) ? body : [];
}
