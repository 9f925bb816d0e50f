/**
 * The gateway over real HTTP on the loopback, asked by a small client of this test: it signs with `node:crypto` and shares
 * nothing with the library.
 */
import { NodeHttpServer } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Layer, Redacted, Result, Schema } from "effect"
import { ErrorCode, TencentResponse, TencentRetry } from "effect-tencentcloud"
import { TencentClient, TencentCredentials } from "effect-tencentcloud/client"
import { TencentGateway } from "effect-tencentcloud/testing"
import { TencentAction } from "effect-tencentcloud/v2"
import { FetchHttpClient, HttpEffect, HttpServer, type HttpServerRequest, type HttpServerResponse } from "effect/http"
import { NetAddress } from "effect/net"
import { TestClock } from "effect/testing"
import { createHmac } from "node:crypto"
import * as Http from "node:http"
import { makeNonces } from "../../src/testing/gateway/nonces.ts"

// ---------------------------------------------------------------------------------------------------------------------
// An HTTP client that sees everything
// ---------------------------------------------------------------------------------------------------------------------

interface Answer {
  /** 0 if the connection ended before the head of a response. */
  readonly status: number
  readonly headers: Http.IncomingHttpHeaders
  readonly text: string
  /** The error that ended the exchange early. */
  readonly error: string | undefined
}

interface Question {
  readonly method: string
  readonly target: string
  readonly body?: string | undefined
  readonly headers?: { readonly [name: string]: string } | undefined
  readonly agent?: Http.Agent | undefined
}

const exchange = (url: string, { agent, body, headers, method, target }: Question): Promise<Answer> =>
  new Promise((resolve) => {
    const request = Http.request(`${url}${target}`, {
      method,
      agent: agent ?? false,
      headers: { ...(body !== undefined && { "content-type": "application/x-www-form-urlencoded" }), ...headers }
    })
    // Keeps what a URL would repair.
    request.path = target
    request.on("error", (error: NodeJS.ErrnoException) => {
      resolve({ status: 0, headers: {}, text: "", error: error.code ?? error.message })
    })
    request.on("response", (response) => {
      const { headers, statusCode: status = 0 } = response
      let text = ""
      response.setEncoding("utf8")
      response.on("data", (chunk: string) => text += chunk)
      response.on("error", (error: NodeJS.ErrnoException) => {
        resolve({ status, headers, text, error: error.code ?? error.message })
      })
      response.on("end", () => resolve({ status, headers, text, error: undefined }))
    })
    request.end(body)
  })

// ---------------------------------------------------------------------------------------------------------------------
// A signer
// ---------------------------------------------------------------------------------------------------------------------

type Parameters = { readonly [name: string]: string }

const path = "/v2/index.php"

const signatureOf = (
  parameters: Parameters,
  { algorithm, host, key, method }: {
    readonly algorithm: "sha1" | "sha256"
    readonly host: string
    readonly key: string
    readonly method: string
  }
): string => {
  const sorted = Object.entries(parameters).sort(([a], [b]) => a < b ? -1 : 1)
  const text = sorted.map(([name, value]) => `${name.replaceAll("_", ".")}=${value}`).join("&")
  return createHmac(algorithm, key).update(`${method}${host}${path}?${text}`, "utf8").digest("base64")
}

const encode = (parameters: Parameters): string =>
  Object.entries(parameters).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join(
    "&"
  )

const { secretId } = TencentGateway.testCredential
const secretKey = Redacted.value(TencentGateway.testCredential.secretKey)

/** A moment for the clock of the tests, which otherwise begins in 1970. */
const noon = 1_600_000_000_000

let nonces = 10_000_000
const nextNonce = (): string => String(++nonces)

interface Options {
  readonly method?: "GET" | "POST"
  readonly algorithm?: "sha1" | "sha256"
  readonly key?: string
  /** Seconds added to the time of the test. */
  readonly late?: number
  /** Replaces parameters before the signature is made. `undefined` leaves one out. */
  readonly set?: { readonly [name: string]: string | undefined }
  /** Changes the signed parameters. */
  readonly change?: (signed: Parameters) => Parameters
  readonly host?: string
  readonly path?: string
  readonly headers?: { readonly [name: string]: string }
}

const build = (action: string, payload: Parameters, options: Options): Question & { readonly encoded: string } => {
  const { algorithm = "sha256", host = "127.0.0.1", key = secretKey, late = 0, method = "POST" } = options
  const parameters: { [name: string]: string } = {
    Action: action,
    Region: "ap-guangzhou",
    Timestamp: String(noon / 1000 + late),
    Nonce: nextNonce(),
    SecretId: secretId,
    ...(algorithm === "sha256" && { SignatureMethod: "HmacSHA256" }),
    ...payload
  }
  for (const [name, value] of Object.entries(options.set ?? {})) {
    if (value === undefined) delete parameters[name]
    else parameters[name] = value
  }
  const signed = { ...parameters, Signature: signatureOf(parameters, { algorithm, host, key, method }) }
  const encoded = encode(options.change?.(signed) ?? signed)
  return {
    method,
    encoded,
    target: method === "GET" ? `${options.path ?? path}?${encoded}` : options.path ?? path,
    body: method === "GET" ? undefined : encoded,
    headers: { ...(options.host !== undefined && { host: `${options.host}:80` }), ...options.headers }
  }
}

const ask = (question: Question) =>
  Effect.flatMap(TencentGateway.TencentGateway, ({ url }) => Effect.promise(() => exchange(url, question)))

const send = (action: string, payload: Parameters = {}, options: Options = {}) =>
  Effect.suspend(() => ask(build(action, payload, options)))

const decode = TencentResponse.decodeText(Schema.Record(Schema.String, Schema.Unknown))

/** What our decoder makes of a response. */
const read = (answer: Answer) => Effect.result(decode(answer.text))

const call = (action: string, payload: Parameters = {}, options: Options = {}) =>
  Effect.flatMap(send(action, payload, options), read)

/** The code of a response, 0 for a success. */
const codeOf = (action: string, payload: Parameters = {}, options: Options = {}) =>
  Effect.map(call(action, payload, options), (result) => Result.isSuccess(result) ? 0 : result.failure.code)

const order = { instanceType: "S1.SMALL1", imageId: "img-1", zone: "ap-guangzhou-3" }

const serve = (options?: TencentGateway.Options, server = Http.createServer()) =>
  TencentGateway.layer(options).pipe(
    Layer.provide(NodeHttpServer.layerServer(() => server, { host: "127.0.0.1", port: 0 }))
  )

/** Runs a test at noon, against a gateway on the clock of the test. */
const against =
  (options?: TencentGateway.Options, server?: Http.Server) =>
  <A, E>(test: Effect.Effect<A, E, TencentGateway.TencentGateway>) =>
    Effect.andThen(TestClock.setTime(noon), Effect.provide(test, serve(options, server)))

const gateway = TencentGateway.TencentGateway

/** A moment of real time, for what happens on the other side of the network. */
const until = (condition: Effect.Effect<boolean, never, TencentGateway.TencentGateway>) =>
  Effect.gen(function*() {
    for (let tries = 0; tries < 500; tries++) {
      if (yield* condition) return
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 5)))
    }
    assert.fail("it did not happen")
  })

/** A server that knows how many connections it has. */
const watched = () => {
  const server = Http.createServer()
  let open = 0
  server.on("connection", (socket) => {
    open++
    socket.on("close", () => open--)
  })
  return { server, connections: () => open }
}

/** Asks, and gives the way to hang up without a response. */
const dial = ({ body, headers, method, target }: Question) =>
  Effect.map(gateway, ({ url }) => {
    const request = Http.request(`${url}${target}`, {
      method,
      agent: false,
      headers: { ...(body !== undefined && { "content-length": String(body.length) }), ...headers }
    })
    request.on("error", () => {})
    if (body === undefined) request.end()
    // Not ended: the body of a test can be shorter than it says.
    else request.write(body)
    return () => void request.destroy()
  })

// ---------------------------------------------------------------------------------------------------------------------
// All codes
// ---------------------------------------------------------------------------------------------------------------------

const without = (parameters: Parameters, name: string): Parameters =>
  Object.fromEntries(Object.entries(parameters).filter(([key]) => key !== name))

interface Scenario {
  readonly code: number
  readonly name: string
  readonly options?: TencentGateway.Options
  readonly run: Effect.Effect<Answer, never, TencentGateway.TencentGateway>
}

const { testCredential } = TencentGateway

const withCredential = (fields: Partial<TencentGateway.Credential>): TencentGateway.Options => ({
  credentials: [{ ...testCredential, ...fields }]
})

const token = Redacted.make("a-token")

