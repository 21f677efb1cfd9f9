/**
 * The id of a row's event: a UUID of the free kind, version 8, made of the file's hash and the
 * row's number. Replaying a file again gives the same ids.
 *
 * Source: RFC 9562, section 5.8.
 */
export function eventIdsOf(sha256: string): (row: number) => string {
  const head = `${sha256.slice(0, 8)}-${sha256.slice(8, 12)}-8${sha256.slice(12, 15)}`;
  const prefix = `${head}-8${sha256.slice(15, 18)}-`;
  return (row) => prefix + row.toString(16).padStart(12, '0');
}
