import type { Surroundings } from '../domain/surroundings.ts';

/**
 * A time-ordered UUID, version 7: 48 bits of milliseconds, then chance.
 *
 * Source: RFC 9562, section 5.7.
 */
export function uuidV7({ nowMs, randomBytes }: Surroundings): string {
  const bytes = randomBytes(new Uint8Array(16));
  const view = new DataView(bytes.buffer);
  const time = nowMs();
  view.setUint32(0, Math.floor(time / 0x1_0000));
  view.setUint16(4, time % 0x1_0000);
  view.setUint8(6, 0x70 | (view.getUint8(6) & 0x0f));
  view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f));
  const hex = Buffer.from(bytes).toString('hex');
  const cuts = [0, 8, 12, 16, 20, 32] as const;
  return cuts
    .slice(1)
    .map((end, n) => hex.slice(cuts[n], end))
    .join('-');
}