const scenarios: ReadonlyArray<Scenario> = [
  { code: 4000, name: "no nonce", run: send("DescribeInstances", {}, { set: { Nonce: undefined } }) },
  { code: 4000, name: "a nonce that is no integer", run: send("DescribeInstances", {}, { set: { Nonce: "1.5" } }) },
  { code: 4000, name: "a nonce of zero", run: send("DescribeInstances", {}, { set: { Nonce: "0" } }) },
  { code: 4000, name: "a nonce with zeros in front", run: send("DescribeInstances", {}, { set: { Nonce: "07" } }) },
  {
    code: 4000,
    name: "a timestamp that is no time",
    run: send("DescribeInstances", {}, { set: { Timestamp: "now" } })
  },
  { code: 4000, name: "no region", run: send("DescribeInstances", {}, { set: { Region: undefined } }) },
  { code: 4000, name: "an unknown region", run: send("DescribeInstances", {}, { set: { Region: "moon" } }) },
  {
    code: 4000,
    name: "no signature",
    run: send("DescribeInstances", {}, { change: (signed) => without(signed, "Signature") })
  },
  { code: 4000, name: "a payload that is wrong", run: send("DescribeInstances", { limit: "1000" }) },
  { code: 4000, name: "an id that is none", run: send("StopInstances", { "instanceIds.0": "../etc" }) },
  { code: 4000, name: "a batch of nothing", run: send("StopInstances") },
  { code: 4100, name: "another key", run: send("DescribeInstances", {}, { key: "another" }) },
  {
    code: 4100,
    name: "a parameter that was not signed",
    run: send("DescribeInstances", {}, { change: (signed) => ({ ...signed, limit: "1" }) })
  },
  {
    code: 4101,
    name: "an action that a sub-account may not call",
    options: withCredential({ denied: { actions: ["RunInstances"] } }),
    run: send("RunInstances", order)
  },
  {
    code: 4102,
    name: "a resource that a sub-account may not use",
    options: withCredential({ denied: { resources: ["ins-00000001"] } }),
    run: send("DescribeInstances", { "instanceIds.0": "ins-00000001" })
  },
  {
    code: 4103,
    name: "a resource that a sub-account may not use with this action",
    options: withCredential({ denied: { resourcesByAction: { StopInstances: ["ins-00000001"] } } }),
    run: send("StopInstances", { "instanceIds.0": "ins-00000001" })
  },
  { code: 4104, name: "an unknown id", run: send("DescribeInstances", {}, { set: { SecretId: "AKIDnobody" } }) },
  {
    code: 4104,
    name: "an id with the name of an inherited property",
    run: send("DescribeInstances", {}, { set: { SecretId: "constructor" } })
  },
  {
    code: 4104,
    name: "a disabled id",
    run: Effect.andThen(gateway.use((g) => g.disableSecret(secretId)), send("DescribeInstances"))
  },
  { code: 4105, name: "no token", options: withCredential({ token }), run: send("DescribeInstances") },
  {
    code: 4105,
    name: "another token",
    options: withCredential({ token }),
    run: send("DescribeInstances", {}, { set: { Token: "b-token" } })
  },
  {
    code: 4105,
    name: "an expired token",
    options: withCredential({ token, tokenExpiresAt: noon }),
    run: send("DescribeInstances", {}, { set: { Token: "a-token" } })
  },
  { code: 4105, name: "a token too many", run: send("DescribeInstances", {}, { set: { Token: "a-token" } }) },
  {
    code: 4106,
    name: "a second factor",
    options: withCredential({ mfaRequired: true }),
    run: send("DescribeInstances")
  },
  { code: 4110, name: "CAM says no", options: withCredential({ camRefused: true }), run: send("DescribeInstances") },
  { code: 4300, name: "a blocked account", options: withCredential({ blocked: true }), run: send("DescribeInstances") },
  {
    code: 4400,
    name: "the third request in a second",
    options: { quota: 2 },
    run: Effect.andThen(Effect.all([send("DescribeZones"), send("DescribeZones")]), send("DescribeZones"))
  },
  { code: 4500, name: "a timestamp of long ago", run: send("DescribeInstances", {}, { late: -301 }) },
  {
    code: 4500,
    name: "a nonce that was used",
    run: Effect.andThen(
      send("DescribeInstances", {}, { set: { Nonce: "7" } }),
      send("DescribeZones", {}, { set: { Nonce: "7" } })
    )
  },
  { code: 4600, name: "HTTP where HTTPS is required", options: { requireHttps: true }, run: send("DescribeInstances") },
  {
    code: 4600,
    name: "HTTP behind a proxy",
    run: send("DescribeInstances", {}, { headers: { "x-forwarded-proto": "http" } })
  },
  {
    code: 5000,
    name: "a machine that does not exist",
    run: send("StopInstances", { "instanceIds.0": "ins-00000009" })
  },
  {
    code: 5000,
    name: "a machine that was returned",
    run: Effect.andThen(
      send("TerminateInstances", { "instanceIds.0": "ins-00000001" }),
      send("StartInstances", { "instanceIds.0": "ins-00000001" })
    )
  },
  {
    code: 5000,
    name: "a machine of another region",
    run: send("StopInstances", { "instanceIds.0": "ins-00000001" }, { set: { Region: "bj" } })
  },
  {
    code: 5100,
    name: "a machine in the wrong state",
    run: send("StartInstances", { "instanceIds.0": "ins-00000001" })
  },
  {
    code: 5100,
    name: "a batch that fails as a whole",
    run: send("StartInstances", { "instanceIds.0": "ins-00000001", "instanceIds.1": "ins-00000009" })
  },
  {
    code: 5200,
    name: "out of stock",
    run: Effect.andThen(gateway.use((g) => g.setStock(0, "S1.SMALL1")), send("RunInstances", order))
  },
  { code: 5200, name: "a type that is not sold", run: send("RunInstances", { ...order, instanceType: "X9.HUGE" }) },
  {
    code: 5200,
    name: "a type with the name of an inherited property",
    options: { instanceTypes: {} },
    run: send("RunInstances", { ...order, instanceType: "S1.SMALL1" })
  },
  { code: 5300, name: "no money", options: { balance: 1999 }, run: send("RunInstances", order) },
  {
    code: 5400,
    name: "a batch that fails in part",
    run: send("StopInstances", { "instanceIds.0": "ins-00000001", "instanceIds.1": "ins-00000002" })
  },
  {
    code: 5500,
    name: "nobody knows who this is",
    options: { identityVerified: false },
    run: send("RunInstances", order)
  },
  {
    code: 6000,
    name: "an injected fault",
    options: { injectedFaults: [{ response: TencentGateway.apiError(6000) }] },
    run: send("DescribeInstances")
  },
  { code: 6100, name: "an unknown action", run: send("DescribeEverything") },
  { code: 6100, name: "an action with the name of an inherited property", run: send("__proto__") },
  { code: 6100, name: "an unknown path", run: send("DescribeInstances", {}, { path: "/v3/index.php" }) },
  { code: 6100, name: "another module", run: send("DescribeInstances", {}, { host: "cdb.api.qcloud.com" }) },
  { code: 6200, name: "maintenance", options: { maintenance: ["RunInstances"] }, run: send("RunInstances", order) }
]

const messageOf = (action: string, payload: Parameters = {}) =>
  Effect.map(call(action, payload), (result) => Result.isFailure(result) ? result.failure.message : "")

