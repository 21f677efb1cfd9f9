/** Topics between the parts of the application. */
export const between = {
  bySku: 'sim-by-sku-repartition',
  again: 'sim-again-repartition',
  byTier: 'sim-by-tier-repartition',
  weights: 'sim-weights-by-tier-repartition',
};
