/**
 * Whether a text can stand for one label of a host name, between two dots: letters, digits and hyphens, at most 63.
 *
 * Everything else could lead a signed request elsewhere: `/`, `?`, `#`, `@` and `:` end the host of an address or move it.
 */
export const isHostLabel = (text: string): boolean => /^[A-Za-z0-9-]{1,63}$/.test(text)
