import type { StoredTable } from 'logpose';
import type { EventOf } from '../events/event-schemas.ts';
import { type StockAdjustments, stockAdjustmentsSerde } from './rows.ts';
import type { Sources } from './sources.ts';

/** How often, why and by how many pieces was each treasure's stock corrected? */
export function stockAdjustments(
  sources: Pick<Sources, 'stock.adjusted'>,
): StoredTable<string, StockAdjustments> {
  return sources['stock.adjusted']
    .groupByKey()
    .aggregate(
      { initialize: () => noAdjustments, add: addAdjustment },
      { name: 'stock-adjust-store', node: 'stock-adjustments', value: stockAdjustmentsSerde },
    );
}

const none = { count: 0, units: 0 };
const noAdjustments: StockAdjustments = { restock: none, damage: none, 'bad-debt': none };

function addAdjustment(
  sums: StockAdjustments,
  { reason, delta }: EventOf<'stock.adjusted'>,
): StockAdjustments {
  const { count, units } = sums[reason];
  return { ...sums, [reason]: { count: count + 1, units: units + Math.abs(delta) } };
}
