/**
 * Removes secrets from texts that a server, or a proxy before it, has written.
 */

/** A shorter one is no key of the API, and could be one of the words that a response is made of. */
const minSecretLength = 8

const entities: { readonly [char: string]: string } = {
  "&": "amp",
  "<": "lt",
  ">": "gt",
  "\"": "quot",
  "'": "apos",
  "+": "plus",
  "/": "sol",
  "=": "equals"
}

/**
 * A character as itself, and as addresses, JSON and HTML write it, also one in the other. Letters and digits have one form. All
 * repetitions are bounded: without bounds a text of backslashes would be read again from each of them.
 */
const formsOf = (char: string): string => {
  if (/[A-Za-z0-9]/.test(char)) return char
  const code = char.codePointAt(0) ?? 0
  const hex = code.toString(16)
  const percents = Array.from(
    new TextEncoder().encode(char),
    (byte) => `%(?:25){0,4}${byte.toString(16).padStart(2, "0")}`
  )
  const entity = [`#0{0,6}${code}`, `#x0{0,6}${hex}`, ...entities[char] === undefined ? [] : [entities[char]]].join("|")
  return `(?:\\\\{0,8}\\u{${hex}}|${percents.join("")}|\\\\{1,8}u0{0,6}${hex}|&(?:amp;){0,4}(?:${entity});)`
}

/** What every writing of a secret has in it. */
const longestWord = (secret: string): string =>
  (secret.match(/[A-Za-z0-9]+/g) ?? []).reduce((longest, word) => word.length > longest.length ? word : longest, "")

/** A proxy can print the address that was asked for, and a refusal the text that was signed. */
export const scrub = (text: string, secrets: ReadonlyArray<string>): string => {
  let clean = text
  for (const secret of secrets) {
    if (secret.length < minSecretLength || !clean.includes(longestWord(secret))) continue
    clean = clean.replaceAll(new RegExp(Array.from(secret, formsOf).join(""), "giu"), "<redacted>")
  }
  return clean
}
