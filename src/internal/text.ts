/**
 * Texts of a server, made safe to keep and to print.
 */

// Control characters could move the cursor of a terminal, or begin a new line in a log.
// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/

// oxlint-disable-next-line no-control-regex
const controlInLines = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]+/

/** Almost no text has such a character, and to look for one is half the price of replacing all. */
const bounded = (longest: number, control: RegExp) => {
  const all = new RegExp(control, "g")
  return (text: string): string => {
    const short = text.length > longest ? `${text.slice(0, longest).toWellFormed()}...` : text
    return control.test(short) ? short.replaceAll(all, " ") : short
  }
}

/** In characters: longer texts are cut where they are printed. */
const longestLine = 1024

/** On one line of bounded length. */
export const printable = /*#__PURE__*/ bounded(longestLine, control)

/**
 * Whether {@link printable} leaves a text as it is that {@link message} has made. To look for each of four characters costs less
 * than to match the set.
 */
export const isLine = (text: string): boolean =>
  text.length <= longestLine && !text.includes("\n") && !text.includes("\t") && !text.includes("\u2028") &&
  !text.includes("\u2029")

/** A message: of bounded length, and lines and tabs are kept. The whole is in the body of the error. */
export const message = /*#__PURE__*/ bounded(4096, controlInLines)

/** A code or an id: longer than any that is documented. */
export const label = /*#__PURE__*/ bounded(256, control)

/** A code of API 3.0: the longest that is documented has 89 characters. */
export const code = /*#__PURE__*/ bounded(128, control)