describe("every code comes out of what a client does", () => {
  it("is in the table", () => {
    const reached = [...new Set(scenarios.map(({ code }) => code))].sort((a, b) => a - b)
    assert.deepStrictEqual<ReadonlyArray<number>>(reached, ErrorCode.catalogue.map(({ code }) => code))
  })

  it.effect.each(scenarios)("$code: $name", ({ code, options, run }) =>
    Effect.gen(function*() {
      const answer = yield* run
      assert.strictEqual(answer.status, 200)
      const result = yield* read(answer)
      assert.isTrue(Result.isFailure(result))
      if (Result.isSuccess(result)) return
      const { failure } = result
      const row = ErrorCode.catalogue.find((row) => row.code === code)
      assert.strictEqual(failure._tag, row?.tag)
      assert.strictEqual(failure.code, code)
      assert.isAbove(failure.message.length, 0)
      assert.isTrue("codeDesc" in failure && failure.codeDesc !== undefined)
      const requests = yield* gateway.use((g) => g.requests)
      assert.strictEqual(requests.at(-1)?.code, code)
    }).pipe(against(options)))

  it.effect("with the words that documents print", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      yield* g.setQuota(0)
      assert.strictEqual(
        yield* messageOf("DescribeZones"),
        "Your current request times equals to `1` in a second, which exceeds the frequency limit `0` for a second"
      )
      yield* g.setQuota(20)
      yield* g.deny(secretId, { resources: ["ins-00000001", "ins-00000009"] })
      const denied = yield* messageOf("StopInstances", {
        "instanceIds.1": "ins-00000002",
        "instanceIds.2": "ins-00000009",
        "instanceIds.10": "ins-00000001"
      })
      assert.include(denied, "ins-00000009, ins-00000001")
      assert.notInclude(denied, "ins-00000002")
      yield* g.setCredential({ ...testCredential, mfaRequired: true })
      assert.strictEqual(yield* messageOf("DescribeZones"), "(60006)MFA Invalid")
      yield* g.setCredential(testCredential)
      yield* g.setBalance(0)
      assert.match(yield* messageOf("RunInstances", order), /^\(100207\)/)
      assert.match(yield* messageOf("DescribeEverything"), /check the domain/)
    }).pipe(against()))

  it.effect("the first check that fails decides", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      // From the last check to the first: each new obstacle stands before those that are there.
      const everything: Options = { key: "another", late: -400, set: { Token: "b-token" } }
      const right: Options = { set: { Token: "a-token" } }
      const expect = (code: number, options: Options, action = "RunInstances") =>
        Effect.map(codeOf(action, order, options), (found) => assert.strictEqual(found, code))
      yield* g.setBalance(0)
      yield* g.setCredential({ ...testCredential, token })
      yield* expect(5300, right)
      yield* g.setMaintenance("RunInstances", true)
      yield* expect(6200, right)
      const denied = { resourcesByAction: { RunInstances: ["img-1"] } }
      yield* g.deny(secretId, denied)
      yield* expect(4103, right)
      yield* g.deny(secretId, { ...denied, resources: ["img-1"] })
      yield* expect(4102, right)
      yield* g.deny(secretId, { ...denied, resources: ["img-1"], actions: ["RunInstances"] })
      yield* expect(4101, right)
      yield* g.setCredential({ ...testCredential, token, denied, camRefused: true })
      yield* expect(4110, right)
      yield* g.setQuota(0)
      yield* expect(4400, right)
      yield* g.setCredential({ ...testCredential, token, denied, camRefused: true, blocked: true })
      yield* expect(4300, right)
      yield* expect(4500, { ...right, late: -400 })
      yield* expect(4100, { ...right, late: -400, key: "another" })
      yield* g.setCredential({ ...testCredential, token, mfaRequired: true })
      yield* expect(4106, { ...right, late: -400, key: "another" })
      yield* expect(4105, everything)
      yield* g.disableSecret(secretId)
      yield* expect(4104, everything)
      yield* expect(4000, { ...everything, set: { Nonce: undefined } })
      yield* expect(6100, { ...everything, set: { Nonce: undefined } }, "DescribeEverything")
      yield* g.setRequireHttps(true)
      yield* expect(4600, everything, "DescribeEverything")
      yield* expect(4104, { ...everything, headers: { "x-forwarded-proto": "https" } })
    }).pipe(against()))
})

// ---------------------------------------------------------------------------------------------------------------------
// Signatures
// ---------------------------------------------------------------------------------------------------------------------

const methods = (["GET", "POST"] as const).flatMap((method) =>
  (["sha1", "sha256"] as const).map((algorithm) => ({ method, algorithm }))
)

const awkward = {
  instanceName: "a b+c&d=e%20é機😀'()*!~",
  "filters.0.name": "x_y",
  "empty": "",
  "Zeta": "upper before lower"
}

const named = (SignatureMethod: string, algorithm: "sha1" | "sha256") =>
  codeOf("DescribeInstances", {}, { algorithm, set: { SignatureMethod } })

/** The parameters of a query as a server reads them, whatever the spelling. */
const meaning = (text: string) => {
  const all = new Map<string, string>(new URLSearchParams(text))
  all.delete("Signature")
  return [...all].map(([name, value]) => [name.replaceAll("_", "."), value].join("=")).sort().join("\n")
}

describe("a signature", () => {
  it.effect.each(methods)("$method $algorithm is accepted", ({ algorithm, method }) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* codeOf("DescribeInstances", awkward, { method, algorithm }), 0)
      assert.strictEqual(
        yield* codeOf("DescribeInstances", awkward, { method, algorithm, host: "cvm.api.qcloud.com" }),
        0
      )
      const [request] = yield* gateway.use((g) => g.requests)
      for (const [name, value] of Object.entries(awkward)) assert.strictEqual(request?.parameters[name], value)
    }).pipe(against()))

  it.effect("is made with HMAC-SHA1 unless the method is exactly HmacSHA256", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* named("HmacSHA1", "sha1"), 0)
      assert.strictEqual(yield* named("hmacsha256", "sha1"), 0)
      assert.strictEqual(yield* named("hmacsha256", "sha256"), 4100)
      assert.strictEqual(yield* named("HmacSHA256", "sha1"), 4100)
    }).pipe(against()))

  it.effect("covers the query of a GET, and the body of a POST", () =>
    Effect.gen(function*() {
      const post = build("DescribeInstances", {}, {})
      const ignored = yield* ask({ ...post, target: `${post.target}?Action=RunInstances&Nonce=1` })
      assert.isTrue(Result.isSuccess(yield* read(ignored)))
      const get = build("DescribeInstances", {}, { method: "GET" })
      assert.isTrue(Result.isSuccess(yield* read(yield* ask({ ...get, body: "Action=RunInstances" }))))
      const moved = build("DescribeInstances", {}, {})
      assert.include((yield* ask({ ...moved, target: `${path}?${moved.body}`, body: "" })).text, "4000")
    }).pipe(against()))

  it.effect("may leave out the values of a POST that begin with @", () =>
    Effect.gen(function*() {
      const upload = { "file": "@/tmp/x", "limit": "1" }
      const asSigned = (method: "GET" | "POST") =>
        codeOf("DescribeInstances", { limit: "1" }, { method, change: (signed) => ({ ...signed, ...upload }) })
      assert.strictEqual(yield* asSigned("POST"), 0)
      assert.strictEqual(yield* asSigned("GET"), 4100)
      assert.strictEqual(yield* codeOf("DescribeInstances", upload), 0)
    }).pipe(against()))

  it.effect("reads an underscore in a name as a dot", () =>
    Effect.gen(function*() {
      const result = yield* call("DescribeInstances", { "instanceIds_0": "ins-00000002" })
      assert.isTrue(Result.isSuccess(result) && result.success["totalCount"] === 1)
      assert.strictEqual(
        yield* codeOf("DescribeInstances", { "instanceIds_0": "ins-1", "instanceIds.0": "ins-1" }),
        4000
      )
    }).pipe(against()))

  it.effect.each(methods)(
    "$method $algorithm: no byte can be changed",
    ({ algorithm, method }) =>
      Effect.gen(function*() {
        const { url } = yield* gateway
        const agent = new Http.Agent({ keepAlive: true, maxSockets: 4 })
        const payload = { "instanceIds.0": "ins-00000001", note: "a b&c/d" }
        const length = build("DescribeInstances", payload, { method, algorithm }).encoded.length
        // The last bit, the case of a letter, and the characters that a form is made of.
        const replacements = [
          (byte: number) => byte ^ 1,
          (byte: number) => byte ^ 0x20,
          () => 0x26,
          () => 0x3d,
          () => 0x25,
          () => 0x2b
        ]
        const changes = Array.from({ length }, (_, index) => replacements.map((replace) => ({ index, replace }))).flat()
        const problems: Array<string> = []
        const accepted: Array<string> = []
        yield* Effect.forEach(changes, ({ index, replace }) =>
          Effect.gen(function*() {
            // Freshly signed each time, or the nonce alone would be a reason to refuse it.
            const question = build("DescribeInstances", payload, { method, algorithm })
            const changed = [...question.encoded].map((char, at) =>
              at === index ? String.fromCharCode(replace(char.charCodeAt(0))) : char
            ).join("")
            // The client of Node sends no such target.
            if (changed === question.encoded || (method === "GET" && /[^!-~]/.test(changed))) return
            const answer = yield* Effect.promise(() =>
              exchange(url, {
                ...question,
                agent,
                target: method === "GET" ? `${path}?${changed}` : path,
                body: method === "GET" ? undefined : changed
              })
            )
            const result = yield* read(answer)
            if (Result.isFailure(result)) return
            accepted.push(changed)
            if (meaning(changed) !== meaning(question.encoded)) problems.push(changed)
          }), { concurrency: 4 })
        agent.destroy()
        assert.deepStrictEqual(problems, [])
        // What may be changed is the case of the digits that encode a byte.
        assert.isAbove(accepted.length, 0)
        assert.isBelow(accepted.length, changes.length / 50)
      }).pipe(against({ quota: Infinity })),
    60_000
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// Time
// ---------------------------------------------------------------------------------------------------------------------

const dateOf = (answer: Answer) => Date.parse(answer.headers.date ?? "") - noon

const withNonce42 = (options: Options = {}) =>
  codeOf("DescribeZones", {}, { ...options, set: { Nonce: "42", ...options.set } })

describe("time", () => {
  it.effect("a timestamp may be 300 seconds away, in both directions", () =>
    Effect.gen(function*() {
      const codes = yield* Effect.forEach([-301, -300, 0, 300, 301], (late) => codeOf("DescribeZones", {}, { late }))
      assert.deepStrictEqual(codes, [4500, 0, 0, 0, 4500])
    }).pipe(against()))

  it.effect("the gateway's clock can be another one, and every response has it as its date", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      const early = yield* send("DescribeZones")
      assert.strictEqual(Result.isFailure(yield* read(early)), true)
      assert.strictEqual(dateOf(early), 600_000)
      assert.strictEqual(yield* codeOf("DescribeZones", {}, { late: 600 }), 0)
      yield* g.setClockSkew("-301 seconds")
      const late = yield* send("DescribeZones")
      assert.include(late.text, "4500")
      assert.strictEqual(dateOf(late), -301_000)
      for (
        const response of [
          TencentGateway.httpStatus(502),
          TencentGateway.truncatedBody,
          TencentGateway.emptyBody,
          TencentGateway.oversizedBody(1)
        ]
      ) {
        yield* g.injectFault({ at: "arrival", response })
        assert.strictEqual(dateOf(yield* send("DescribeZones")), -301_000)
      }
      yield* g.reset
      assert.strictEqual(dateOf(yield* send("DescribeZones")), 600_000)
    }).pipe(against({ clockSkew: "10 minutes" })))

  it.effect("a nonce is used once within five minutes, for each secret id", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      assert.strictEqual(yield* withNonce42(), 0)
      assert.strictEqual(yield* withNonce42(), 4500)
      assert.strictEqual(yield* withNonce42({ late: 1 }), 4500)
      yield* g.setCredential({ secretId: "AKIDother", secretKey: Redacted.make("other") })
      assert.strictEqual(yield* withNonce42({ key: "other", set: { SecretId: "AKIDother" } }), 0)
      yield* TestClock.adjust("300 seconds")
      assert.strictEqual(yield* withNonce42({ late: 300 }), 4500)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* withNonce42({ late: 301 }), 0)
    }).pipe(against()))

  it.effect("a refused request uses its nonce up only if it was signed", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* withNonce42({ key: "another" }), 4100)
      assert.strictEqual(yield* withNonce42({ late: 301 }), 4500)
      assert.strictEqual(yield* withNonce42({}), 4400)
      yield* gateway.use((g) => g.setQuota(20))
      assert.strictEqual(yield* withNonce42({}), 4500)
    }).pipe(against({ quota: 0 })))

  it.effect("the same request twice at once is accepted once", () =>
    Effect.gen(function*() {
      const question = build("RunInstances", order, {})
      const results = yield* Effect.forEach([1, 2, 3, 4], () => Effect.flatMap(ask(question), read), {
        concurrency: "unbounded"
      })
      assert.lengthOf(results.filter(Result.isSuccess), 1)
      assert.strictEqual(yield* gateway.use((g) => g.executions("RunInstances")), 1)
    }).pipe(against()))

  it("nonces outside the window are forgotten", () => {
    const guard = makeNonces()
    for (let second = 0; second < 10_000; second++) {
      assert.isTrue(guard.use("id", String(second), second, second))
      assert.isAtMost(guard.size(), 602)
    }
    assert.isFalse(guard.use("id", "9999", 9999, 9999))
    // One that was stamped in the future can be replayed until its own window ends.
    assert.isTrue(guard.use("id", "x", 10_300, 10_000))
    assert.isFalse(guard.use("id", "x", 10_300, 10_600))
    assert.isTrue(guard.use("id", "x", 10_601, 10_601))
  })

  it.effect("the quota counts per action and secret id, in whole seconds", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      const at = (action: string, late: number) => codeOf(action, {}, { late })
      assert.deepStrictEqual(yield* Effect.forEach([0, 0, 0], () => at("DescribeZones", 0)), [0, 0, 4400])
      assert.strictEqual(yield* at("DescribeRegions", 0), 0)
      yield* g.setCredential({ secretId: "AKIDother", secretKey: Redacted.make("other") })
      assert.strictEqual(yield* codeOf("DescribeZones", {}, { key: "other", set: { SecretId: "AKIDother" } }), 0)
      yield* TestClock.adjust("999 millis")
      assert.strictEqual(yield* at("DescribeZones", 0), 4400)
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(yield* Effect.forEach([0, 0, 0], () => at("DescribeZones", 1)), [0, 0, 4400])
    }).pipe(against({ quota: 2 })))

  it.effect("20 requests per second by default", () =>
    Effect.gen(function*() {
      const codes = yield* Effect.forEach(Array.from({ length: 21 }), () => codeOf("DescribeZones"))
      assert.deepStrictEqual(codes, [...Array.from({ length: 20 }, () => 0), 4400])
    }).pipe(against()))
})

