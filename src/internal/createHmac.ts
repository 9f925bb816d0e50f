import * as crypto from "node:crypto"

/** That of Node. Bundlers for browsers put an empty module in the place of `node:crypto`, and say so nowhere. */
export const createHmac: typeof crypto.createHmac = (algorithm, key, options) => {
  if (typeof crypto.createHmac !== "function") {
    throw new TypeError(
      "effect-tencentcloud signs with node:crypto, which is not here: a browser, or a Worker without nodejs_compat. " +
        "Sign on a server, where the keys belong. Errors and responses can be read everywhere."
    )
  }
  return crypto.createHmac(algorithm, key, options)
}
