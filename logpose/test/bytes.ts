/** Bytes as tests write and compare them. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** The bytes of what `hex` made. */
export function fromHex(text: string): Uint8Array {
  return Buffer.from(text, 'hex');
}