// ---------------------------------------------------------------------------------------------------------------------
// cvm
// ---------------------------------------------------------------------------------------------------------------------

const succeed = (action: string, payload: Parameters = {}, options: Options = {}) =>
  Effect.map(call(action, payload, options), (result) => {
    if (Result.isFailure(result)) throw result.failure
    return result.success
  })

const idsOf = (payload: Parameters, options: Options = {}) =>
  Effect.map(succeed("DescribeInstances", payload, options), ({ instanceSet, totalCount }) => ({
    totalCount,
    ids: (instanceSet as ReadonlyArray<TencentGateway.Instance>).map(({ instanceId }) => instanceId)
  }))

const stop = (ids: ReadonlyArray<string>) =>
  codeOf("StopInstances", Object.fromEntries(ids.map((id, index) => [`instanceIds.${index}`, id])))

describe("cvm", () => {
  it.effect("lists machines by page, by id and by region", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* idsOf({}), { totalCount: 3, ids: ["ins-a", "ins-b", "ins-c"] })
      assert.deepStrictEqual(yield* idsOf({ limit: "1", offset: "1" }), { totalCount: 3, ids: ["ins-b"] })
      assert.deepStrictEqual(yield* idsOf({ offset: "3" }), { totalCount: 3, ids: [] })
      assert.deepStrictEqual(yield* idsOf({ "instanceIds.1": "ins-c", "instanceIds.2": "ins-x" }), {
        totalCount: 1,
        ids: ["ins-c"]
      })
      assert.deepStrictEqual(yield* idsOf({}, { set: { Region: "sh" } }), { totalCount: 1, ids: ["ins-d"] })
      assert.deepStrictEqual(yield* idsOf({}, { set: { Region: "ap-shanghai" } }), { totalCount: 1, ids: ["ins-d"] })
    }).pipe(against({
      instances: [
        { instanceId: "ins-a" },
        { instanceId: "ins-b" },
        { instanceId: "ins-c" },
        { instanceId: "ins-d", zone: "ap-shanghai-1" }
      ]
    })))

  it.effect("has reads without a state", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* succeed("DescribeZones"))["totalCount"], 3)
      const regions = yield* succeed("DescribeRegions", {}, { set: { Region: undefined } })
      assert.isAbove(Number(regions["totalCount"]), 10)
      assert.deepStrictEqual((yield* succeed("InquiryPriceRunInstances", { ...order, instanceCount: "3" }))["price"], {
        unitPrice: 2000,
        totalPrice: 6000,
        currency: "CNY"
      })
      assert.strictEqual(yield* gateway.use((g) => g.executions()), 0)
    }).pipe(against()))

  it.effect("sells, starts, stops and takes back", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      const bought = yield* succeed("RunInstances", { ...order, instanceCount: "2", instanceName: "mine" })
      assert.match(String(bought["dealId"]), /^\d+$/)
      const ids = bought["instanceIds"] as ReadonlyArray<string>
      assert.lengthOf(new Set(ids), 2)
      assert.strictEqual(yield* g.balance, 96_000)
      const both = { "instanceIds.0": ids[0]!, "instanceIds.1": ids[1]! }
      const statuses = Effect.map(g.instances, (all) =>
        all.filter(({ instanceId }) => ids.includes(instanceId)).map(({ status }) => status))
      assert.deepStrictEqual(yield* statuses, ["RUNNING", "RUNNING"])
      const stopped = yield* succeed("StopInstances", both)
      assert.deepStrictEqual(Object.keys(stopped["detail"] as object), ids)
      assert.deepStrictEqual(yield* statuses, ["STOPPED", "STOPPED"])
      assert.strictEqual(yield* codeOf("RestartInstances", both), 5100)
      yield* succeed("StartInstances", both)
      yield* succeed("RestartInstances", both)
      assert.deepStrictEqual(yield* statuses, ["RUNNING", "RUNNING"])
      yield* g.setStock(0)
      yield* succeed("TerminateInstances", both)
      assert.deepStrictEqual(yield* statuses, [])
      // What was returned can be bought again.
      assert.deepStrictEqual(
        yield* Effect.forEach([1, 2, 3], () =>
          codeOf("RunInstances", order)),
        [0, 0, 5200]
      )
      assert.strictEqual(yield* g.executions("RunInstances"), 3)
      assert.strictEqual(yield* g.executions("StopInstances"), 1)
      assert.strictEqual(yield* g.executions("RestartInstances"), 1)
      assert.strictEqual(yield* g.executions(), 7)
    }).pipe(against()))

  it.effect("tells the items of a batch apart", () =>
    Effect.gen(function*() {
      const answer = yield* send("StopInstances", {
        "instanceIds.0": "ins-00000001",
        "instanceIds.1": "ins-00000002",
        "instanceIds.2": "ins-00000003"
      })
      const result = yield* read(answer)
      assert.isTrue(Result.isFailure(result) && result.failure._tag === "PartialSuccess")
      if (Result.isSuccess(result)) return
      const batch = TencentResponse.partial(Schema.Struct({ requestId: Schema.String }))(result.failure)
      assert.deepStrictEqual(batch.succeeded.map(({ id }) => id), ["ins-00000001"])
      assert.deepStrictEqual(batch.failed.map(({ error, id }) => [id, error._tag]), [
        ["ins-00000002", "ResourceOperationFailed"],
        ["ins-00000003", "ResourceNotFound"]
      ])
      const [request] = yield* gateway.use((g) => g.requests)
      assert.deepInclude(request, { code: 5400, executed: true })
    }).pipe(against()))

  it.effect("never sells more than it has, to however many at once", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      yield* g.setStock(10, "S1.SMALL1")
      const codes = yield* Effect.forEach(Array.from({ length: 40 }), () => codeOf("RunInstances", order), {
        concurrency: "unbounded"
      })
      assert.lengthOf(codes.filter((code) => code === 0), 10)
      assert.lengthOf(codes.filter((code) => code === 5200), 30)
      assert.strictEqual(yield* g.executions("RunInstances"), 10)
      assert.strictEqual(yield* g.balance, 80_000)
      assert.lengthOf(new Set((yield* g.instances).map(({ instanceId }) => instanceId)), 12)
    }).pipe(against({ quota: 100 })))

  it.effect.each([
    { ...order, zone: "ap-shanghai-1" },
    { ...order, zone: "" },
    { ...order, imageId: "../img" },
    { ...order, instanceType: "s1" },
    { ...order, instanceCount: "0" },
    { ...order, instanceCount: "101" },
    { ...order, instanceCount: "1e1" },
    { ...order, instanceCount: "-1" }
  ])("refuses a purchase that is not well formed: %o", (payload) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* codeOf("RunInstances", payload), 4000)
      assert.strictEqual(yield* gateway.use((g) => g.executions()), 0)
    }).pipe(against()))

  it.effect("refuses an id that is given twice, and a batch that is too long", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* stop(["ins-00000001", "ins-00000001"]), 4000)
      assert.strictEqual(yield* stop(Array.from({ length: 101 }, (_, index) => `ins-${index}`)), 4000)
      assert.strictEqual(yield* stop(Array.from({ length: 100 }, (_, index) => `ins-${index}`)), 5100)
    }).pipe(against()))
})

