import type { GroupMember } from '../../src/log/group-port.ts';
import type { Chance } from './chance.ts';
import { turns } from './turns.ts';

const maxTurns = 4;

/** A member whose questions and answers are late, and whose heartbeats are sometimes sent twice. */
export function simulatedMember(
  member: GroupMember,
  { chance, pass }: { readonly chance: Chance; readonly pass: () => Promise<void> },
): GroupMember {
  const late = async <T>(ask: () => Promise<T>): Promise<T> => {
    await turns(chance.int(0, maxTurns));
    await pass();
    const answer = await ask();
    await turns(chance.int(0, maxTurns));
    await pass();
    return answer;
  };
  return {
    join: (metadata) => late(() => member.join(metadata)),
    sync: (shares) => late(() => member.sync(shares)),
    heartbeat: () =>
      late(async () => {
        const first = await member.heartbeat();
        if (chance.is(0.2)) await member.heartbeat();
        return first;
      }),
    leave: () => late(() => member.leave()),
    close: () => member.close(),
  };
}

/** What is asked of these methods, and what they answer, waits while the client is paused. */
export function paused<T extends object>(target: T, pass: () => Promise<void>): T {
  return new Proxy(target, {
    get(of, name) {
      const found: unknown = Reflect.get(of, name, of);
      if (typeof found !== 'function') return found;
      return async (...given: unknown[]) => {
        await pass();
        const answer: unknown = await Reflect.apply(found, of, given);
        await pass();
        return answer;
      };
    },
  });
}
