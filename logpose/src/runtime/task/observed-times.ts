import type { ObservedTime } from '../../topology/processor.ts';

const noTime = -1;

/**
 * The times that the nodes of a task have seen. They follow the transactions: a node that is opened
 * anew after an abort goes on with what it had seen at the last commit.
 */
export class ObservedTimes {
  readonly #byNode = new Map<string, NodeTime>();

  of(node: string): ObservedTime {
    let time = this.#byNode.get(node);
    if (time === undefined) {
      time = new NodeTime();
      this.#byNode.set(node, time);
    }
    return time;
  }

  seal(): void {
    for (const time of this.#byNode.values()) time.sealedMs = time.latestMs;
  }

  settle(): void {
    for (const time of this.#byNode.values()) time.committedMs = time.sealedMs;
  }

  rollback(): void {
    for (const time of this.#byNode.values()) time.latestMs = time.sealedMs = time.committedMs;
  }
}

class NodeTime implements ObservedTime {
  latestMs = noTime;
  sealedMs = noTime;
  committedMs = noTime;

  advance(timestamp: number): number {
    if (timestamp > this.latestMs) this.latestMs = timestamp;
    return this.latestMs;
  }
}