// ---------------------------------------------------------------------------------------------------------------------
// Faults
// ---------------------------------------------------------------------------------------------------------------------

const meets = (fault: TencentGateway.InjectedFault) =>
  Effect.gen(function*() {
    const g = yield* gateway
    yield* g.injectFault(fault)
    const answer = yield* send("RunInstances", order)
    const request = (yield* g.requests).at(-1)
    return { answer, request, executions: yield* g.executions() }
  })

describe("a fault", () => {
  it.effect("is a code of the API, in three forms", () =>
    Effect.gen(function*() {
      for (const { code, tag } of ErrorCode.catalogue) {
        for (const form of ["number", "string"] as const) {
          const { answer } = yield* meets({ response: TencentGateway.apiError(code, { form }) })
          assert.strictEqual(JSON.parse(answer.text).code, form === "number" ? code : String(code))
          const result = yield* read(answer)
          assert.strictEqual(Result.isFailure(result) && result.failure._tag, tag)
        }
      }
      const form = "transitional"
      const { answer, request } = yield* meets({ response: TencentGateway.apiError(4500, { form, message: "again" }) })
      assert.deepStrictEqual(JSON.parse(answer.text), {
        Response: { Error: { Code: "InvalidRequest.ReplayAttack", Message: "again" }, RequestId: "" }
      })
      const result = yield* read(answer)
      assert.strictEqual(Result.isFailure(result) && result.failure._tag, "ReplayAttack")
      assert.deepInclude(request, { code: 4500, message: "again", fault: "ApiError", executed: false })
      const other = yield* meets({
        response: TencentGateway.apiError(4440, { codeDesc: "QueueNotFound", body: { left: 1 } })
      })
      assert.deepInclude(JSON.parse(other.answer.text), { code: 4440, codeDesc: "QueueNotFound", left: 1 })
      assert.strictEqual(yield* gateway.use((g) => g.executions()), 0)
    }).pipe(against({ quota: 100 })))

  it.effect("is a status with a page", () =>
    Effect.gen(function*() {
      const { answer } = yield* meets({ response: TencentGateway.httpStatus(502) })
      assert.strictEqual(answer.status, 502)
      assert.match(answer.headers["content-type"] ?? "", /^text\/html/)
      assert.include(answer.text, "<html>")
      const response = TencentGateway.httpStatus(503, { html: "closed", headers: { "retry-after": "3" } })
      const busy = yield* meets({ response })
      assert.deepInclude(busy.answer, { status: 503, text: "closed" })
      assert.strictEqual(busy.answer.headers["retry-after"], "3")
      assert.deepInclude(busy.request, { status: 503, code: undefined, fault: "HttpStatus" })
      const moved = yield* meets({ response: TencentGateway.redirect("http://127.0.0.1:1/", 307) })
      assert.strictEqual(moved.answer.status, 307)
      assert.strictEqual(moved.answer.headers.location, "http://127.0.0.1:1/")
    }).pipe(against()))

  it.effect("is a body that cannot be read", () =>
    Effect.gen(function*() {
      const malformed = yield* meets({ response: TencentGateway.malformedJson })
      assert.throws(() => JSON.parse(malformed.answer.text))
      assert.strictEqual(malformed.answer.error, undefined)
      const empty = yield* meets({ response: TencentGateway.emptyBody })
      assert.deepInclude(empty.answer, { status: 200, text: "", error: undefined })
      const text = yield* meets({ response: TencentGateway.bodyText("<p>hi", { contentType: "text/plain" }) })
      assert.deepInclude(text.answer, { status: 200, text: "<p>hi" })
      assert.match(text.answer.headers["content-type"] ?? "", /^text\/plain/)
      const large = yield* meets({ response: TencentGateway.oversizedBody(3_000_000) })
      assert.isAtLeast(large.answer.text.length, 3_000_000)
      assert.strictEqual(JSON.parse(large.answer.text).code, 0)
      assert.strictEqual(large.executions, 0)
    }).pipe(against()))

  it.effect("is the response with another content type", () =>
    Effect.gen(function*() {
      const before = yield* meets({ response: TencentGateway.contentType("text/html") })
      assert.deepStrictEqual(JSON.parse(before.answer.text), { code: 0, message: "" })
      assert.strictEqual(before.executions, 0)
      const after = yield* meets({ at: "response", response: TencentGateway.contentType("text/html") })
      assert.match(after.answer.headers["content-type"] ?? "", /^text\/html/)
      assert.lengthOf(JSON.parse(after.answer.text).instanceIds, 1)
      assert.strictEqual(after.executions, 1)
    }).pipe(against()))

  it.effect("is a body that ends in the middle", () =>
    Effect.gen(function*() {
      const { answer, executions, request } = yield* meets({ at: "response", response: TencentGateway.truncatedBody })
      assert.strictEqual(answer.status, 200)
      assert.strictEqual(answer.error, "ECONNRESET")
      assert.isBelow(answer.text.length, Number(answer.headers["content-length"]))
      assert.match(answer.text, /^\{"code":0/)
      assert.strictEqual(executions, 1)
      assert.deepInclude(request, { status: 200, fault: "TruncatedBody", executed: true })
    }).pipe(against()))

  it.effect.each(
    [
      { at: "arrival", executions: 0, action: undefined },
      { at: "action", executions: 0, action: "RunInstances" },
      { at: "response", executions: 1, action: "RunInstances" }
    ] as const
  )("is a connection that is reset: $at", ({ action, at, executions }) =>
    Effect.gen(function*() {
      const met = yield* meets({ at, response: TencentGateway.connectionReset })
      assert.deepInclude(met.answer, { status: 0, error: "ECONNRESET" })
      assert.strictEqual(met.executions, executions)
      assert.deepInclude(met.request, {
        action,
        status: undefined,
        code: undefined,
        fault: "ConnectionReset",
        executed: executions === 1
      })
      assert.strictEqual(yield* codeOf("RunInstances", order), 0)
    }).pipe(against()))

  it.effect("is a loss of the response only, if it says so", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      const { answer, executions, request } = yield* meets({ at: "response", response: TencentGateway.apiError(6000) })
      assert.strictEqual(JSON.parse(answer.text).code, 6000)
      assert.strictEqual(executions, 1)
      assert.deepInclude(request, { code: 6000, executed: true })
      assert.strictEqual(yield* g.balance, 98_000)
    }).pipe(against()))

  it.effect("is a delay, on the clock of the gateway", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      for (const at of ["arrival", "action", "response"] as const) {
        yield* g.reset
        yield* g.injectFault({ at, delay: "1 minute" })
        const fiber = yield* Effect.forkChild(call("RunInstances", order))
        yield* until(Effect.map(g.requests, ([request]) => request?.fault === "Delay"))
        assert.strictEqual(yield* g.executions(), at === "response" ? 1 : 0)
        yield* TestClock.adjust("59 seconds")
        assert.strictEqual((yield* g.requests)[0]?.status, undefined)
        yield* TestClock.adjust("1 second")
        assert.isTrue(Result.isSuccess(yield* Fiber.join(fiber)))
        assert.deepInclude((yield* g.requests)[0], { status: 200, code: 0, fault: "Delay", executed: true })
        yield* TestClock.setTime(noon)
      }
    }).pipe(against()))

  it.effect("does not keep the gateway from closing", () =>
    Effect.gen(function*() {
      const fiber = yield* Effect.gen(function*() {
        const g = yield* gateway
        yield* g.injectFault({ delay: "1 day" })
        const fiber = yield* Effect.forkDetach(call("DescribeZones"))
        yield* until(Effect.map(g.requests, ([request]) => request?.fault === "Delay"))
        return fiber
      }).pipe(Effect.provide(serve()))
      assert.isTrue(Result.isSuccess(yield* Fiber.join(fiber)))
    }).pipe(Effect.provideService(TencentGateway.TencentGateway, {} as never), (test) =>
      Effect.andThen(TestClock.setTime(noon), test)))

  it.effect.each(
    (["arrival", "action", "response"] as const).flatMap((at) =>
      (["GET", "POST"] as const).flatMap((method) =>
        [undefined, "RunInstances"].map((action) => ({ at, method, action }))
      )
    )
  )("does not end with its client: $at, $method, $action", ({ action, at, method }) => {
    const { connections, server } = watched()
    return Effect.gen(function*() {
      const g = yield* gateway
      yield* g.injectFault({ action, at, delay: "1 second" })
      const hangUp = yield* dial(build("RunInstances", order, { method }))
      yield* until(Effect.map(g.requests, ([request]) => request?.fault === "Delay"))
      hangUp()
      yield* until(Effect.sync(() => connections() === 0))
      yield* TestClock.adjust("999 millis")
      assert.strictEqual(yield* g.executions(), at === "response" ? 1 : 0)
      assert.strictEqual((yield* g.requests)[0]?.status, undefined)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(yield* g.executions("RunInstances"), 1)
      assert.strictEqual(yield* g.balance, 98_000)
      assert.deepInclude((yield* g.requests)[0], {
        action: "RunInstances",
        status: 200,
        code: 0,
        fault: "Delay",
        executed: true
      })
    }).pipe(against({}, server))
  })

  it.effect("harms nobody where its client has gone, whatever the response", () => {
    const { connections, server } = watched()
    const seen: Array<unknown> = []
    const onRequest = ({ fault, status }: TencentGateway.RecordedRequest) =>
      Effect.sync(() => {
        seen.push([fault, status])
      })
    return Effect.gen(function*() {
      const g = yield* gateway
      for (
        const response of [
          TencentGateway.apiError(6000),
          TencentGateway.httpStatus(502),
          TencentGateway.truncatedBody,
          TencentGateway.oversizedBody(3_000_000),
          TencentGateway.connectionReset
        ]
      ) {
        yield* g.injectFault({ delay: "1 second", response })
        const before = seen.length
        const hangUp = yield* dial(build("RunInstances", order, {}))
        yield* until(Effect.map(g.requests, (requests) => requests.at(-1)?.fault === response._tag))
        hangUp()
        yield* until(Effect.sync(() => connections() === 0))
        yield* TestClock.adjust("1 second")
        yield* until(Effect.sync(() => seen.length > before))
        yield* TestClock.setTime(noon)
      }
      assert.deepStrictEqual(seen, [
        ["ApiError", 200],
        ["HttpStatus", 502],
        ["TruncatedBody", 200],
        ["OversizedBody", 200],
        ["ConnectionReset", undefined]
      ])
      assert.strictEqual(yield* g.executions(), 0)
      assert.strictEqual(yield* codeOf("RunInstances", order), 0)
    }).pipe(against({ onRequest }, server))
  })

  it.effect("does not keep the gateway from closing where its client has gone", () => {
    const { connections, server } = watched()
    let closingAt = Infinity
    const test = Effect.gen(function*() {
      const g = yield* gateway
      yield* g.injectFault({ delay: "1 day" })
      const hangUp = yield* dial(build("RunInstances", order, {}))
      yield* until(Effect.map(g.requests, ([request]) => request?.fault === "Delay"))
      hangUp()
      yield* until(Effect.sync(() => connections() === 0))
      closingAt = performance.now()
    })
    return test.pipe(
      against({}, server),
      Effect.tap(() => Effect.sync(() => assert.isBelow(performance.now() - closingAt, 2_000)))
    )
  })

  it.effect("a request that has not arrived completely ends with its client", () => {
    const { connections, server } = watched()
    return Effect.gen(function*() {
      const g = yield* gateway
      const { body = "", ...question } = build("RunInstances", order, {})
      const hangUp = yield* dial({
        ...question,
        headers: { "content-length": String(body.length) },
        body: body.slice(0, -1)
      })
      yield* until(Effect.map(g.requests, (requests) => requests.length === 1))
      hangUp()
      yield* until(Effect.sync(() => connections() === 0))
      assert.strictEqual(yield* codeOf("DescribeZones"), 0)
      assert.strictEqual(yield* g.executions(), 0)
      assert.deepInclude((yield* g.requests)[0], { action: undefined, status: undefined, executed: false })
    }).pipe(against({}, server))
  })

  it.effect("meets the requests it is injected into", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      const response = TencentGateway.apiError(6000)
      const codes = (actions: ReadonlyArray<string>) => Effect.forEach(actions, (action) => codeOf(action))
      const zones = ["DescribeZones", "DescribeZones", "DescribeZones", "DescribeZones"]
      yield* g.injectFault({ response })
      assert.deepStrictEqual(yield* codes(zones), [6000, 0, 0, 0])
      yield* g.injectFault({ response, times: 2 })
      assert.deepStrictEqual(yield* codes(zones), [6000, 6000, 0, 0])
      yield* g.injectFault({ response, request: 3 })
      assert.deepStrictEqual(yield* codes(zones), [0, 0, 6000, 0])
      yield* g.injectFault({ response, action: "DescribeRegions", request: 2 })
      assert.deepStrictEqual(
        yield* codes(["DescribeRegions", "DescribeZones", "DescribeZones", "DescribeRegions", "DescribeRegions"]),
        [0, 0, 0, 6000, 0]
      )
      yield* g.injectFault({ response, times: Infinity })
      assert.deepStrictEqual(yield* codes(zones), [6000, 6000, 6000, 6000])
      yield* g.clearInjectedFaults
      assert.deepStrictEqual(yield* codes(zones), [0, 0, 0, 0])
      // The first one that was injected happens, and the others have seen the request too.
      yield* g.injectFault({ response })
      yield* g.injectFault({ response: TencentGateway.apiError(6200), request: 2 })
      assert.deepStrictEqual(yield* codes(zones), [6000, 6200, 0, 0])
      // A request that is refused does not use up a fault that waits for the action.
      yield* g.injectFault({ response })
      assert.strictEqual(yield* codeOf("DescribeZones", {}, { key: "another" }), 4100)
      assert.strictEqual(yield* codeOf("DescribeZones"), 6000)
      // Nothing is checked at the arrival: this is how an unknown action gets a response.
      yield* g.injectFault({
        at: "arrival",
        action: "DescribeDBInstances",
        response: TencentGateway.bodyText(`{"code":0}`)
      })
      assert.strictEqual(yield* codeOf("DescribeZones"), 0)
      assert.strictEqual(yield* codeOf("DescribeDBInstances"), 0)
      assert.strictEqual(yield* codeOf("DescribeDBInstances"), 6100)
    }).pipe(against({ quota: 1000 })))

  it.effect("can be a matter of luck, the same for the same seed", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      const series = (fault: TencentGateway.InjectedFault) =>
        Effect.gen(function*() {
          yield* g.clearInjectedFaults
          yield* g.injectFault({ response: TencentGateway.apiError(6000), ...fault })
          return yield* Effect.forEach(Array.from({ length: 60 }), () => codeOf("DescribeZones"))
        })
      const first = yield* series({ probability: 0.3 })
      const failed = first.filter((code) => code === 6000).length
      assert.isTrue(failed > 8 && failed < 28, String(failed))
      assert.deepStrictEqual(yield* series({ probability: 0.3 }), first)
      assert.notDeepEqual(yield* series({ probability: 0.3, seed: 2 }), first)
      assert.lengthOf((yield* series({ probability: 0.3, times: 2 })).filter((code) => code === 6000), 2)
      assert.notInclude(yield* series({ probability: 0 }), 6000)
    }).pipe(against({ quota: 1000 })))

  it("breaks a response off where there is no connection to break", async () => {
    type App = Effect.Effect<HttpServerResponse.HttpServerResponse, unknown, HttpServerRequest.HttpServerRequest>
    let app: App | undefined
    const server = Layer.succeed(
      HttpServer.HttpServer,
      HttpServer.make({
        address: Result.getOrThrow(NetAddress.inetAddressFromIpString("127.0.0.1", 9520)),
        serve: (served) =>
          Effect.sync(() => {
            app = served as App
          })
      })
    )
    await Effect.runPromise(
      Effect.gen(function*() {
        const g = yield* gateway
        assert.strictEqual(g.url, "http://127.0.0.1:9520")
        const handler = HttpEffect.toWebHandler(app!)
        for (const injected of [TencentGateway.connectionReset, TencentGateway.truncatedBody]) {
          yield* g.injectFault({ at: "arrival", response: injected })
          const response = yield* Effect.promise(() => handler(new Request(g.url)))
          const text = yield* Effect.promise(() => response.text().catch(() => "broken off"))
          assert.strictEqual(text, "broken off")
        }
      }).pipe(Effect.provide(Layer.provide(TencentGateway.layer(), server)))
    )
  })
})

