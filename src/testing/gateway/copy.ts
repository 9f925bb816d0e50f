const encoder = /*#__PURE__*/ new TextEncoder()
const decoder = /*#__PURE__*/ new TextDecoder()

/** A part of a text can keep all of it in memory. A copy does not. */
export const copy = (text: string): string => decoder.decode(encoder.encode(text))
