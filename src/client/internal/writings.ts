/**
 * Reads the bytes of a text, and of what addresses, JSON and HTML write for them, also one in the other.
 */

/** `start` and `end`: what the text has for the byte. */
type OnByte = (byte: number, start: number, end: number) => void

/** What of a text stands for one character or byte. */
interface Writing {
  /** A code point, or a byte of an address. */
  readonly value: number
  readonly isByte: boolean
  readonly end: number
}

// ---------------------------------------------------------------------------------------------------------------------
// Characters
// ---------------------------------------------------------------------------------------------------------------------

/** The alphabets of base64 are one, and `+` is a blank in a form. */
const fold = (byte: number): number => {
  if (byte === 32 /* blank */ || byte === 45 /* - */) return 43 /* + */
  return byte === 95 /* _ */ ? 47 /* / */ : byte
}

/** The bytes of a code point in UTF-8. */
const emit = (point: number, start: number, end: number, onByte: OnByte): void => {
  if (point < 0x80) return onByte(fold(point), start, end)
  for (const byte of new TextEncoder().encode(String.fromCodePoint(point))) onByte(byte, start, end)
}

const widthOf = (point: number): number => point > 0xffff ? 2 : 1

/** Every character as itself. */
export const scan = (text: string, onByte: OnByte): void => {
  for (let i = 0; i < text.length;) {
    const point = text.codePointAt(i)!
    const end = i + widthOf(point)
    emit(point, i, end, onByte)
    i = end
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Writings
// ---------------------------------------------------------------------------------------------------------------------

// Bounded, so that a text of nothing but such signs is read once.
const maxNesting = 4
const maxBackslashes = 8

const entities: ReadonlyMap<string, string> = /*#__PURE__*/ new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["quot", "\""],
  ["apos", "'"],
  ["plus", "+"],
  ["sol", "/"],
  ["equals", "="],
  ["amp", "&"]
])

const isLetterOrDigit = (point: number): boolean =>
  (point >= 48 && point <= 57) || (point >= 65 && point <= 90) || (point >= 97 && point <= 122)

/** The value of hexadecimal digits, all of them. */
const hexAt = (text: string, start: number, digits: number): number | undefined => {
  const hex = text.slice(start, start + digits)
  return hex.length === digits && /^[\da-f]+$/i.test(hex) ? Number.parseInt(hex, 16) : undefined
}

/** `%2B`, `%252B` */
const percentAt = (text: string, start: number): Writing | undefined => {
  let at = start + 1
  for (let i = 0; i < maxNesting && text.startsWith("25", at) && hexAt(text, at + 2, 2) !== undefined; i++) at += 2
  const value = hexAt(text, at, 2)
  return value === undefined ? undefined : { value, isByte: true, end: at + 2 }
}

const entityValue = (name: string): number | undefined => {
  if (name.startsWith("#")) {
    const value = name[1] === "x" || name[1] === "X" ? hexAt(name, 2, name.length - 2) : Number(name.slice(1))
    return value !== undefined && value > 0 && value <= 0x10ffff && Number.isInteger(value) ? value : undefined
  }
  return entities.get(name.toLowerCase())?.codePointAt(0)
}

/** `&lt;`, `&amp;lt;`, `&#60;`, `&#x3c;` */
const entityAt = (text: string, start: number): Writing | undefined => {
  let found: Writing | undefined
  let at = start + 1
  for (let i = 0; i <= maxNesting; i++) {
    const length = text.slice(at, at + 12).indexOf(";")
    const value = length < 1 ? undefined : entityValue(text.slice(at, at + length))
    if (value === undefined) break
    at += length + 1
    found = { value, isByte: false, end: at }
    if (value !== 38 /* & */) break
  }
  return found
}

/** `\/`, `\"`, `\u002b`, and the same with more backslashes. */
const escapeAt = (text: string, start: number): Writing => {
  let at = start + 1
  while (at < start + maxBackslashes && text[at] === "\\") at++
  const value = text[at] === "u" ? hexAt(text, at + 1, 4) : undefined
  if (value !== undefined && !isLetterOrDigit(value)) return { value, isByte: false, end: at + 5 }
  const next = at < text.length && text[at] !== "\\" ? writingAt(text, at) : undefined
  return next === undefined || isLetterOrDigit(next.value) ? { value: 92, isByte: false, end: at } : next
}

const signs: ReadonlyMap<string, (text: string, start: number) => Writing | undefined> = /*#__PURE__*/ new Map<
  string,
  (text: string, start: number) => Writing | undefined
>([["%", percentAt], ["&", entityAt], ["\\", (text, start) => escapeAt(text, start)]])

/** Letters and digits have one form. */
const writingAt = (text: string, start: number): Writing => {
  const found = signs.get(text[start]!)?.(text, start)
  if (found !== undefined && !isLetterOrDigit(found.value)) return found
  const value = text.codePointAt(start)!
  return { value, isByte: false, end: start + widthOf(value) }
}

/** Every character as what it stands for. */
export const scanDecoded = (text: string, onByte: OnByte): void => {
  for (let i = 0; i < text.length;) {
    const { end, isByte, value } = writingAt(text, i)
    if (isByte) onByte(fold(value), i, end)
    else emit(value, i, end, onByte)
    i = end
  }
}
