import type { LogAdmin } from '../../log/log-port.ts';

/** How many partitions the topics have that an application writes to; asked once per topic. */
export class TopicCounts {
  readonly #admin: LogAdmin;
  readonly #counts = new Map<string, number>();

  constructor(admin: LogAdmin) {
    this.#admin = admin;
  }

  /** 0: there is no such topic; undefined: not asked yet. */
  readonly partitionsOf = (topic: string): number | undefined => this.#counts.get(topic);

  /** Asks for topics, also for those that were not there when it asked last. */
  async lookUp(topics: Iterable<string>): Promise<void> {
    const names = new Set(topics);
    for (const [name, count] of this.#counts) if (count === 0) names.add(name);
    const asked = [...names];
    const described = await this.#admin.describeTopics(asked);
    asked.forEach((name, at) => {
      this.#counts.set(name, described[at]?.partitions ?? 0);
    });
  }
}
