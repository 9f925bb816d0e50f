/**
 * Reads the ini file that the tools of the vendor share, as the package `ini` of their SDK does: `#` and `;` begin a comment, also
 * behind a value; a value may be quoted; a backslash makes `#`, `;` and itself a part of the value. Beyond that, names may be in
 * capitals and a comment may follow the name of a section.
 */
import * as Result from "effect/Result"

/** The keys of a profile as the file has them. */
export interface Profile {
  readonly secretId: string
  readonly secretKey: string
  readonly token: string | undefined
}

/** `what` of a line, such as a value, and nothing but a comment behind it. */
const withComment = (what: string): RegExp => new RegExp(`^${what}\\s*(?:[;#].*)?$`)

const header = /*#__PURE__*/ withComment(String.raw`\[([^\]]*)\]`)
const doubleQuoted = /*#__PURE__*/ withComment(String.raw`("(?:[^"\\]|\\.)*")`)
const singleQuoted = /*#__PURE__*/ withComment("'([^']*)'")
const plain = /^(?:\\.?|[^\\;#])*/

const unescape = (quoted: string): string => {
  try {
    return String(JSON.parse(quoted))
  } catch {
    return quoted.slice(1, -1)
  }
}

const valueOf = (text: string): string => {
  const double = doubleQuoted.exec(text)?.[1]
  if (double !== undefined) return unescape(double)
  const single = singleQuoted.exec(text)?.[1]
  if (single !== undefined) return single
  return (plain.exec(text)?.[0] ?? "").replaceAll(/\\([\\;#])/g, "$1").trim()
}

/** One section of a file: its values by their names in small letters, each with its line. */
interface Section {
  readonly isThere: boolean
  readonly values: ReadonlyMap<string, { readonly value: string; readonly line: number }>
  /** The last line that says nothing that can be read: in the section, or in the place of the header of one. */
  readonly unread: number | undefined
}

const sectionOf = (text: string, name: string): Section => {
  const values = new Map<string, { readonly value: string; readonly line: number }>()
  let isThere = false
  let isInside = false
  let unread: number | undefined
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const content = raw.trim()
    const line = index + 1
    if (content === "" || content.startsWith("#") || content.startsWith(";")) continue
    const separator = content.indexOf("=")
    if (content.startsWith("[")) {
      const found = header.exec(content)?.[1]
      isInside = found !== undefined && valueOf(found.trim()) === name
      isThere ||= isInside
      if (found === undefined) unread = line
    } else if (isInside && separator > 0) {
      const value = valueOf(content.slice(separator + 1).trim())
      values.set(content.slice(0, separator).trim().toLowerCase(), { value, line })
    } else if (isInside) unread = line
  }
  return { isThere, values, unread }
}

/** The keys of a profile, or why the file has none. The text goes on after the name of the file, and has no value in it. */
export const profileOf = (
  text: string,
  profile: string,
  problemOf: (value: string) => string | undefined
): Result.Result<Profile, string> => {
  // What is left of UTF-16 and other encodings.
  if (/[\0\ufffd]/.test(text)) return Result.fail("is not text in UTF-8: save it as such.")
  const { isThere, unread, values } = sectionOf(text, profile)
  const also = unread === undefined ? "" : ` Line ${unread} of it is neither "[section]" nor "name = value".`
  if (!isThere) return Result.fail(`has no section [${profile}].${also}`)
  const missing = ["secret_id", "secret_key"].filter((name) => !values.get(name)?.value)
  if (missing.length > 0) return Result.fail(`has no ${missing.join(" and ")} in the section [${profile}].${also}`)
  for (const name of ["secret_id", "secret_key", "token"]) {
    const { line, value } = values.get(name) ?? { value: "" }
    const problem = value === "" ? undefined : /["']/.test(value) ? "has a quote in it." : problemOf(value)
    if (problem !== undefined) return Result.fail(`cannot be used: ${name}, in line ${line}, ${problem}`)
  }
  return Result.succeed({
    secretId: values.get("secret_id")?.value ?? "",
    secretKey: values.get("secret_key")?.value ?? "",
    token: values.get("token")?.value || undefined
  })
}
