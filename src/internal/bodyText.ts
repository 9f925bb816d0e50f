/**
 * From the bytes of a body to its text.
 */

export const joined = (chunks: ReadonlyArray<Uint8Array>, bytes: number): Uint8Array => {
  const all = new Uint8Array(bytes)
  let offset = 0
  for (const chunk of chunks) {
    all.set(chunk, offset)
    offset += chunk.byteLength
  }
  return all
}

const charsetOf = (contentType: string): string | undefined =>
  /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType)?.[1]?.toLowerCase()

/** The content type does not name another charset. */
export const isUtf8 = (contentType: string | undefined): boolean => {
  const charset = charsetOf(contentType ?? "")
  return charset === undefined || charset === "utf-8" || charset === "utf8"
}

const decode = (bytes: Uint8Array, charset: string, fatal: boolean): string | undefined => {
  try {
    return new TextDecoder(charset, { fatal }).decode(bytes)
  } catch {
    return undefined
  }
}

/**
 * JSON is UTF-8, whatever its content type says. So only bytes that are not UTF-8 are read by the charset of the content type,
 * such as the page of a proxy in GBK.
 */
export const bodyText = (bytes: Uint8Array, contentType: string | undefined): string => {
  const charset = charsetOf(contentType ?? "")
  const other = isUtf8(contentType) || charset === undefined
    ? undefined
    : decode(bytes, "utf-8", true) ?? decode(bytes, charset, false)
  return other ?? new TextDecoder().decode(bytes)
}
