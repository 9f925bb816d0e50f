/**
 * `node:crypto`, or a reason why it is not there: bundlers for browsers put an empty module in its place, and say so nowhere.
 */
import * as crypto from "node:crypto"

const available = (): typeof crypto => {
  if (typeof crypto.createHmac !== "function") {
    throw new TypeError(
      "effect-tencentcloud signs with node:crypto, which is not here: a browser, or a Worker without nodejs_compat. " +
        "Sign on a server, where the keys belong. Errors and responses can be read everywhere."
    )
  }
  return crypto
}

export const createHmac: typeof crypto.createHmac = (algorithm, key, options) =>
  available().createHmac(algorithm, key, options)

/** A key that is used many times: `createHmac` would make one of a text each time. */
export const secretKeyOf = (secret: string | Uint8Array): crypto.KeyObject =>
  // No `Buffer`: some Workers do not have it as a global.
  available().createSecretKey(typeof secret === "string" ? new TextEncoder().encode(secret) : secret)
