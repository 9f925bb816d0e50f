/**
 * Breaks a text into lines for a column: between words, and between Han characters, but never before a punctuation mark.
 */
import { widthOf } from "../terminal.ts"

const parts = /\s+|\p{Script=Han}[^\s\p{Script=Han}\p{L}\p{N}（]*|[^\s\p{Script=Han}]+/gu

export const wrap = (text: string, width: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line = ""
  for (const [part] of text.matchAll(parts)) {
    if (widthOf((line + part).trimEnd()) > width) {
      lines.push(line.trimEnd())
      line = part.trimStart()
    } else {
      line += part
    }
  }
  return [...lines, line.trimEnd()]
}
