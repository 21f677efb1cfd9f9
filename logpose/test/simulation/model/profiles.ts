import { outputs } from '../topics.ts';
import { between } from './between.ts';
import type { Taken, TaskModel } from './task-model.ts';

/** What becomes of profiles: a table, and two that are made of it. */
export class ProfilesModel {
  readonly #task: TaskModel;
  readonly #profiles;
  readonly #lengths;

  constructor(task: TaskModel) {
    this.#task = task;
    this.#profiles = task.keep<string>('profiles');
    this.#lengths = { store: task.keep<number>('lengths'), out: outputs.lengths.name };
  }

  profileOf(key: string): string | undefined {
    return this.#profiles.get(key)?.value;
  }

  tierOf(profile: string): string | undefined {
    return profile.startsWith('nowhere') ? undefined : profile.slice(profile.indexOf('/') + 1);
  }

  take({ key, value, timestamp }: Taken<string | null>): void {
    if (key === null) return;
    const profile = this.profileOf(key);
    if (value === null) this.#profiles.delete(key, timestamp);
    else this.#profiles.put(key, value, timestamp);
    const before = profile === undefined ? undefined : this.tierOf(profile);
    const after = value === null ? undefined : this.tierOf(value);
    if (before !== undefined || after !== undefined) {
      this.#task.emit(outputs.tierChanges.name, key, [after, timestamp]);
      this.#regroup(key, { before, after }, timestamp);
    }
    const length = value?.length;
    this.#task.change(this.#lengths, { key, value: length, timestamp, causedMs: timestamp });
  }

  /** One change where the tier stays, else one of each. */
  #regroup(
    key: string,
    { before, after }: { readonly before: string | undefined; readonly after: string | undefined },
    timestamp: number,
  ): void {
    const member = (topic: string, value: unknown): void => {
      const send = (tier: string, change: unknown): void =>
        this.#task.emit(topic, tier, [change, timestamp]);
      if (before !== undefined && before === after) send(before, { before: value, after: value });
      else {
        if (before !== undefined) send(before, { before: value });
        if (after !== undefined) send(after, { after: value });
      }
    };
    member(between.byTier, key);
    member(between.weights, key.length);
  }
}