// ---------------------------------------------------------------------------------------------------------------------
// The request log
// ---------------------------------------------------------------------------------------------------------------------

describe("the request log", () => {
  it.effect("has what was asked and answered, and no secrets", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      yield* send("RunInstances", { ...order, "loginSettings.password": "hunter2" }, { set: { Token: "a-token" } })
      yield* send("DescribeInstances", {}, { method: "GET", key: "another", set: { Token: "a-token" } })
      yield* ask({ method: "GET", target: "/favicon.ico?Signature=zzz" })
      const requests = yield* g.requests
      assert.deepStrictEqual(
        requests.map((
          { action, code, executed, host, method, number, path, status, time }
        ) => [number, time, method, host, path, action, status, code, executed]),
        [
          [1, noon, "POST", "127.0.0.1", path, "RunInstances", 200, 0, true],
          [2, noon, "GET", "127.0.0.1", path, "DescribeInstances", 200, 4100, false],
          [3, noon, "GET", "127.0.0.1", "/favicon.ico", undefined, 200, 6100, false]
        ]
      )
      const [first] = requests
      assert.deepStrictEqual({ ...first?.parameters }, {
        Action: "RunInstances",
        Region: "ap-guangzhou",
        Timestamp: String(noon / 1000),
        Nonce: first?.parameters["Nonce"] ?? "",
        SecretId: secretId,
        SignatureMethod: "HmacSHA256",
        ...order
      })
      const shown = JSON.stringify(requests)
      for (const secret of [secretKey, "a-token", "hunter2", "zzz", "Signature\""]) assert.notInclude(shown, secret)
    }).pipe(against(withCredential({ token }))))

  it.effect("has the message of a failure as it was sent, also of an injected one", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      const replies = [
        TencentGateway.apiError(6000),
        TencentGateway.apiError(6000, { message: "(1)try later" }),
        TencentGateway.apiError("FailedOperation.New", { form: "transitional" }),
        TencentGateway.httpStatus(502)
      ]
      const sent = yield* Effect.forEach(replies, (response) =>
        Effect.andThen(g.injectFault({ response }), Effect.map(send("DescribeZones"), ({ text }) => text)))
      const recorded = yield* g.requests
      assert.deepStrictEqual(recorded.map(({ code, message }) => [code, message]), [
        [6000, "Internal server error"],
        [6000, "(1)try later"],
        ["FailedOperation.New", "Error FailedOperation.New"],
        [undefined, undefined]
      ])
      for (const [i, { message = "" }] of recorded.entries()) {
        assert.include(sent[i], message)
      }
    }).pipe(against()))

  it.effect("is bounded", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      for (let index = 0; index < 7; index++) yield* send("DescribeZones")
      assert.deepStrictEqual((yield* g.requests).map(({ number }) => number), [4, 5, 6, 7])
      yield* send("DescribeInstances", { note: "x".repeat(100_000), short: "kept" })
      const last = (yield* g.requests).at(-1)
      assert.strictEqual(last?.action, "DescribeInstances")
      assert.deepInclude({ ...last?.parameters }, { short: "kept", Action: "DescribeInstances", SecretId: secretId })
      assert.isFalse("note" in (last?.parameters ?? {}))
    }).pipe(against({ requestLogSize: 4 })))

  it.effect("can be off, and can be followed", () => {
    const seen: Array<TencentGateway.RecordedRequest> = []
    return Effect.gen(function*() {
      yield* send("DescribeZones")
      assert.deepStrictEqual(yield* gateway.use((g) => g.requests), [])
      assert.lengthOf(seen, 1)
      assert.deepInclude(seen[0], { action: "DescribeZones", status: 200, code: 0 })
    }).pipe(against({
      requestLogSize: 0,
      onRequest: (request) =>
        Effect.sync(() => {
          seen.push(request)
        })
    }))
  })

  it.effect("is empty after a reset, like everything else", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      yield* g.injectFault({ response: TencentGateway.apiError(6000), action: "DescribeZones" })
      assert.strictEqual(yield* codeOf("RunInstances", order, { set: { Nonce: "5" } }), 0)
      yield* g.setBalance(0)
      yield* g.setIdentityVerified(false)
      yield* g.setMaintenance("DescribeInstances", true)
      yield* g.disableSecret(secretId)
      yield* g.reset
      assert.deepStrictEqual(yield* g.requests, [])
      assert.strictEqual(yield* g.executions(), 0)
      assert.strictEqual(yield* g.balance, 100_000)
      assert.lengthOf(yield* g.instances, 2)
      assert.strictEqual(yield* codeOf("DescribeZones"), 0)
      assert.strictEqual(yield* codeOf("DescribeInstances"), 0)
      assert.strictEqual(yield* codeOf("RunInstances", order, { set: { Nonce: "5" } }), 0)
      assert.deepStrictEqual((yield* g.requests).map(({ number }) => number), [1, 2, 3])
    }).pipe(against()))

  it.effect("a change of a credential that does not exist is a mistake", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      const exit = yield* Effect.exit(g.disableSecret("AKIDnobody"))
      assert.include(String(exit), "AKIDnobody")
      assert.include(String(yield* Effect.exit(g.setClockSkew("Infinity"))), "finite")
    }).pipe(against()))
})

