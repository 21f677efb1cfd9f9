import type { Caller } from '../message-port/caller.ts';
import type { LogCalls, LogEvent, LogNotice } from './messages.ts';

/** What asks the thread that owns the log. */
export type LogCaller = Caller<LogCalls, LogNotice, LogEvent>;
