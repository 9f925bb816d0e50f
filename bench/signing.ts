/**
 * What signing a request costs. API 2.0 against its SDK: from the parameters as an object to the encoded text with its
 * signature, of ten parameters and of a hundred. API 3.0 against the official SDK: from the bytes of a body to the
 * `Authorization` header, of a body of 200 bytes and of one of 16 kB.
 *
 *     npm run build && node bench/signing.ts [--quick]
 */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { createRequire } from "node:module"
import { compare } from "./compare.ts"
import { parameters, signing, signing3, TencentSignature } from "./library.ts"
import { atMost } from "./report.ts"

// The peer uses a deprecated part of Node. The warning would stand between the lines.
process.noDeprecation = true

const host = "cvm.api.qcloud.com"
const path = "/v2/index.php"
const secretId = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3gnPhESA"
const secretKey = "Gu5t9xGARNpq86cd98joQYCN3Cozk1qA"
const region = "ap-guangzhou"
// The peer adds this parameter of its own, and ours adds it too, so that both sign the same.
const requestClient = "SDK_NODEJS_0.2.1"

let nonce = 8214013958183741

const sign = signing.makeSigner()
const key = { secretKey: Redacted.make(secretKey), signatureMethod: "HmacSHA256" as const }

/** What the client does for one attempt: the parameters of the request and the common ones, the signature, the text. */
const ours = (request: object): string => {
  const common = [
    { name: "Action", value: "DescribeInstances" },
    { name: "Nonce", value: String(nonce++) },
    { name: "Region", value: region },
    { name: "RequestClient", value: requestClient },
    { name: "SecretId", value: secretId },
    { name: "SignatureMethod", value: "HmacSHA256" },
    { name: "Timestamp", value: String(Math.floor(Date.now() / 1000)) }
  ]
  const all = parameters.merge(common, Result.getOrThrow(parameters.flatten(request)))
  return sign(`POST${host}${path}`, all, key).form
}

/** What is used of the peer, which has no types. */
interface QcloudApi {
  generateQueryString(data: object, options: object): string
}

const Qcloud: new(defaults: object) => QcloudApi = createRequire(import.meta.url)("qcloudapi-sdk")

const client = new Qcloud({ SecretId: secretId, SecretKey: secretKey, Region: region, signatureMethod: "sha256" })
const options = { host, path, method: "POST", signatureMethod: "sha256" }

const theirs = (request: object): string =>
  client.generateQueryString({ Action: "DescribeInstances", ...request }, options)

/** Returns how many parameters both texts have. Throws if they have other ones or a wrong signature. */
const verify = (request: object): number => {
  const [one, other] = [ours(request), theirs(request)].map((text) => {
    const all = Object.fromEntries(new URLSearchParams(text))
    const expected = TencentSignature.sign({ method: "POST", host, path, parameters: all }, key)
    if (all["Signature"] !== expected) throw new Error(`a wrong signature: ${text}`)
    return Object.keys(all).filter((name) => name !== "Signature").sort()
  })
  if (one?.join() !== other?.join()) throw new Error(`other parameters: ${one?.join()}, ${other?.join()}`)
  return one?.length ?? 0
}

const requests = [
  { request: { limit: 20, offset: 0, instanceIds: ["ins-09dx96dg"] }, goal: atMost(0.65) },
  {
    request: {
      limit: 100,
      offset: 0,
      searchWord: "한국어 & more",
      instanceIds: Array.from({ length: 90 }, (_, i) => `ins-${(0x5f3a_0000 + i).toString(36)}`)
    },
    goal: undefined
  }
]

// ---------------------------------------------------------------------------------------------------------------------
// API 3.0
// ---------------------------------------------------------------------------------------------------------------------

/** What is used of the peer, which has no types for it. */
interface Sign3 {
  sign3(options: object): string
}

const { default: official }: { readonly default: Sign3 } = createRequire(import.meta.url)(
  "tencentcloud-sdk-nodejs-common/tencentcloud/common/sign.js"
)

const service = "cvm"
const host3 = `${service}.tencentcloudapi.com`
const contentType = "application/json"
const key3 = { secretId, secretKey: Redacted.make(secretKey) }
const sign3 = signing3.makeSigner(service)

const ours3 = (body: string, action?: string): string => {
  const timestamp = Math.floor(Date.now() / 1000)
  return sign3({ method: "POST", service, host: host3, query: "", contentType, body, action, timestamp }, key3)
    .authorization
}

/** Of bytes: from an object the peer would write the JSON, too. */
const theirs3 = (payload: Buffer): string =>
  official.sign3({
    method: "POST",
    url: `https://${host3}/`,
    payload,
    timestamp: Math.floor(Date.now() / 1000),
    service,
    headers: { "Content-Type": contentType },
    secretId,
    secretKey
  })

/** Throws if both sides never have the same signature, which they can miss when a second ends between them. */
const verify3 = (body: string): void => {
  const isSame = () => ours3(body) === theirs3(Buffer.from(body))
  if (!isSame() && !isSame()) throw new Error("The peer has another signature.")
}

const bodies = [{ length: 200, goal: atMost(0.06) }, { length: 16_000, goal: atMost(0.2) }].map(({ goal, length }) => {
  const body = JSON.stringify({ Text: "x".repeat(length - 11) })
  verify3(body)
  const bytes = Buffer.from(body)
  return {
    name: `sign ${body.length} bytes, API 3.0 / the official SDK`,
    // The peer does not sign the name of the action. The client does.
    ours: () => ours3(body, "DescribeInstances"),
    theirs: () => theirs3(bytes),
    goal
  }
})

console.log(compare([
  ...requests.map(({ goal, request }) => ({
    name: `sign ${verify(request)} parameters / the API 2.0 SDK`,
    ours: () => ours(request),
    theirs: () => theirs(request),
    goal
  })),
  ...bodies
]))
