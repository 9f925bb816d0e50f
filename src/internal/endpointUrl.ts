/**
 * Throws a `RangeError` when an endpoint is not an address of HTTP. That is easily forgotten: `new URL("localhost:9520")` has the
 * protocol `localhost:` and no host.
 */
export const checkEndpointUrl = ({ protocol }: URL): void => {
  if (protocol === "http:" || protocol === "https:") return
  // Not the whole URL, which may have a password.
  throw new RangeError(
    `An endpoint begins with http:// or https://, but this URL has the protocol "${protocol}". ` +
      `Write it in full, such as new URL("http://localhost:9520") and not new URL("localhost:9520").`
  )
}
