import { fieldsOf, instantOf, numberOf, parseJson, textOf } from '../api/shape.ts';

/** The protocol this page speaks. */
export const protocolVersion = 1;

/** What the shop sends over `/live`. */
export type Frame =
  | Hello
  | Values
  | FeedState
  | { readonly op: 'pong' }
  | { readonly op: 'error'; readonly code: string }
  | { readonly op: 'bye'; readonly retryMs: number | undefined };

export interface Hello {
  readonly op: 'hello';
  readonly version: number;
  readonly instance: string;
  readonly zone: string;
  readonly nowMs: number;
}

/** The whole of a channel (`snap`), or what changed since the frame with the number before. */
export interface Values {
  readonly op: 'snap' | 'diff';
  readonly channel: string;
  readonly key: string;
  readonly sequence: number;
  readonly data: unknown;
}

export interface FeedState {
  readonly op: 'state';
  readonly channel: string;
  readonly key: string;
  readonly state: string;
  readonly percent: number | undefined;
}

/** Who is told of what comes over the line. */
export interface LineListener {
  /** The shop has said hello: what is wanted must be asked for again. */
  opened(): void;
  received(frame: Frame): void;
}

/** Reads one text frame; undefined when it is none that this page knows. */
export function readFrame(frame: unknown): Frame | undefined {
  const fields = fieldsOf(typeof frame === 'string' ? parseJson(frame) : undefined);
  const channel = textOf(fields['ch']) ?? '';
  const key = textOf(fields['key']) ?? '';
  const op = fields['op'];
  switch (op) {
    case 'hello':
      return {
        op,
        version: numberOf(fields['v']) ?? 0,
        instance: textOf(fields['instance']) ?? '',
        zone: textOf(fields['zone']) ?? 'Asia/Seoul',
        nowMs: instantOf(fields['now']) ?? Date.now(),
      };
    case 'snap':
    case 'diff':
      return { op, channel, key, sequence: numberOf(fields['seq']) ?? 0, data: fields['data'] };
    case 'state':
      return {
        op,
        channel,
        key,
        state: textOf(fields['state']) ?? '',
        percent: numberOf(fields['percent']),
      };
    case 'pong':
      return { op };
    case 'error':
      return { op, code: textOf(fields['code']) ?? 'internal' };
    case 'bye':
      return { op, retryMs: numberOf(fields['retryMs']) };
    default:
      return undefined;
  }
}
