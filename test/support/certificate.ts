/**
 * A certificate that nobody vouches for, made anew by `openssl` so that no private key is kept in the repository.
 */
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** For a name such as `DNS:localhost` or `IP:127.0.0.1`. `undefined` where `openssl` is not installed. */
export const selfSigned = (name: string): Certificate | undefined => {
  const directory = mkdtempSync(join(tmpdir(), "certificate-"))
  const [key, cert] = [join(directory, "key.pem"), join(directory, "cert.pem")]
  try {
    const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=self-signed"
    execFileSync(
      "openssl",
      [...request.split(" "), "-addext", `subjectAltName=${name}`, "-keyout", key, "-out", cert],
      {
        stdio: "ignore"
      }
    )
    return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") }
  } catch {
    return undefined
  } finally {
    rmSync(directory, { recursive: true })
  }
}
