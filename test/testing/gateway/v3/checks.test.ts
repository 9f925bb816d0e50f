/**
 * The checks that a request of API 3.0 has to pass, over real HTTP: their codes, their order, and both signatures.
 */
import { assert, describe, it } from "@effect/vitest"
import { TencentGateway } from "effect-tencentcloud/testing"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import * as Http from "node:http"
import vectors from "../../../fixtures/signing-vectors.json" with { type: "json" }
import { against, gateway, noon, secretId, serve, testCredential, withCredential } from "../../../support/gateway.ts"
import {
  ask,
  build,
  buildForm,
  call,
  codeIn,
  codeOf,
  order,
  read,
  type RequestOptions
} from "../../../support/gatewayV3.ts"
import { exchange, type HttpRequest, type HttpResponse } from "../../../support/nodeHttp.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Codes
// ---------------------------------------------------------------------------------------------------------------------

interface Scenario {
  readonly code: string
  readonly name: string
  readonly options?: TencentGateway.Options
  readonly run: Effect.Effect<HttpResponse, never, TencentGateway.TencentGateway>
}

const send = (action: string, request: unknown = {}, options: RequestOptions = {}) =>
  Effect.suspend(() => ask(build(action, request, options)))

const token = Redacted.make("a-token")

const scenarios: ReadonlyArray<Scenario> = [
  {
    code: "MissingParameter",
    name: "no version",
    run: send("DescribeZones", {}, { set: { "x-tc-version": undefined } })
  },
  {
    code: "MissingParameter",
    name: "no action",
    run: send("DescribeZones", {}, { set: { "x-tc-action": undefined } })
  },
  {
    code: "MissingParameter",
    name: "no time",
    run: send("DescribeZones", {}, { set: { "x-tc-timestamp": undefined } })
  },
  {
    code: "MissingParameter",
    name: "no region",
    run: send("DescribeZones", {}, { set: { "x-tc-region": undefined } })
  },
  {
    code: "MissingParameter",
    name: "no authorization",
    run: send("DescribeZones", {}, { set: { authorization: undefined } })
  },
  {
    code: "MissingParameter",
    name: "nothing that names an action",
    run: ask({ method: "POST", target: "/", body: "{}", headers: { "content-type": "application/json" } })
  },
  { code: "MissingParameter", name: "an empty query", run: ask({ method: "GET", target: "/" }) },
  {
    code: "InvalidParameterValue",
    name: "a time that is none",
    run: send("DescribeZones", {}, { set: { "x-tc-timestamp": "now" } })
  },
  { code: "NoSuchProduct", name: "an unknown service", run: send("DescribeZones", {}, { service: "moon" }) },
  {
    code: "NoSuchProduct",
    name: "the host of an unknown service",
    run: send("DescribeZones", {}, { service: "moon", host: "moon.tencentcloudapi.com" })
  },
  { code: "NoSuchVersion", name: "an unknown version", run: send("DescribeZones", {}, { version: "1999-01-01" }) },
  { code: "InvalidAction", name: "an unknown action", run: send("DescribeEverything") },
  { code: "InvalidAction", name: "an action named like an inherited one", run: send("__proto__") },
  { code: "InvalidAction", name: "an action of another service", run: send("GetCallerIdentity") },
  {
    code: "InvalidAction",
    name: "another path",
    run: Effect.suspend(() => ask({ ...build("DescribeZones"), target: "/v2/index.php" }))
  },
  {
    code: "UnsupportedProtocol",
    name: "another method",
    run: Effect.suspend(() => ask({ ...build("DescribeZones"), method: "PUT" }))
  },
  { code: "UnsupportedProtocol", name: "plain HTTP", options: { requireHttps: true }, run: send("DescribeZones") },
  { code: "UnsupportedRegion", name: "an unknown region", run: send("DescribeZones", {}, { region: "ap-moon" }) },
  {
    code: "AuthFailure.InvalidAuthorization",
    name: "an authorization of another form",
    run: send("DescribeZones", {}, { set: { authorization: "Bearer x" } })
  },
  {
    code: "AuthFailure.InvalidAuthorization",
    name: "no signature where one is needed",
    run: send("DescribeZones", {}, { set: { authorization: "SKIP" } })
  },
  { code: "AuthFailure.SignatureFailure", name: "another key", run: send("DescribeZones", {}, { key: "another" }) },
  {
    code: "AuthFailure.SignatureFailure",
    name: "a signature for another service than the host",
    run: send("DescribeZones", {}, { host: "cvm.tencentcloudapi.com", scope: "sts" })
  },
  {
    code: "AuthFailure.SignatureFailure",
    name: "the date of another day",
    run: Effect.suspend(() => {
      const request = build("DescribeZones")
      const authorization = request.headers?.["authorization"]?.replace("2020-09-13", "2020-09-12") ?? ""
      return ask({ ...request, headers: { ...request.headers, authorization } })
    })
  },
  {
    code: "AuthFailure.SecretIdNotFound",
    name: "an unknown id",
    run: send("DescribeZones", {}, { secretId: "AKIDnobody" })
  },
  {
    code: "AuthFailure.SecretIdNotFound",
    name: "an id named like an inherited property",
    run: send("DescribeZones", {}, { secretId: "constructor" })
  },
  {
    code: "AuthFailure.SecretIdNotFound",
    name: "a disabled id",
    options: withCredential({ disabled: true }),
    run: send("DescribeZones")
  },
  {
    code: "AuthFailure.TokenFailure",
    name: "no token",
    options: withCredential({ token }),
    run: send("DescribeZones")
  },
  {
    code: "AuthFailure.TokenFailure",
    name: "another token",
    options: withCredential({ token }),
    run: send("DescribeZones", {}, { set: { "x-tc-token": "b-token" } })
  },
  {
    code: "AuthFailure.TokenFailure",
    name: "an expired token",
    options: withCredential({ token, tokenExpiresAt: noon }),
    run: send("DescribeZones", {}, { set: { "x-tc-token": "a-token" } })
  },
  {
    code: "AuthFailure.MFAFailure",
    name: "a second factor",
    options: withCredential({ mfaRequired: true }),
    run: send("DescribeZones")
  },
  { code: "AuthFailure.SignatureExpire", name: "a time of long ago", run: send("DescribeZones", {}, { late: -301 }) },
  {
    code: "AuthFailure.UnauthorizedOperation",
    name: "a denied action",
    options: withCredential({ denied: { actions: ["DescribeZones"] } }),
    run: send("DescribeZones")
  },
  {
    code: "AuthFailure.UnauthorizedOperation",
    name: "a refusal by CAM",
    options: withCredential({ camRefused: true }),
    run: send("DescribeZones")
  },
  {
    code: "UnauthorizedOperation",
    name: "a denied instance",
    options: withCredential({ denied: { resources: ["ins-00000001"] } }),
    run: send("StopInstances", { InstanceIds: ["ins-00000001"] })
  },
  {
    code: "UnauthorizedOperation",
    name: "a denied image",
    options: withCredential({ denied: { resourcesByAction: { RunInstances: ["img-1"] } } }),
    run: send("RunInstances", order)
  },
  {
    code: "UnauthorizedOperation",
    name: "a blocked account",
    options: withCredential({ blocked: true }),
    run: send("DescribeZones")
  },
  { code: "RequestLimitExceeded", name: "a quota of 0", options: { quota: 0 }, run: send("DescribeZones") },
  {
    code: "ServiceUnavailable",
    name: "maintenance",
    options: { maintenance: ["DescribeZones"] },
    run: send("DescribeZones")
  },
  { code: "UnknownParameter", name: "an unknown parameter", run: send("DescribeInstances", { limit: 1 }) },
  { code: "InvalidParameter", name: "a body that is no JSON", run: send("DescribeZones", {}, { body: "{" }) },
  { code: "InvalidParameter", name: "a list for a body", run: send("DescribeZones", {}, { body: "[]" }) },
  { code: "InvalidParameter", name: "null for a body", run: send("DescribeZones", {}, { body: "null" }) },
  {
    code: "InvalidParameter",
    name: "another content type",
    run: send("DescribeZones", {}, { contentType: "text/plain" })
  },
  {
    code: "InvalidRequest",
    name: "an upload",
    run: send("DescribeZones", {}, { contentType: "multipart/form-data; boundary=x" })
  },
  {
    code: "UnsupportedOperation",
    name: "a body of bytes",
    run: send("DescribeZones", {}, { contentType: "application/octet-stream" })
  },
  {
    code: "RequestSizeLimitExceeded",
    name: "a body of more than 10 MB",
    run: send("DescribeZones", { Note: "x".repeat(10 * 1024 * 1024) })
  },
  {
    code: "RequestSizeLimitExceeded",
    name: "a form of more than 1 MB",
    run: Effect.suspend(() => ask(buildForm("DescribeZones", { Note: "x".repeat(1024 * 1024) })))
  },
  {
    code: "InternalError",
    name: "an injected fault",
    options: { injectedFaults: [{ response: TencentGateway.apiError("InternalError") }] },
    run: send("DescribeZones")
  }
]

