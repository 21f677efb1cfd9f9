import { type DurableName, generated } from '../record/topic.ts';

/**
 * Names for nodes and stores, as the JVM generates them: a prefix and a counter that all of them
 * share. It counts on even where the user's own name is taken, so that the others keep theirs.
 */
export class Names {
  #next = 0;

  /** The user's own name or the next generated one. */
  node(prefix: string, own: string | undefined): string {
    const name = `${prefix}${this.#number()}`;
    return own ?? name;
  }

  /** The same for a store; here the user's own name does not count. */
  store(prefix: string, own: DurableName): string {
    return own === generated ? `${prefix}STATE-STORE-${this.#number()}` : own;
  }

  /** Leaves a number out, as the JVM does in some places. */
  skip(): void {
    this.#next++;
  }

  #number(): string {
    return String(this.#next++).padStart(10, '0');
  }
}

/** Whether a name is one that `Names` made for a node of a stream. */
export function isGenerated(name: string): boolean {
  return /^KSTREAM.*-[0-9]{10}$/.test(name);
}
