// Prints the views of three instants around midnight in Seoul, by day.
import { ShopDriver } from './shop-driver.ts';

using shop = new ShopDriver({ startMs: Date.parse('2026-06-02T12:00:00+09:00') });
for (const time of ['01T23:59:59.999', '02T00:00:00', '02T00:30:00']) {
  shop.viewed('7', { occurredAt: Date.parse(`2026-06-${time}+09:00`) });
}
const days = new Map(shop.driver.read(shop.topics.daily));
console.log([...days.values()].map((row) => `${row?.day} ${row?.counts.views}`).join(', '));
