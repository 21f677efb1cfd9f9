import type { StoredTable } from 'logpose';
import type { ShopTopics } from '../topics.ts';
import type { Sources } from './sources.ts';

/** How often was each treasure viewed, ever? */
export function views(
  sources: Pick<Sources, 'product.viewed'>,
  topics: ShopTopics,
): StoredTable<string, number> {
  const counts = sources['product.viewed']
    .groupByKey()
    .count({ name: 'search-join-store', node: 'views' });
  counts.toStream().to(topics.viewCount);
  return counts;
}
