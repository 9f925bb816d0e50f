/**
 * Whether a text can stand for one label of a host name, between two dots: letters, digits and hyphens, at most 63.
 *
 * Everything else could lead a signed request elsewhere: `/`, `?`, `#`, `@` and `:` end the host of an address or move it.
 */
export const isHostLabel = (text: string): boolean => /^[A-Za-z0-9-]{1,63}$/.test(text)

/** Why what is no label is refused. */
export const inHost = "It would be a part of a host name."

/** Whether a text is a host as an address has it: without a protocol, a port or a path, and in small letters. */
export const isHost = (text: string): boolean => {
  const address = `https://${text}`
  return URL.canParse(address) && new URL(address).hostname === text
}