// ---------------------------------------------------------------------------------------------------------------------
// Hostile requests
// ---------------------------------------------------------------------------------------------------------------------

const many = (count: number) =>
  codeOf("DescribeZones", Object.fromEntries(Array.from({ length: count }, (_, index) => [`x${index}`, ""])))

/** A listing by a GET whose query has exactly this length. How long a signature is when it is encoded is a matter of luck. */
const sized = (length: number): Question => {
  let padding = length - 400
  for (let tries = 0; tries < 1000; tries++) {
    const question = build("DescribeZones", { x: "x".repeat(padding) }, { method: "GET" })
    if (question.encoded.length === length) return question
    padding += length - question.encoded.length
  }
  return assert.fail(`no query of ${length} characters`)
}

describe("a hostile request", () => {
  it.effect("is bounded in size", () =>
    Effect.gen(function*() {
      const large = yield* ask({ method: "POST", target: path, body: `Action=DescribeZones&x=${"x".repeat(1 << 20)}` })
      assert.isTrue(large.status === 413 || large.error !== undefined)
      const fits = build("DescribeZones", { x: "x".repeat(1_000_000) }, {})
      assert.isTrue(Result.isSuccess(yield* read(yield* ask(fits))))
      assert.strictEqual(yield* many(900), 0)
      assert.strictEqual(yield* many(1000), 4000)
      const ampersands = yield* ask({ method: "POST", target: path, body: "&".repeat(1_000_000) })
      assert.include(ampersands.text, "4000")
    }).pipe(against()))

  it.effect("is bounded in size: 32 KB for the query of a GET, where the server accepts so much", () =>
    Effect.gen(function*() {
      const limit = 32 * 1024
      for (const length of [16 * 1024, 20_000, limit]) {
        assert.isTrue(Result.isSuccess(yield* read(yield* ask(sized(length)))), String(length))
      }
      assert.deepInclude(yield* ask(sized(limit + 1)), { status: 414, error: undefined })
      assert.strictEqual((yield* gateway.use((g) => g.requests)).at(-1)?.status, 414)
    }).pipe(against({}, Http.createServer({ maxHeaderSize: 65_536 }))))

  it.effect("has names and values that are nothing but text", () =>
    Effect.gen(function*() {
      const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "", "?", "a[b]", "\u0000", "é"]
      const payload = Object.fromEntries(names.map((name) => [name, `value of ${name}`]))
      for (const method of ["GET", "POST"] as const) {
        assert.strictEqual(yield* codeOf("DescribeInstances", payload, { method }), 0)
      }
      const requests = yield* gateway.use((g) => g.requests)
      const recorded = requests[0]?.parameters ?? {}
      for (const name of names) assert.strictEqual(recorded[name.replaceAll("_", ".")], `value of ${name}`)
      assert.strictEqual(({} as { readonly [name: string]: unknown })["value of __proto__"], undefined)
    }).pipe(against()))

  it.effect("is refused with a response, whatever it is", () =>
    Effect.gen(function*() {
      const question = build("DescribeInstances", {}, {})
      const codeIn = (changed: Partial<Question>) =>
        Effect.map(ask({ ...question, ...changed }), ({ text }) => JSON.parse(text).code)
      assert.strictEqual(yield* codeIn({ method: "PUT" }), 4000)
      assert.strictEqual(yield* codeIn({ body: "" }), 4000)
      assert.strictEqual(yield* codeIn({ body: "%" }), 4000)
      assert.strictEqual(yield* codeIn({ body: "Action=%00%ff&=&&" }), 6100)
      assert.strictEqual(yield* codeIn({ body: "{}", headers: { "content-type": "application/json" } }), 4000)
      assert.strictEqual(yield* codeIn({ target: "/" }), 6100)
      assert.strictEqual(yield* codeIn({ target: `${path}/` }), 6100)
      assert.strictEqual(yield* codeIn({ body: `${question.body}&Action=DescribeZones` }), 4000)
      assert.strictEqual(
        yield* codeIn({ headers: { "content-type": "application/x-www-form-urlencoded; charset=UTF-8" } }),
        0
      )
      assert.strictEqual(yield* gateway.use((g) => g.executions()), 0)
    }).pipe(against()))
})

