/**
 * Parses JSON without changing numbers: an integer beyond 2^53, or a number that is too large for any, becomes the text of its
 * digits.
 */

// An integer of 16 digits can be beyond 2^53. V8 skips ahead by 16 characters only where the digits are written out: a tenth
// of the time of `\d{16}`.
const longNumber = /\d\d\d\d\d\d\d\d\d\d\d\d\d\d\d\d/

/** An exponent of three digits can be beyond the range of numbers. */
const longExponent = /[eE]\+?\d{3}/

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
  return longNumber.test(json) || longExponent.test(json) ? JSON.parse(quoteUnsafeNumbers(json)) : value
}
