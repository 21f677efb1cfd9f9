import { TopologyError } from '../errors/config-errors.ts';
import { generated } from '../record/topic.ts';
import { isSerde } from '../serde/serde.ts';
import type { GraphNode } from './graph.ts';

/** What types ask for is asked again here: Node takes types away without reading them. */
export type Needed = 'name' | 'key' | 'value';

/**
 * Refuses a call whose options are not there.
 *
 * @param example - The call as it can be written, such as `count({ name: 'counts' })`.
 * @throws {TopologyError} At the call, whose line is then the first of the stack.
 */
export function requireOptions(
  { example, behind }: { readonly example: string; readonly behind?: GraphNode },
  options: unknown,
  needed: readonly Needed[] = ['name'],
): void {
  const missing = needed.filter((name) => !isGiven(name, options));
  if (missing.length === 0) return;
  const verb = example.slice(0, example.indexOf('('));
  const where = behind === undefined ? verb : `${verb} behind ${behind.name}`;
  const what = missing.map((name) => (name === 'name' ? 'a name' : `a ${name} serde`));
  throw new TopologyError([
    `${where} needs ${what.join(' and ')}: write ${example}${shown(options)}`,
  ]);
}

/**
 * Refuses what is not a topic.
 *
 * @throws {TopologyError} At the call.
 */
export function requireTopics(verb: 'stream' | 'table' | 'to', topics: readonly unknown[]): void {
  for (const topic of topics) {
    if (typeof topic === 'object' && topic !== null && 'key' in topic) continue;
    const name = typeof topic === 'string' ? topic : 'orders';
    const also = verb === 'table' ? `, { name: '${name}' }` : '';
    throw new TopologyError([
      `${verb} takes a topic, not ${kindOf(topic)}: write ` +
        `${verb}(topic('${name}', { key: utf8, value: utf8 })${also})`,
    ]);
  }
}

function isGiven(name: Needed, options: unknown): boolean {
  if (typeof options !== 'object' || options === null) return false;
  const value: unknown = Reflect.get(options, name);
  if (name !== 'name') return isSerde(value);
  return value === generated || (typeof value === 'string' && value !== '');
}

function shown(options: unknown): string {
  if (options === undefined) return '';
  const isObject = typeof options === 'object' && options !== null;
  const given = isObject ? `{ ${Object.keys(options).join(', ')} }` : kindOf(options);
  return `, not ${given === '{  }' ? '{}' : given}`;
}

function kindOf(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  return value === null || value === undefined ? String(value) : `a ${typeof value}`;
}