// ---------------------------------------------------------------------------------------------------------------------
// Our client
// ---------------------------------------------------------------------------------------------------------------------

describe("the client of this library", () => {
  const DescribeInstances = TencentAction.make("DescribeInstances", {
    module: "cvm",
    request: Schema.Struct({ limit: Schema.Number }),
    response: Schema.Struct({ totalCount: Schema.Number })
  })

  const list = (options?: Partial<TencentClient.Options>) =>
    Effect.flatMap(
      gateway,
      ({ url }) =>
        TencentClient.TencentClient.use((client) => client.call(DescribeInstances, { limit: 1 })).pipe(
          Effect.provide(
            TencentClient.layer({ region: "ap-guangzhou", endpoint: new URL(url), ...options }).pipe(
              Layer.provide([TencentCredentials.layer(testCredential), FetchHttpClient.layer])
            )
          )
        )
    )

  it.live.each(["GET", "POST"] as const)("is understood: %s", (method) =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* list({ method, signatureMethod: "HmacSHA1" }), { totalCount: 2 })
      assert.deepStrictEqual(yield* list({ method, signatureMethod: "HmacSHA256" }), { totalCount: 2 })
    }).pipe(Effect.provide(serve())))

  const { apiError, bodyText, httpStatus, redirect } = TencentGateway

  // The table of docs/testing.md.
  it.live.each<readonly [string, TencentGateway.InjectedResponse, { readonly [name: string]: unknown }]>([
    ["apiError", apiError(5100), { _tag: "ResourceOperationFailed" }],
    ["apiError with a message", apiError(5100, { message: "(17001)busy", body: { detail: {} } }), {
      _tag: "ResourceOperationFailed",
      message: "(17001)busy",
      body: { code: 5100, message: "(17001)busy", codeDesc: "ResourceOpFailed", detail: {} }
    }],
    ["apiError with another code", apiError(9999), { _tag: "UnknownErrorCode", code: 9999 }],
    ["apiError in the transitional envelope", apiError("FailedOperation.New", { form: "transitional" }), {
      _tag: "UnknownErrorCode",
      code: "FailedOperation.New"
    }],
    ["httpStatus", httpStatus(502), { _tag: "UnexpectedStatus", status: 502 }],
    ["httpStatus with headers", httpStatus(503, { html: "closed", headers: { "retry-after": "3" } }), {
      _tag: "UnexpectedStatus",
      status: 503,
      excerpt: "closed",
      retryAfter: Duration.seconds(3)
    }],
    ["redirect", redirect("https://login.example/"), { _tag: "UnexpectedStatus", status: 302 }],
    ["redirect with a status", redirect("https://login.example/", 307), { _tag: "UnexpectedStatus", status: 307 }],
    ["bodyText", bodyText("<p>hi", { contentType: "text/html" }), { _tag: "MalformedResponse", body: "<p>hi" }],
    ["emptyBody", TencentGateway.emptyBody, { _tag: "MalformedResponse" }],
    ["malformedJson", TencentGateway.malformedJson, { _tag: "MalformedResponse" }],
    ["contentType", TencentGateway.contentType("text/html"), { _tag: "MalformedResponse" }],
    ["truncatedBody", TencentGateway.truncatedBody, { _tag: "TransportFailure", reason: "TruncatedBody" }],
    ["oversizedBody", TencentGateway.oversizedBody(50 * 1024 * 1024), {
      _tag: "TransportFailure",
      reason: "BodyTooLarge"
    }],
    ["connectionReset", TencentGateway.connectionReset, { _tag: "TransportFailure", reason: "ConnectionLost" }]
  ])("fails with what a response stands for: %s", ([, response, expected]) =>
    Effect.gen(function*() {
      yield* gateway.use((g) => g.injectFault({ response }))
      const error: object = yield* Effect.flip(list({ retry: TencentRetry.make({}) }))
      for (const [name, value] of Object.entries(expected)) {
        assert.deepStrictEqual(Reflect.get(error, name), value, name)
      }
    }).pipe(Effect.provide(serve())))

  it.live("reads a body whatever its content type", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      yield* g.injectFault({ at: "response", response: TencentGateway.contentType("text/html") })
      assert.deepStrictEqual(yield* list(), { totalCount: 2 })
      yield* g.injectFault({ response: bodyText(`{"code":0,"totalCount":7}`) })
      assert.deepStrictEqual(yield* list(), { totalCount: 7 })
    }).pipe(Effect.provide(serve())))

  it.live("that has given up does not stop what it has asked for", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      yield* g.injectFault({ action: "StopInstances", at: "action", delay: "1 second" })
      const StopInstances = TencentAction.make("StopInstances", {
        module: "cvm",
        request: Schema.Struct({ instanceIds: Schema.Array(Schema.String) }),
        response: Schema.Struct({})
      })
      const client = TencentClient.layer({
        region: "ap-guangzhou",
        endpoint: new URL(g.url),
        attemptTimeout: "300 millis"
      }).pipe(Layer.provide([TencentCredentials.layer(testCredential), FetchHttpClient.layer]))
      const error = yield* TencentClient.TencentClient.use((client) =>
        client.call(StopInstances, { instanceIds: ["ins-00000001"] })
      ).pipe(Effect.flip, Effect.provide(client))
      assert.deepInclude({ ...error }, { _tag: "TransportFailure", reason: "AttemptTimeout", outcome: "unknown" })
      assert.strictEqual(yield* g.executions(), 0)
      yield* until(Effect.map(g.executions("StopInstances"), (executions) => executions === 1))
      assert.deepInclude((yield* g.requests)[0], { status: 200, code: 0, fault: "Delay", executed: true })
    }).pipe(Effect.provide(serve())))

  it.live("corrects its clock from the date of a refusal", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* list(), { totalCount: 2 })
      const requests = yield* gateway.use((g) => g.requests)
      assert.deepStrictEqual(requests.map(({ code }) => code), [4500, 0])
    }).pipe(Effect.provide(serve({ clockSkew: "-20 minutes" }))))
})
