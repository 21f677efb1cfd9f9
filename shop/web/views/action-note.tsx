import { ProblemNote } from '../parts/notes.tsx';
import type { Action } from './use-action.ts';

/** What came of an action, beside its button. */
export function ActionNote({ action }: { readonly action: Action }) {
  if (action.problem !== undefined) {
    return <ProblemNote problem={action.problem} takesFocus {...retryOf(action)} />;
  }
  return action.success === undefined ? null : (
    <p class="note success" role="status">
      {action.success()}
    </p>
  );
}

function retryOf({ problem, retry }: Action) {
  return problem?.retriable === true ? { retry } : {};
}