const expectCode = (code: string, options: RequestOptions, action = "RunInstances", request: unknown = order) =>
  Effect.map(codeOf(action, request, options), (found) => assert.strictEqual(found, code))

describe("the code of a refusal of API 3.0", () => {
  it.effect.each(scenarios)("$code for $name", ({ code, options, run }) =>
    Effect.gen(function*() {
      const response = yield* run
      assert.strictEqual(response.status, 200)
      const { Error, RequestId } = read(response)
      assert.strictEqual(Error?.Code, code)
      assert.isAbove(Error?.Message.length ?? 0, 0)
      const request = (yield* gateway.use((g) => g.requests)).at(-1)
      assert.deepInclude(request, { code, message: Error?.Message, executed: false })
      assert.strictEqual(Number(RequestId.slice(-12)), request?.number)
    }).pipe(against(options)))

  it.effect("the first check that fails decides the code", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      const wrong: RequestOptions = { key: "another", late: -400, region: "ap-moon", set: { "x-tc-token": "b-token" } }
      const right: RequestOptions = { set: { "x-tc-token": "a-token" } }
      // From the last check to the first: each new obstacle stands before those that are there.
      yield* g.setCredential({ ...testCredential, token })
      yield* g.setBalance(0)
      yield* expectCode("InvalidAccount.InsufficientBalance", right)
      yield* expectCode("UnknownParameter", right, "RunInstances", { ...order, typo: 1 })
      yield* g.setMaintenance("RunInstances", true)
      yield* expectCode("ServiceUnavailable", right, "RunInstances", { ...order, typo: 1 })
      yield* g.deny(secretId, { resources: ["img-1"] })
      yield* expectCode("UnauthorizedOperation", right)
      yield* g.deny(secretId, { resources: ["img-1"], actions: ["RunInstances"] })
      yield* expectCode("AuthFailure.UnauthorizedOperation", right)
      yield* expectCode("InvalidParameter", { ...right, body: "{" })
      yield* g.setQuota(0)
      yield* expectCode("RequestLimitExceeded", { ...right, body: "{" })
      yield* g.setCredential({ ...testCredential, token, blocked: true })
      yield* expectCode("UnauthorizedOperation", right)
      yield* expectCode("UnsupportedRegion", { ...right, region: "ap-moon" })
      yield* expectCode("AuthFailure.SignatureExpire", { ...right, region: "ap-moon", late: -400 })
      yield* expectCode("AuthFailure.SignatureFailure", { ...wrong, ...right })
      yield* g.setCredential({ ...testCredential, token, mfaRequired: true })
      yield* expectCode("AuthFailure.MFAFailure", { ...wrong, ...right })
      yield* expectCode("AuthFailure.TokenFailure", wrong)
      yield* g.disableSecret(secretId)
      yield* expectCode("AuthFailure.SecretIdNotFound", wrong)
      yield* expectCode("InvalidAction", wrong, "DescribeEverything")
      yield* expectCode(
        "AuthFailure.InvalidAuthorization",
        { ...wrong, set: { authorization: "x" } },
        "DescribeEverything"
      )
      yield* g.setRequireHttps(true)
      yield* expectCode("UnsupportedProtocol", { ...wrong, set: { authorization: "x" } }, "DescribeEverything")
    }).pipe(against()))

  it.effect("a refused request rate prints the sentence of the documents", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        (yield* call("DescribeZones")).Error?.Message,
        "Your current request times equals to `1` in a second, which exceeds the frequency limit `0` for a second"
      )
    }).pipe(against({ quota: 0 })))

  it.effect("the quota is counted apart from that of the action of API 2.0 with the same name", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* codeOf("DescribeZones"), "Success")
      assert.strictEqual(yield* codeOf("DescribeZones"), "RequestLimitExceeded")
      assert.strictEqual(yield* codeOf("DescribeRegions"), "Success")
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* codeOf("DescribeZones"), "Success")
    }).pipe(against({ quota: 1 })))
})

