import { ConfigError } from '../errors/config-errors.ts';
import { problemOfTopology } from '../topology/problem-of-topology.ts';
import {
  type Definition,
  patternsIn,
  type StreamsAppOptions,
  type UsableOptions,
} from './options.ts';

/**
 * Options with their application: what a module exports where there is one.
 *
 * @throws {ConfigError} When the module has no topology that can be run.
 */
export async function usableOptions(options: StreamsAppOptions): Promise<UsableOptions> {
  if (!('module' in options)) return options;
  const { module, workers: _, onWorkerFailure: __, ...shared } = options;
  const { workers: ___, ...definition } = await loadModule(module);
  const problems = [...patternsIn(definition.topology)];
  if (problems.length > 0) throw new ConfigError(problems);
  return { ...shared, ...definition };
}

/**
 * The application that a module exports.
 *
 * @throws {ConfigError} Naming the file, when it cannot be evaluated or exports no application.
 */
export async function loadModule(module: URL): Promise<Definition> {
  const loaded = await evaluated(module);
  const exported = loaded['default'];
  const problem = problemOf(exported);
  if (problem === undefined && isDefinition(exported)) return exported;
  throw new ConfigError([
    `${module.href} must have an application as its default export, ` +
      `export default defineApp({ topology }): ${problem}`,
  ]);
}

async function evaluated(module: URL): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await import(module.href);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError([`the module ${module.href} cannot be loaded: ${reason}`], { cause });
  }
}

function problemOf(exported: unknown): string | undefined {
  if (typeof exported !== 'object' || exported === null) return 'there is none';
  return problemOfTopology('topology' in exported ? exported.topology : undefined);
}

function isDefinition(exported: unknown): exported is Definition {
  return problemOf(exported) === undefined;
}
