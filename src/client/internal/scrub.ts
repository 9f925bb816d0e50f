/**
 * Removes secrets from texts that a server, or a proxy before it, has written.
 *
 * The text is read once for each form, byte by byte, and each secret follows it as the algorithm of Knuth, Morris and Pratt does:
 * whatever the secret and the text are, the work grows with their lengths and no faster.
 */
import { Matcher, type Range } from "./matcher.ts"
import { scan, scanDecoded } from "./writings.ts"

/** A shorter one is no key of the API, and could be one of the words that a response is made of. */
const minSecretLength = 8

/** Of base64. It can be left out. */
const padding = /={1,2}$/

/** The text cannot have the secret, nor a part of it that is long enough. Letters and digits have one form in every writing. */
const isAbsent = (secret: string, text: string): boolean =>
  secret.length < minSecretLength ||
  (secret.slice(0, minSecretLength).match(/[A-Za-z0-9]+/g) ?? []).some((word) => !text.includes(word))

const bytesOf = (secret: string, read: typeof scan): ReadonlyArray<number> => {
  const bytes: Array<number> = []
  read(secret.replace(padding, ""), (byte) => bytes.push(byte))
  return bytes
}

/** Of a secret that is nothing but writings too little is left to tell it from another text. */
const isLong = (bytes: ReadonlyArray<number>): boolean => bytes.length >= minSecretLength - 2

const rangesOf = (text: string, read: typeof scan, secrets: ReadonlyArray<string>): ReadonlyArray<Range> => {
  // A secret can look like a writing of another text, such as one with `%2B` in it.
  const forms = read === scan ? [scan] : [scan, read]
  const matchers = secrets.flatMap((secret) =>
    forms.map((form) => bytesOf(secret, form)).filter(isLong).map((bytes) =>
      new Matcher(bytes, { minCut: minSecretLength, isPadded: padding.test(secret) })
    )
  )
  read(text, (byte, start, end) => matchers.forEach((matcher) => matcher.next(byte, start, end)))
  return matchers.flatMap((matcher) => matcher.end())
}

/**
 * The text without the secrets in it. A proxy can print the address that was asked for, and a refusal the text that was signed:
 * as it was, as a part of an address, of JSON or of HTML, in the alphabet of base64url, with `+` read as a blank, and cut at its
 * end. Of a secret that was cut to less than eight characters, those stay.
 */
export const scrub = (text: string, secrets: ReadonlyArray<string>): string => {
  const possible = secrets.filter((secret) => !isAbsent(secret, text))
  if (possible.length === 0) return text
  const ranges = [...rangesOf(text, scan, possible), ...rangesOf(text, scanDecoded, possible)]
  const parts: Array<string> = []
  let copied = 0
  for (const { end, start } of ranges.sort((a, b) => a.start - b.start)) {
    if (start >= copied) parts.push(text.slice(copied, start), "<redacted>")
    copied = Math.max(copied, end)
  }
  return parts.join("") + text.slice(copied)
}