// ---------------------------------------------------------------------------------------------------------------------
// TC3
// ---------------------------------------------------------------------------------------------------------------------

const host = "cvm.tencentcloudapi.com"

const tc3 = vectors.tc3.filter(({ verified }) => verified)

/** What a change of one byte of a part can be refused with. */
const refusals: { readonly [part: string]: ReadonlyArray<string> } = {
  authorization: [
    "AuthFailure.InvalidAuthorization",
    "AuthFailure.SecretIdNotFound",
    "AuthFailure.SignatureFailure",
    "MissingParameter"
  ],
  "content-type": ["AuthFailure.SignatureFailure"],
  host: ["AuthFailure.SignatureFailure"],
  "x-tc-action": ["InvalidAction", "MissingParameter"],
  "x-tc-version": ["NoSuchVersion"],
  "x-tc-region": ["UnsupportedRegion"],
  "x-tc-token": ["AuthFailure.TokenFailure"],
  "x-tc-timestamp": ["AuthFailure.SignatureFailure", "InvalidParameterValue"],
  query: ["AuthFailure.SignatureFailure"],
  body: ["AuthFailure.SignatureFailure"]
}

/** Every text that differs in one byte: changed, or left out. */
const changesOf = (text: string): ReadonlyArray<string> => {
  const bytes = Buffer.from(text)
  const changes = Array.from(bytes).flatMap((byte, index) => [
    ...[byte ^ 1, byte ^ 0x20, 0x20, 0x2c].map((changed) =>
      Buffer.concat([bytes.subarray(0, index), Buffer.of(changed), bytes.subarray(index + 1)]).toString("latin1")
    ),
    Buffer.concat([bytes.subarray(0, index), bytes.subarray(index + 1)]).toString("latin1")
  ])
  return [...new Set(changes)].filter((changed) => changed !== text)
}

