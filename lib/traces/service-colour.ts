/** Colours that the pages have for services. */
export const SERVICE_COLOURS = 8;

/**
 * The colour of a service, 1 to 8. It follows from the name alone, so that a service keeps it on every page, in every
 * trace and after every restart. Two services may share one: a name always stands beside the colour.
 * FNV-1a (draft-eastlake-fnv), folded to its middle bits, in which short names differ.
 */
export function serviceColour(service: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < service.length; index++) {
    hash ^= service.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  return (((hash >>> 16) ^ (hash & 0xffff)) % SERVICE_COLOURS) + 1;
}
