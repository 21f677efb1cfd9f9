import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TopologyError } from '../errors/config-errors.ts';
import { differenceOf, type Layout } from './layout.ts';
import { writeAtomically } from './write-atomically.ts';

// Small, and read and written once per start: synchronous, so that a start has one order of events.
const fileName = 'topology.json';

/**
 * Compares a layout with the one that an application's directory was last used with.
 *
 * Stores that were added are warned about: they count from now.
 *
 * @throws {TopologyError} `TOPOLOGY_CHANGED`, with the difference and what can be done.
 */
export function checkLayout(directory: string, layout: Layout): void {
  const before = readLayout(directory);
  if (before === undefined) return;
  const { incompatible, addedStores } = differenceOf(before, layout);
  if (incompatible.length > 0) {
    throw new TopologyError(
      [
        ...incompatible,
        'go back to the former names and topics; or, to give up what does not fit, call ' +
          'app.cleanUp() once before the start: stores that are still there are then rebuilt ' +
          'from their changelogs',
      ],
      'TOPOLOGY_CHANGED',
    );
  }
  for (const name of addedStores) {
    process.emitWarning(`store ${name} is new: it has what is processed from now on`, {
      code: 'LOGPOSE_STORE_ADDED',
    });
  }
}

/** Writes a layout down, or leaves the file as it was. */
export function writeLayout(directory: string, layout: Layout): void {
  mkdirSync(directory, { recursive: true });
  const text = `${JSON.stringify(layout, undefined, 2)}\n`;
  writeAtomically(join(directory, fileName), text);
}

function readLayout(directory: string): Layout | undefined {
  const path = join(directory, fileName);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const layout = parsed(text);
  if (layout !== undefined) return layout;
  throw new TopologyError(
    [`${path} is not what was written; app.cleanUp() deletes the directory`],
    'TOPOLOGY_CHANGED',
  );
}

/** Undefined when it is not a layout of this format. */
function parsed(text: string): Layout | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isLayout(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isLayout(value: unknown): value is Layout {
  return (
    typeof value === 'object' &&
    value !== null &&
    'format' in value &&
    value.format === 1 &&
    'stores' in value &&
    'repartitionTopics' in value &&
    'subtopologies' in value
  );
}
