import type { Caller } from '../../message-port/caller.ts';
import type { ThreadCalls, ThreadEvent, ThreadNotice } from './messages.ts';

/** What asks a worker thread. */
export type ThreadCaller = Caller<ThreadCalls, ThreadNotice, ThreadEvent>;
