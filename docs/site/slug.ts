/**
 * The fragment of a heading as GitHub makes it, so that a link within the guides is right in both places.
 */
export const slugOf = (heading: string): string =>
  heading.trim().toLowerCase().replace(/[^\p{Letter}\p{Mark}\p{Number}\s_-]/gu, "").replace(/\s/g, "-")
