/**
 * Parses JSON without changing numbers: an integer beyond 2^53, or a number that is too large for any, becomes the text of its
 * digits.
 */

/** Values that are nested deeper are not looked at: their text is. */
const maxDepth = 100

/** Whether a parsed value can have a number that is not the one of its text. Such a number is beyond 2^53, or infinite. */
const maybeChanged = (value: unknown, depth: number): boolean => {
  if (typeof value === "number") return Math.abs(value) > Number.MAX_SAFE_INTEGER
  if (typeof value !== "object" || value === null) return false
  if (depth === maxDepth) return true
  // The engine has a fast way for each of the two loops, and none for both kinds of values in one.
  if (Array.isArray(value)) {
    for (const item of value) if (maybeChanged(item, depth + 1)) return true
    return false
  }
  for (const key in value) if (maybeChanged(value[key as keyof typeof value], depth + 1)) return true
  return false
}

const isDigit = (char: number): boolean => char >= 48 && char <= 57

const isUnsafe = (number: string): boolean => {
  const value = Number(number)
  return Number.isInteger(value) && /^-?\d+$/.test(number) ? !Number.isSafeInteger(value) : !Number.isFinite(value)
}

/** Puts quotes around the numbers of a valid JSON text that parsing would change, so that their digits are kept. */
const quoteUnsafeNumbers = (json: string): string => {
  const parts: Array<string> = []
  let copied = 0
  for (let i = 0; i < json.length; i++) {
    const char = json.charCodeAt(i)
    if (char === 34 /* " */) {
      for (i++; json.charCodeAt(i) !== 34; i++) {
        if (json.charCodeAt(i) === 92 /* \ */) i++
      }
    } else if (char === 45 /* - */ || isDigit(char)) {
      const start = i
      while (/[-+.eE\d]/.test(json.charAt(i + 1))) i++
      const number = json.slice(start, i + 1)
      if (isUnsafe(number)) {
        parts.push(json.slice(copied, start), "\"", number, "\"")
        copied = i + 1
      }
    }
  }
  return copied === 0 ? json : parts.join("") + json.slice(copied)
}

/** Throws where the text is not JSON. A byte order mark is skipped. */
export const parseJson = (text: string): unknown => {
  const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  const value: unknown = JSON.parse(json)
  return maybeChanged(value, 0) ? JSON.parse(quoteUnsafeNumbers(json)) : value
}
