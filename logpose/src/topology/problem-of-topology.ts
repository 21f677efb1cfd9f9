/** Why something is no finished topology, for callers without types; undefined when it is one. */
export function problemOfTopology(topology: unknown): string | undefined {
  if (typeof topology !== 'object' || topology === null) {
    return 'topology is missing: pass builder.build()';
  }
  if ('nodes' in topology) return undefined;
  return 'build' in topology
    ? 'topology is a builder: pass what builder.build() returns'
    : 'topology is none: pass what builder.build() returns';
}
