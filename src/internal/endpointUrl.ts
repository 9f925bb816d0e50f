/**
 * Why a URL is no address of HTTP, if it is none. That is easily forgotten: `new URL("localhost:9520")` has the protocol
 * `localhost:` and no host.
 */
export const problemOfEndpointUrl = ({ protocol }: URL): string | undefined =>
  protocol === "http:" || protocol === "https:"
    ? undefined
    // Not the whole URL, which may have a password.
    : `An endpoint begins with http:// or https://, but this URL has the protocol "${protocol}". ` +
      `Write it in full, such as new URL("http://localhost:9520") and not new URL("localhost:9520").`

/** Throws a `RangeError` when a URL is no address of HTTP. */
export const checkEndpointUrl = (url: URL): void => {
  const problem = problemOfEndpointUrl(url)
  if (problem !== undefined) throw new RangeError(problem)
}
