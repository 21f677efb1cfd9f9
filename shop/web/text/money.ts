import { signal } from '@preact/signals';
import { formatCount, formatCurrency, formatDecimals, formatShort } from './format.ts';
import { language } from './language.ts';

/** What amounts are in; said by the shop. */
export const money = signal({ currency: 'KRW', scale: 0 });

/** An amount: `730,000원`, `₩730,000`, `£2.55`. */
export function formatMoney(amount: number): string {
  const { currency } = money.value;
  const value = unitsOf(amount);
  if (currency === 'KRW')
    return language.value === 'ko' ? `${formatCount(value)}원` : `₩${formatCount(value)}`;
  // ISO 4217 has XXX for amounts of no known currency.
  return currency === 'XXX' ? formatDecimals(value) : formatCurrency(value, currency);
}

/** An amount where a long number does not fit: `4.2M`, `31억`. */
export function formatShortMoney(amount: number): string {
  return formatShort(Math.round(unitsOf(amount)));
}

function unitsOf(amount: number): number {
  return amount / 10 ** money.value.scale;
}
