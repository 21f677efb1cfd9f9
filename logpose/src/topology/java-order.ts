/**
 * The order in which a Java `HashSet` of these texts iterates.
 *
 * Kafka Streams keeps a processor's stores and a source's topics in such sets, and their order
 * shows: in the text of `describe` and in which store sends its updates on first.
 */
export function inJavaSetOrder(texts: readonly string[]): readonly string[] {
  const distinct = [...new Set(texts)];
  const buckets = bucketsFor(distinct.length);
  const bucketOf = (text: string): number => spread(javaHash(text)) & (buckets - 1);
  // Stable: within a bucket the order of insertion holds, also after the table has grown.
  return distinct.toSorted((left, right) => bucketOf(left) - bucketOf(right));
}

/** `String.hashCode`: s[0]·31ⁿ⁻¹ + … + s[n−1] in 32 bits. */
function javaHash(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return hash;
}

/** Table sizes are powers of two from 16 on, three quarters full at most. */
function bucketsFor(size: number): number {
  let buckets = 16;
  while (size > buckets * 0.75) buckets *= 2;
  return buckets;
}

function spread(hash: number): number {
  return hash ^ (hash >>> 16);
}
