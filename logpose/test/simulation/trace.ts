import { createHash } from 'node:crypto';

/** What happened, in order. Two runs of one seed have the same. */
export class Trace {
  readonly lines: string[] = [];
  /** How often something of each kind happened. */
  readonly counts = new Map<string, number>();

  /** @param what - Its first word is counted. */
  add(what: string): void {
    this.lines.push(what);
    const [kind = ''] = what.split(' ', 1);
    this.counts.set(kind, this.count(kind) + 1);
  }

  /** How often something of this kind happened. */
  count(kind: string): number {
    return this.counts.get(kind) ?? 0;
  }

  hash(): string {
    return createHash('sha256').update(this.lines.join('\n')).digest('hex').slice(0, 16);
  }
}
