import { childrenOf, lineOf, type Node, nodeIn, type SourceFile, walk } from './source-file.ts';

/** Sizes that are looked at: `warn` is printed, `fail` is refused. */
const limits = {
  fileLines: { warn: 250, fail: 400 },
  functionLines: { warn: 40, fail: 70 },
  parameters: { fail: 4 },
  nesting: { warn: 3, fail: 4 },
  columns: 100,
  folderFiles: 16,
};

/** Files that may be longer, each with its reason. This list only shrinks. */
const longer: Readonly<Record<string, string>> = {};

/** Files whose functions may take a fourth parameter, each with its reason. */
const moreParameters: Readonly<Record<string, string>> = {
  'logpose/src/base/crc32c.ts': 'called per batch and per row, where an options object would show',
  'logpose/src/log/batch-builder.ts': 'called per record',
  'logpose/src/log/batch-columns.ts': 'called per record',
};

const functions = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);
const blocks = new Set([
  'IfStatement',
  'ForStatement',
  'ForOfStatement',
  'ForInStatement',
  'WhileStatement',
  'DoWhileStatement',
  'SwitchStatement',
  'TryStatement',
]);

/** A finding and how much it weighs. */
export interface Finding {
  readonly weight: 'warn' | 'fail';
  readonly text: string;
}

/** What is too large in one file. */
export function* sizeFindings(file: SourceFile): Generator<Finding> {
  if (/\.(mjs|css)$/.test(file.path)) return;
  const isTest = /\.test(-d)?\.tsx?$/.test(file.path) || file.path.includes('/test/');
  yield* columnFindings(file);
  if (longer[file.path] === undefined) {
    yield* over(codeLines(file, file.program), limits.fileLines, `${file.path}: code lines`);
  }
  for (const node of walk(file.program)) {
    if (!functions.has(node.type)) continue;
    const where = `${file.path}:${lineOf(file, node.start)}`;
    if (!isTest) yield* over(codeLines(file, node), limits.functionLines, `${where}: lines`);
    const count = parametersOf(node);
    if (count >= limits.parameters.fail && moreParameters[file.path] === undefined) {
      yield { weight: 'fail', text: `${where}: ${count} parameters; use an options object` };
    }
    yield* over(depthOf(node), limits.nesting, `${where}: nested blocks`);
  }
}

/** Folders with more files than a reader can hold in mind. */
export function* folderFindings(files: readonly SourceFile[]): Generator<Finding> {
  const counts = new Map<string, number>();
  for (const { path } of files) {
    if (path.includes('.test.') || path.includes('/test/') || path.includes('/operators/'))
      continue;
    const folder = path.slice(0, path.lastIndexOf('/'));
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  for (const [folder, count] of counts) {
    if (count > limits.folderFiles) yield { weight: 'warn', text: `${folder}: ${count} files` };
  }
}

function* over(
  found: number,
  { warn, fail }: { readonly warn: number; readonly fail: number },
  what: string,
): Generator<Finding> {
  if (found >= fail) yield { weight: 'fail', text: `${what} ${found}, below ${fail} allowed` };
  else if (found >= warn) yield { weight: 'warn', text: `${what} ${found}` };
}

function* columnFindings(file: SourceFile): Generator<Finding> {
  for (const [index, line] of file.lines.entries()) {
    if (line.length <= limits.columns || /https?:\/\//.test(line)) continue;
    if (/^\s*(['"`]|.*(from |import\()['"])/.test(line)) continue;
    yield { weight: 'fail', text: `${file.path}:${index + 1}: ${line.length} columns` };
  }
}

/** Lines of a node without blank lines and comments. */
function codeLines(file: SourceFile, node: Node): number {
  const inComment = new Set<number>();
  for (const comment of file.comments) {
    const last = lineOf(file, comment.end);
    for (let line = lineOf(file, comment.start); line <= last; line++) inComment.add(line);
  }
  let count = 0;
  const last = lineOf(file, node.end);
  for (let line = lineOf(file, node.start); line <= last; line++) {
    const text = (file.lines[line - 1] ?? '').trim();
    const isComment = inComment.has(line) && /^(\/\/|\/\*|\*)/.test(text);
    if (text !== '' && !isComment) count++;
  }
  return count;
}

function parametersOf(node: Node): number {
  const params = node['params'];
  return Array.isArray(params) ? params.length : 0;
}

/** Greatest depth of blocks inside a function, not counting functions within it. */
function depthOf(node: Node): number {
  const body = nodeIn(node, 'body');
  return body === undefined ? 0 : depthBelow(body, false);
}

function depthBelow(node: Node, isElse: boolean): number {
  let deepest = 0;
  for (const child of childrenOf(node)) {
    if (functions.has(child.type)) continue;
    // `else if` is a list of cases, not a deeper block.
    const continues = node.type === 'IfStatement' && nodeIn(node, 'alternate') === child;
    deepest = Math.max(deepest, depthBelow(child, continues && child.type === 'IfStatement'));
  }
  return deepest + (blocks.has(node.type) && !isElse ? 1 : 0);
}
