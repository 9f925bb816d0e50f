/**
 * Compares secrets.
 */
import { timingSafeEqual } from "node:crypto"

const encoder = /*#__PURE__*/ new TextEncoder()

/** Takes a time that does not tell where two texts differ. Their lengths are no secret. */
export const isEqual = (a: string, b: string): boolean => {
  const left = encoder.encode(a)
  const right = encoder.encode(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
