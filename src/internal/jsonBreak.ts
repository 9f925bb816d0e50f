/**
 * Where a text that cannot be parsed stops being JSON, in words that repeat nothing of it.
 */

const literal = /true|false|null|[-+.eE\d]+/y

const words = ["true", "false", "null"]

/** The place after a word or a number, or after the word that the end of the text cuts. */
const afterLiteral = (text: string, start: number): number | undefined => {
  literal.lastIndex = start
  const found = literal.exec(text)
  if (found !== null) return start + found[0].length
  const rest = text.slice(start, start + 5)
  return words.some((word) => word.startsWith(rest)) ? text.length : undefined
}

/** The place after the closing quote, or after the end of the text if there is none. */
const afterString = (text: string, start: number): number => {
  for (let i = start + 1; i < text.length; i++) {
    const char = text[i]
    if (char === "\"") return i + 1
    if (char === "\\") i++
  }
  return text.length + 1
}

const steps: { readonly [sign: string]: number } = { "{": 1, "[": 1, "}": -1, "]": -1, ":": 0, ",": 0 }

/** Reads signs, and leaves their order to the parser. */
const scan = (text: string): string | undefined => {
  let depth = 0
  let at = 0
  while (at < text.length) {
    const char = text[at]!
    const step = steps[char]
    if (step !== undefined) {
      depth += step
      at++
      const rest = step < 0 && depth <= 0 ? text.slice(at).search(/\S/) : -1
      if (rest >= 0) return `more follows after its end, at character ${at + rest + 1}`
    } else if (char === "\"") at = afterString(text, at)
    else if (/\s/.test(char)) at++
    else {
      const after = afterLiteral(text, at)
      if (after === undefined) return `it breaks at character ${at + 1}`
      at = after
    }
  }
  return depth > 0 || at > text.length ? `it ends early, at character ${text.length}` : undefined
}

/** `error` is that of the parser. */
export const breakOf = (text: string, error: unknown): string => {
  const start = text.search(/[^\s\ufeff]/)
  if (start < 0) return "it is empty"
  if (text[start] === "<") return "it begins like HTML or XML"
  const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  const position = error instanceof Error ? /\bposition (\d+)/.exec(error.message)?.[1] : undefined
  return scan(json) ??
    (position === undefined ? "its parts are in no order of JSON" : `it breaks at character ${Number(position) + 1}`)
}
