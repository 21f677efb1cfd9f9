import { useRef, useState } from 'preact/hooks';
import { type Command, carryOut, type Receipt } from '../api/commands.ts';
import type { Problem } from '../api/problem.ts';
import { newKey } from '../api/request.ts';

/** One thing a visitor can do, and what came of the last time. */
export interface Action {
  readonly busy: boolean;
  readonly problem: Problem | undefined;
  /** The words of the last success, in the language of the moment. */
  readonly success: (() => string) | undefined;
  /** Carries a command out, under a key of its own. Does nothing while one is under way. */
  start(command: Command, done: Done): void;
  /** The same command with the same key: it takes effect once, however often it is tried. */
  retry(): void;
}

/** Takes a receipt and gives the words for it. */
export type Done = (receipt: Receipt) => () => string;

interface Attempt {
  readonly command: Command;
  readonly key: string;
  readonly done: Done;
}

type State = Pick<Action, 'busy' | 'problem' | 'success'>;

const idle: State = { busy: false, problem: undefined, success: undefined };

export function useAction(): Action {
  const [state, setState] = useState<State>(idle);
  const last = useRef<Attempt | undefined>(undefined);
  const run = async (attempt: Attempt): Promise<void> => {
    if (state.busy) return;
    last.current = attempt;
    setState({ ...idle, busy: true });
    const answer = await carryOut(attempt.command, attempt.key);
    if (answer.kind === 'problem') return setState({ ...idle, problem: answer.problem });
    setState({ ...idle, success: attempt.done(answer.value) });
  };
  return {
    ...state,
    start: (command, done) => void run({ command, done, key: newKey() }),
    retry: () => {
      if (last.current !== undefined) void run(last.current);
    },
  };
}
