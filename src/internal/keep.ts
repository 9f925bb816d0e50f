/**
 * Maps that do not grow without an end: their keys can come from outside, such as a region that a user has typed.
 */

/** Keeps a value. Where there would be more than so many, the oldest is forgotten: it is made again, and learns again. */
export const keep = <K, V>(map: Map<K, V>, key: K, value: V, most: number): void => {
  if (map.size >= most && !map.has(key)) map.delete(map.keys().next().value!)
  map.set(key, value)
}

/** Makes a value at the first look-up of its key, and keeps it. */
export const getOrMake = <K, V>(map: Map<K, V>, key: K, make: () => V, most: number): V => {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  keep(map, key, made, most)
  return made
}

/** The most quotas that are remembered, each of one action in one region: more than a program uses. */
export const maxQuotas = 10_000
