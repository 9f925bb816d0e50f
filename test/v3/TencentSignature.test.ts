import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import { createHash } from "node:crypto"
import { createRequire } from "node:module"
import { makeSigner } from "../../src/v3/internal/signing.ts"
import * as TencentSignature from "../../src/v3/TencentSignature.ts"
import vectors from "../fixtures/signing-vectors.json" with { type: "json" }

const published = vectors.tc3.filter(({ verified }) => verified)

const signable = (vector: (typeof vectors.tc3)[number]): TencentSignature.Signable => ({
  method: vector.method as "GET" | "POST",
  service: vector.service,
  host: vector.host,
  query: vector.query,
  contentType: vector.contentType,
  body: vector.payload,
  timestamp: vector.timestamp,
  ...(vector.signedHeaders.includes("x-tc-action") && vector.action !== null && { action: vector.action })
})

const keysOf = ({ secretId, secretKey }: { readonly secretId: string; readonly secretKey: string }) => ({
  secretId,
  secretKey: Redacted.make(secretKey)
})

describe("the published examples of TC3", () => {
  it.each(published)("$id has its text and its signature", (vector) => {
    const request = signable(vector)
    assert.strictEqual(TencentSignature.stringToSign(request), vector.stringToSign)
    assert.strictEqual(
      TencentSignature.authorization(request, keysOf(vector)),
      `TC3-HMAC-SHA256 Credential=${vector.secretId}/${vector.credentialScope}, ` +
        `SignedHeaders=${vector.signedHeaders}, Signature=${vector.signature}`
    )
  })

  it("are four, of both methods, with and without the name of the action", () => {
    assert.sameMembers(published.map(({ method, signedHeaders }) => `${method} ${signedHeaders}`), [
      "POST content-type;host",
      "POST content-type;host;x-tc-action",
      "POST content-type;host;x-tc-action",
      "GET content-type;host"
    ])
  })

  const hashed = published.filter(({ publishedHashedCanonicalRequest }) =>
    publishedHashedCanonicalRequest !== undefined
  )
  it.each(hashed)("$id has the canonical request whose hash is published", (vector) => {
    assert.strictEqual(
      createHash("sha256").update(TencentSignature.canonicalRequest(signable(vector))).digest("hex"),
      vector.publishedHashedCanonicalRequest
    )
  })

  const refuted = vectors.tc3.filter(({ verified }) => !verified)
  it.each(refuted)("$id is not reproduced", (vector) => {
    const authorization = TencentSignature.authorization(signable(vector), keysOf(vector))
    assert.notInclude(authorization, vector.signature)
  })
})

interface Sign3 {
  sign3(options: object): string
}

// The SDK exports no types for it.
const { default: sdk } = createRequire(import.meta.url)(
  "tencentcloud-sdk-nodejs-common/tencentcloud/common/sign.js"
) as {
  readonly default: Sign3
}

const keys = { secretId: "AKIDexample", secretKey: "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE" }

describe("the signature of the vendor's SDK", () => {
  // The last second of a day in UTC, which is another day in China, and the first of the next.
  const times = [1551113065, 1551139199, 1551139200]
  const bodies = ["{}", `{"Limit":1}`, `{"Name":"未命名 \\u0000 😀"}`, JSON.stringify({ Text: "x".repeat(20_000) })]

  it.each(times.flatMap((timestamp) => bodies.map((body) => ({ timestamp, body, length: body.length }))))(
    "is ours at $timestamp with a body of $length",
    ({ body, timestamp }) => {
      const theirs = sdk.sign3({
        method: "POST",
        url: "https://cvm.tencentcloudapi.com/",
        payload: JSON.parse(body),
        timestamp,
        service: "cvm",
        headers: { "Content-Type": "application/json" },
        ...keys
      })
      const ours = TencentSignature.authorization({
        method: "POST",
        service: "cvm",
        host: "cvm.tencentcloudapi.com",
        query: "",
        contentType: "application/json",
        body: JSON.stringify(JSON.parse(body)),
        timestamp
      }, keysOf(keys))
      assert.strictEqual(ours, theirs)
    }
  )
})

const request = (timestamp: number): TencentSignature.Signable => ({
  method: "POST",
  service: "cvm",
  host: "cvm.tencentcloudapi.com",
  query: "",
  contentType: "application/json",
  body: "{}",
  timestamp
})

const signatureOf = (signable: TencentSignature.Signable) =>
  TencentSignature.authorization(signable, keysOf(keys)).slice(-64)

describe("a signer", () => {
  it("keeps the key of a day, and never one of another day or of other credentials", () => {
    const sign = makeSigner("cvm")
    const other = { secretId: "AKIDother", secretKey: "another secret key" }
    for (
      const [timestamp, by] of [[1551139198, keys], [1551139199, keys], [1551139200, keys], [1551139200, other], [
        1551139198,
        keys
      ]] as const
    ) {
      assert.strictEqual(
        sign(request(timestamp), keysOf(by)).authorization,
        TencentSignature.authorization(request(timestamp), keysOf(by))
      )
    }
  })

  it.each<readonly [part: string, change: Partial<TencentSignature.Signable>]>([
    ["method", { method: "GET" }],
    ["service", { service: "cbs" }],
    ["host", { host: "cvm.tencentcloudapi.co" }],
    ["query", { query: "a=1" }],
    ["contentType", { contentType: "application/json; charset=utf-8" }],
    ["body", { body: "{} " }],
    ["action", { action: "RunInstances" }],
    ["timestamp", { timestamp: 1551113066 }]
  ])("has another signature for another %s", (_, change) => {
    assert.notStrictEqual(signatureOf({ ...request(1551113065), ...change }), signatureOf(request(1551113065)))
  })
})
