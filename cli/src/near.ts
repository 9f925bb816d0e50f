/**
 * Names that a slip of the finger could have made of a known one.
 */

/** How many letters must be put in, left out or replaced to make one name of the other. */
const distance = (a: string, b: string): number => {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (const [row, letter] of Array.from(a).entries()) {
    const current = [row + 1]
    for (let column = 1; column <= b.length; column++) {
      const replaced = above[column - 1]! + (letter === b[column - 1] ? 0 : 1)
      current.push(Math.min(replaced, above[column]! + 1, current[column - 1]! + 1))
    }
    above = current
  }
  return above[b.length]!
}

/** So many slips make no other name of it: one in three letters, and three at most. */
const most = (name: string): number => Math.min(3, Math.floor(name.length / 3))

/**
 * The known names that are nearly this one, the nearest first, three at most, and none that is much farther than the nearest. The
 * case of letters is no slip.
 */
export const near = (known: Iterable<string>, name: string): ReadonlyArray<string> => {
  const lower = name.toLowerCase()
  const found = Array.from(new Set(known))
    .filter((one) => one !== name && Math.abs(one.length - name.length) <= most(name))
    .map((one) => ({ one, slips: distance(one.toLowerCase(), lower) }))
    .filter(({ slips }) => slips <= most(name))
    .toSorted((a, b) => a.slips - b.slips)
  const [nearest] = found
  return found.filter(({ slips }) => slips <= nearest!.slips + 1).slice(0, 3).map(({ one }) => one)
}

/** A hint for people, or nothing. */
export const didYouMean = (names: ReadonlyArray<string>): string =>
  names.length === 0 ? "" : `Did you mean ${names.join(" or ")}?`
