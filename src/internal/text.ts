/**
 * Texts of a server, made safe to keep and to print.
 */

// Control characters could move the cursor of a terminal, or begin a new line in a log.
// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g

// oxlint-disable-next-line no-control-regex
const controlInLines = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]+/g

const cut = (text: string, longest: number): string =>
  text.length > longest ? `${text.slice(0, longest).toWellFormed()}...` : text

/** On one line of bounded length. */
export const printable = (text: string): string => cut(text, 1024).replaceAll(control, " ")

/** A message: of bounded length, and lines and tabs are kept. The whole is in the body of the error. */
export const message = (text: string): string => cut(text, 4096).replaceAll(controlInLines, " ")

/** A code or an id: longer than any that is documented. */
export const label = (text: string): string => cut(text, 256).replaceAll(control, " ")

/** A code of API 3.0: the longest that is documented has 89 characters. */
export const code = (text: string): string => cut(text, 128).replaceAll(control, " ")
