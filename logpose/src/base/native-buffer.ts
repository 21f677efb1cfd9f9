// The native methods behind `Buffer.write` and `Buffer.toString`, which Node has had since its
// first releases and which its type declarations leave out. Short keys are read and written a
// third faster through them.
declare global {
  interface Buffer {
    utf8Write(text: string, offset?: number, length?: number): number;
    latin1Write(text: string, offset?: number, length?: number): number;
    utf8Slice(start?: number, end?: number): string;
    latin1Slice(start?: number, end?: number): string;
  }
}

export type NativeBuffer = Buffer;