interface Change {
  readonly part: string
  readonly changed: string
  readonly request: HttpRequest
}

const changed = (request: HttpRequest, part: string, value: string): HttpRequest => {
  switch (part) {
    case "body":
      return { ...request, body: value }
    case "query":
      return { ...request, target: `/?${value}` }
    default:
      return { ...request, headers: { ...request.headers, [part]: value } }
  }
}

const partOf = (request: HttpRequest, part: string): string => {
  if (part === "body") return request.body ?? ""
  return part === "query" ? request.target.slice(2) : request.headers?.[part] ?? ""
}

/** What a client can send: Node refuses other headers, and both ends of a header may have blanks that are no part of it. */
const isSendable = ({ changed, part }: Change): boolean => {
  if (part === "body") return true
  return part === "query" ? /^[!-~]+$/.test(changed) : /^[ -~]*$/.test(changed) && changed.trim() === changed
}

describe("the signature TC3-HMAC-SHA256", () => {
  it.effect.each([
    { name: "with a POST", options: {} },
    { name: "with a GET", options: { method: "GET" as const } },
    { name: "with the name of the action signed", options: { signAction: true } },
    { name: "for the host of its service", options: { host } },
    { name: "for the host of a region", options: { host: "cvm.ap-guangzhou.tencentcloudapi.com" } },
    { name: "for the international host", options: { host: "cvm.intl.tencentcloudapi.com" } },
    { name: "with a charset", options: { contentType: "application/json; charset=utf-8" } }
  ])("is accepted $name", ({ options }) =>
    Effect.gen(function*() {
      const request = { InstanceIds: ["ins-00000002"], Limit: 1 }
      const { InstanceSet, TotalCount } = yield* call("DescribeInstances", request, options)
      assert.strictEqual(TotalCount, 1)
      assert.deepInclude((InstanceSet as ReadonlyArray<object>)[0], { InstanceId: "ins-00000002" })
    }).pipe(against()))

  it.effect("must be made of the content type and the host", () =>
    Effect.gen(function*() {
      const request = build("DescribeZones")
      const authorization = request.headers?.["authorization"] ?? ""
      const names = (names: string) => ({
        ...request,
        headers: { ...request.headers, authorization: authorization.replace("content-type;host", names) }
      })
      assert.strictEqual(codeIn(yield* ask(names("host"))), "AuthFailure.SignatureFailure")
      assert.strictEqual(codeIn(yield* ask(names("content-type;host;x-none"))), "AuthFailure.SignatureFailure")
    }).pipe(against()))

  it.effect.each<readonly [name: string, options: RequestOptions, parts: ReadonlyArray<string>]>([
    ["a POST", { signAction: true }, Object.keys(refusals).filter((part) => part !== "query")],
    ["a GET", { method: "GET" }, ["authorization", "content-type", "host", "x-tc-timestamp", "query"]]
  ])("no byte of %s can be changed", ([, options, parts]) =>
    Effect.gen(function*() {
      const { url } = yield* gateway
      const agent = new Http.Agent({ keepAlive: true, maxSockets: 4 })
      const request = build("DescribeInstances", { InstanceIds: ["ins-00000001"], Limit: 1 }, {
        ...options,
        host,
        set: { "x-tc-token": "a-token" }
      })
      assert.strictEqual(codeIn(yield* ask(request)), "Success")
      const changes = parts
        .flatMap((part) =>
          changesOf(partOf(request, part)).map((text) => ({
            part,
            changed: text,
            request: changed(request, part, text)
          }))
        )
        .filter(isSendable)
      assert.isAbove(changes.length, 1000)
      const problems: Array<string> = []
      const met = new Set<string>()
      yield* Effect.forEach(changes, ({ changed, part, request }) =>
        Effect.gen(function*() {
          const response = yield* Effect.promise(() => exchange(url, { ...request, agent }))
          // A host that is none is refused by HTTP.
          if (response.status === 400 && part === "host") return
          const code = codeIn(response)
          met.add(code)
          if (refusals[part]?.includes(code) !== true) problems.push(`${part} ${changed}: ${code}`)
        }), { concurrency: 4 })
      agent.destroy()
      assert.deepStrictEqual(problems, [])
      assert.include([...met], "AuthFailure.SignatureFailure")
      assert.strictEqual(yield* gateway.use((g) => g.executions()), 0)
    }).pipe(against({ quota: Infinity, ...withCredential({ token }) })), 60_000)

  it.effect("a body that is not signed says so in a header that is", () =>
    Effect.gen(function*() {
      const unsigned = build("DescribeZones", {}, { set: { "x-tc-content-sha256": "UNSIGNED-PAYLOAD" } })
      assert.strictEqual(codeIn(yield* ask(unsigned)), "AuthFailure.SignatureFailure")
      const signed = build("DescribeZones", {}, {
        body: "UNSIGNED-PAYLOAD",
        set: { "x-tc-content-sha256": "UNSIGNED-PAYLOAD" }
      })
      assert.strictEqual(codeIn(yield* ask({ ...signed, body: "{}" })), "Success")
    }).pipe(against()))

  it.effect("a request may be up to five minutes old, or come from a future of five minutes", () =>
    Effect.gen(function*() {
      const codes = yield* Effect.forEach([-301, -300, 300, 301], (late) => codeOf("DescribeZones", {}, { late }))
      const expired = "AuthFailure.SignatureExpire"
      assert.deepStrictEqual(codes, [expired, "Success", "Success", expired])
    }).pipe(against()))

  it.effect("the same request may come twice: it has no nonce", () =>
    Effect.gen(function*() {
      const request = build("DescribeZones")
      assert.deepStrictEqual([codeIn(yield* ask(request)), codeIn(yield* ask(request))], ["Success", "Success"])
    }).pipe(against()))

  it("there are published examples", () => {
    assert.isAtLeast(tc3.length, 2)
  })

  it.effect.each(tc3)(
    "the published example $id is accepted, and not with another body",
    (vector) =>
      Effect.gen(function*() {
        yield* TestClock.setTime(vector.timestamp * 1000)
        const request: HttpRequest = {
          method: vector.method,
          target: vector.query === "" ? "/" : `/?${vector.query}`,
          body: vector.method === "POST" ? vector.payload : undefined,
          headers: {
            host: vector.host,
            "content-type": vector.contentType,
            authorization: `TC3-HMAC-SHA256 Credential=${vector.secretId}/${vector.credentialScope}, ` +
              `SignedHeaders=${vector.signedHeaders}, Signature=${vector.signature}`,
            "x-tc-action": "DescribeInstances",
            "x-tc-version": "2017-03-12",
            "x-tc-timestamp": String(vector.timestamp),
            "x-tc-region": "ap-guangzhou"
          }
        }
        assert.strictEqual(codeIn(yield* ask(request)), "Success")
        const other = vector.method === "POST"
          ? { body: `${vector.payload} ` }
          : { target: `${request.target}&Limit=1` }
        assert.strictEqual(codeIn(yield* ask({ ...request, ...other })), "AuthFailure.SignatureFailure")
      }).pipe(Effect.provide(serve({
        credentials: [{ secretId: vector.secretId, secretKey: Redacted.make(vector.secretKey) }]
      })))
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// The older method
// ---------------------------------------------------------------------------------------------------------------------

const methods = (["GET", "POST"] as const).flatMap((method) =>
  (["HmacSHA1", "HmacSHA256"] as const).map((algorithm) => ({ method, algorithm }))
)

const formOf = (options: Parameters<typeof buildForm>[2]) =>
  Effect.map(
    Effect.suspend(() => ask(buildForm("DescribeInstances", { InstanceIds: ["ins-00000001"] }, options))),
    codeIn
  )

const formCodeOf = (request: object) =>
  Effect.map(Effect.suspend(() => ask(buildForm("DescribeInstances", request))), codeIn)

const published = vectors.hmac.filter(({ host, verified }) => verified && host.endsWith("tencentcloudapi.com"))

describe("the signatures HmacSHA1 and HmacSHA256", () => {
  it.effect.each(methods)(
    "a $method signed with $algorithm is accepted, with lists and objects in its names",
    (options) =>
      Effect.gen(function*() {
        const filters = [{ Name: "instance-name", Values: ["web", "a b+&="] }]
        const response = yield* ask(buildForm("DescribeInstances", { Filters: filters, Limit: 1 }, options))
        assert.strictEqual(read(response)["TotalCount"], 1)
      }).pipe(against())
  )

  it.effect.each<readonly [code: string, name: string, options: Parameters<typeof buildForm>[2]]>([
    ["AuthFailure.SignatureFailure", "another key", { key: "another" }],
    ["AuthFailure.SecretIdNotFound", "an unknown id", { secretId: "AKIDnobody" }],
    ["AuthFailure.SignatureExpire", "a time of long ago", { late: -301 }],
    ["AuthFailure.TokenFailure", "a token too many", { set: { Token: "x" } }],
    ["InvalidParameterValue", "another method", { set: { SignatureMethod: "HmacMD5" } }],
    ["InvalidParameterValue", "a nonce that is none", { set: { Nonce: "-1" } }],
    ["MissingParameter", "no nonce", { set: { Nonce: undefined } }],
    ["MissingParameter", "no version", { set: { Version: undefined } }],
    ["MissingParameter", "no secret id", { set: { SecretId: undefined } }],
    ["NoSuchVersion", "another version", { version: "2018-08-13" }],
    ["NoSuchProduct", "another service", { host: "moon.tencentcloudapi.com" }],
    ["UnsupportedRegion", "another region", { region: "gz" }]
  ])("%s for %s", ([code, , options]) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* formOf(options), code)
    }).pipe(against()))

  it.effect("is made of every parameter", () =>
    Effect.gen(function*() {
      const request = buildForm("DescribeInstances", {})
      const changed = yield* ask({ ...request, body: `${request.body}&Limit=1` })
      assert.strictEqual(codeIn(changed), "AuthFailure.SignatureFailure")
      const twice = yield* ask({ ...request, body: `${request.body}&Action=DescribeZones` })
      assert.strictEqual(codeIn(twice), "InvalidParameter")
    }).pipe(against()))

  it.effect("a form whose names exclude each other is refused", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* formCodeOf({ "Filters": "x", "Filters.0.Name": "zone" }), "InvalidParameter")
      assert.strictEqual(
        yield* formCodeOf({ [Array.from({ length: 17 }, () => "A").join(".")]: "x" }),
        "InvalidParameter"
      )
      assert.strictEqual(yield* formCodeOf({ "__proto__.polluted": "x" }), "UnknownParameter")
      assert.isUndefined(({} as { readonly polluted?: string }).polluted)
    }).pipe(against()))

  it("there are published examples", () => {
    assert.isAtLeast(published.length, 2)
  })

  it.effect.each(published)("the published example $id is accepted", (vector) =>
    Effect.gen(function*() {
      const parameters: { readonly [name: string]: string } = vector.params as never
      yield* TestClock.setTime(Number(parameters["Timestamp"]) * 1000)
      const query = new URLSearchParams({ ...parameters, Signature: vector.signature }).toString()
      const response = yield* ask({ method: "GET", target: `/?${query}`, headers: { host: vector.host } })
      assert.strictEqual(codeIn(response), "Success")
    }).pipe(Effect.provide(serve({
      credentials: [{ secretId: vector.params["SecretId"] ?? "", secretKey: Redacted.make(vector.secretKey) }]
    }))))
})
