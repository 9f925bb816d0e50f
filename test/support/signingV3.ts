/**
 * A signer of API 3.0, written from the published rules alone. It shares nothing with the library.
 */
import { createHash, createHmac } from "node:crypto"

const sha256 = (data: string): string => createHash("sha256").update(Buffer.from(data)).digest("hex")

const mac = (key: Buffer, data: string): Buffer => createHmac("sha256", key).update(Buffer.from(data)).digest()

export interface Tc3 {
  readonly method: string
  readonly service: string
  readonly query: string
  /** In the order in which they are signed, by lower-case names. */
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  readonly body: string
  readonly timestamp: number
  readonly secretId: string
  readonly secretKey: string
}

/** The `Authorization` header. */
export const authorizationOf = (
  { body, headers, method, query, secretId, secretKey, service, timestamp }: Tc3
): string => {
  const names = headers.map(([name]) => name).join(";")
  const lines = headers.map(([name, value]) => [name, value].join(":")).join("\n")
  const request = [method, "/", query, lines, "", names, sha256(body)].join("\n")
  const [date = ""] = new Date(timestamp * 1000).toISOString().split("T")
  const scope = [date, service, "tc3_request"].join("/")
  const text = ["TC3-HMAC-SHA256", timestamp, scope, sha256(request)].join("\n")
  const key = [date, service, "tc3_request"].reduce(mac, Buffer.from(["TC3", secretKey].join("")))
  return [
    "TC3-HMAC-SHA256 ",
    [`Credential=${secretId}/${scope}`, `SignedHeaders=${names}`, `Signature=${mac(key, text).toString("hex")}`]
      .join(", ")
  ].join("")
}
