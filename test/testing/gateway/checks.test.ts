/**
 * The checks that a request has to pass, over real HTTP: their codes, their order, signatures, clocks, nonces and quotas.
 */
import { assert, describe, it } from "@effect/vitest"
import { ErrorCode } from "effect-tencentcloud"
import { TencentGateway } from "effect-tencentcloud/testing"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { TestClock } from "effect/testing"
import * as Http from "node:http"
import {
  against,
  ask,
  build,
  call,
  codeOf,
  gateway,
  noon,
  order,
  type Parameters,
  path,
  read,
  type RequestOptions,
  secretId,
  send,
  testCredential,
  withCredential
} from "../../support/gateway.ts"
import { exchange, type HttpResponse } from "../../support/nodeHttp.ts"

// ---------------------------------------------------------------------------------------------------------------------
// All codes
// ---------------------------------------------------------------------------------------------------------------------

const without = (parameters: Parameters, name: string): Parameters =>
  Object.fromEntries(Object.entries(parameters).filter(([key]) => key !== name))

interface Scenario {
  readonly code: number
  readonly name: string
  readonly options?: TencentGateway.Options
  readonly run: Effect.Effect<HttpResponse, never, TencentGateway.TencentGateway>
}

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
  { code: 4000, name: "a request that is wrong", run: send("DescribeInstances", { limit: "1000" }) },
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
    name: "an action that is denied",
    options: withCredential({ denied: { actions: ["RunInstances"] } }),
    run: send("RunInstances", order)
  },
  {
    code: 4102,
    name: "a resource that is denied",
    options: withCredential({ denied: { resources: ["ins-00000001"] } }),
    run: send("DescribeInstances", { "instanceIds.0": "ins-00000001" })
  },
  {
    code: 4103,
    name: "a resource that is denied for the action",
    options: withCredential({ denied: { resourcesByAction: { StopInstances: ["ins-00000001"] } } }),
    run: send("StopInstances", { "instanceIds.0": "ins-00000001" })
  },
  { code: 4104, name: "an unknown id", run: send("DescribeInstances", {}, { set: { SecretId: "AKIDnobody" } }) },
  {
    code: 4104,
    name: "an id named like an inherited property",
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
  {
    code: 4110,
    name: "a refusal by CAM",
    options: withCredential({ camRefused: true }),
    run: send("DescribeInstances")
  },
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
    name: "an instance that does not exist",
    run: send("StopInstances", { "instanceIds.0": "ins-00000009" })
  },
  {
    code: 5000,
    name: "an instance that was returned",
    run: Effect.andThen(
      send("TerminateInstances", { "instanceIds.0": "ins-00000001" }),
      send("StartInstances", { "instanceIds.0": "ins-00000001" })
    )
  },
  {
    code: 5000,
    name: "an instance of another region",
    run: send("StopInstances", { "instanceIds.0": "ins-00000001" }, { set: { Region: "bj" } })
  },
  {
    code: 5100,
    name: "an instance in the wrong state",
    run: send("StartInstances", { "instanceIds.0": "ins-00000001" })
  },
  {
    code: 5100,
    name: "a batch that fails as a whole",
    run: send("StartInstances", { "instanceIds.0": "ins-00000001", "instanceIds.1": "ins-00000009" })
  },
  {
    code: 5200,
    name: "a type that is out of stock",
    run: Effect.andThen(gateway.use((g) => g.setStock(0, "S1.SMALL1")), send("RunInstances", order))
  },
  { code: 5200, name: "a type that is not sold", run: send("RunInstances", { ...order, instanceType: "X9.HUGE" }) },
  {
    code: 5200,
    name: "a type named like an inherited property",
    options: { instanceTypes: {} },
    run: send("RunInstances", { ...order, instanceType: "S1.SMALL1" })
  },
  {
    code: 5300,
    name: "a price that the balance does not cover",
    options: { balance: 1999 },
    run: send("RunInstances", order)
  },
  {
    code: 5400,
    name: "a batch that fails in part",
    run: send("StopInstances", { "instanceIds.0": "ins-00000001", "instanceIds.1": "ins-00000002" })
  },
  {
    code: 5500,
    name: "an account that is not verified",
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
  { code: 6100, name: "an action named like an inherited one", run: send("__proto__") },
  { code: 6100, name: "an unknown path", run: send("DescribeInstances", {}, { path: "/v3/index.php" }) },
  { code: 6100, name: "another module", run: send("DescribeInstances", {}, { host: "cdb.api.qcloud.com" }) },
  {
    code: 6200,
    name: "an action under maintenance",
    options: { maintenance: ["RunInstances"] },
    run: send("RunInstances", order)
  }
]

const messageOf = (action: string, parameters: Parameters = {}) =>
  Effect.map(call(action, parameters), (result) => Result.isFailure(result) ? result.failure.message : "")

const expectCode = (code: number, options: RequestOptions, action = "RunInstances") =>
  Effect.map(codeOf(action, order, options), (found) => assert.strictEqual(found, code))

describe("the code of a refusal", () => {
  it("every code has a scenario", () => {
    const reached = [...new Set(scenarios.map(({ code }) => code))].sort((a, b) => a - b)
    assert.deepStrictEqual<ReadonlyArray<number>>(reached, ErrorCode.catalogue.map(({ code }) => code))
  })

  it.effect.each(scenarios)("$code for $name", ({ code, options, run }) =>
    Effect.gen(function*() {
      const response = yield* run
      assert.strictEqual(response.status, 200)
      const result = yield* read(response)
      if (Result.isSuccess(result)) return assert.fail("it was not refused")
      const { failure } = result
      const row = ErrorCode.catalogue.find((row) => row.code === code)
      assert.strictEqual(failure._tag, row?.tag)
      assert.strictEqual(failure.code, code)
      assert.isAbove(failure.message.length, 0)
      assert.isTrue("codeDesc" in failure && failure.codeDesc !== undefined)
      const requests = yield* gateway.use((g) => g.requests)
      assert.strictEqual(requests.at(-1)?.code, code)
    }).pipe(against(options)))

  it.effect("a refused request rate prints the sentence of the documents", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* messageOf("DescribeZones"),
        "Your current request times equals to `1` in a second, which exceeds the frequency limit `0` for a second"
      )
    }).pipe(against({ quota: 0 })))

  it.effect("a denied resource is named in the order of the request, and an allowed one is not", () =>
    Effect.gen(function*() {
      const message = yield* messageOf("StopInstances", {
        "instanceIds.1": "ins-00000002",
        "instanceIds.2": "ins-00000009",
        "instanceIds.10": "ins-00000001"
      })
      assert.include(message, "ins-00000009, ins-00000001")
      assert.notInclude(message, "ins-00000002")
    }).pipe(against(withCredential({ denied: { resources: ["ins-00000001", "ins-00000009"] } }))))

  it.effect("a second factor has the module code of the documents", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* messageOf("DescribeZones"), "(60006)MFA Invalid")
    }).pipe(against(withCredential({ mfaRequired: true }))))

  it.effect("a balance that is too small has the module code of the documents", () =>
    Effect.gen(function*() {
      assert.match(yield* messageOf("RunInstances", order), /^\(100207\)/)
    }).pipe(against({ balance: 0 })))

  it.effect("an unknown action says to check the domain", () =>
    Effect.gen(function*() {
      assert.match(yield* messageOf("DescribeEverything"), /check the domain/)
    }).pipe(against()))

  it.effect("the first check that fails decides the code", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      // From the last check to the first: each new obstacle stands before those that are there.
      const everything: RequestOptions = { key: "another", late: -400, set: { Token: "b-token" } }
      const right: RequestOptions = { set: { Token: "a-token" } }
      yield* g.setBalance(0)
      yield* g.setCredential({ ...testCredential, token })
      yield* expectCode(5300, right)
      yield* g.setMaintenance("RunInstances", true)
      yield* expectCode(6200, right)
      const denied = { resourcesByAction: { RunInstances: ["img-1"] } }
      yield* g.deny(secretId, denied)
      yield* expectCode(4103, right)
      yield* g.deny(secretId, { ...denied, resources: ["img-1"] })
      yield* expectCode(4102, right)
      yield* g.deny(secretId, { ...denied, resources: ["img-1"], actions: ["RunInstances"] })
      yield* expectCode(4101, right)
      yield* g.setCredential({ ...testCredential, token, denied, camRefused: true })
      yield* expectCode(4110, right)
      yield* g.setQuota(0)
      yield* expectCode(4400, right)
      yield* g.setCredential({ ...testCredential, token, denied, camRefused: true, blocked: true })
      yield* expectCode(4300, right)
      yield* expectCode(4500, { ...right, late: -400 })
      yield* expectCode(4100, { ...right, late: -400, key: "another" })
      yield* g.setCredential({ ...testCredential, token, mfaRequired: true })
      yield* expectCode(4106, { ...right, late: -400, key: "another" })
      yield* expectCode(4105, everything)
      yield* g.disableSecret(secretId)
      yield* expectCode(4104, everything)
      yield* expectCode(4000, { ...everything, set: { Nonce: undefined } })
      yield* expectCode(6100, { ...everything, set: { Nonce: undefined } }, "DescribeEverything")
      yield* g.setRequireHttps(true)
      yield* expectCode(4600, everything, "DescribeEverything")
      yield* expectCode(4104, { ...everything, headers: { "x-forwarded-proto": "https" } })
    }).pipe(against()))
})

// ---------------------------------------------------------------------------------------------------------------------
// Signatures
// ---------------------------------------------------------------------------------------------------------------------

const methods = (["GET", "POST"] as const).flatMap((method) =>
  (["HmacSHA1", "HmacSHA256"] as const).map((algorithm) => ({ method, algorithm }))
)

const awkward = {
  instanceName: "a b+c&d=e%20é機😀'()*!~",
  "filters.0.name": "x_y",
  "empty": "",
  "Zeta": "upper before lower"
}

const named = (SignatureMethod: string, algorithm: "HmacSHA1" | "HmacSHA256") =>
  codeOf("DescribeInstances", {}, { algorithm, set: { SignatureMethod } })

/** The parameters of a query as a server reads them, whatever the spelling. */
const meaning = (text: string) => {
  const all = new Map<string, string>(new URLSearchParams(text))
  all.delete("Signature")
  return [...all].map(([name, value]) => [name.replaceAll("_", "."), value].join("=")).sort().join("\n")
}

describe("the signature", () => {
  it.effect.each(methods)(
    "a $method signed with $algorithm is accepted",
    ({ algorithm, method }) =>
      Effect.gen(function*() {
        assert.strictEqual(yield* codeOf("DescribeInstances", awkward, { method, algorithm }), 0)
        assert.strictEqual(
          yield* codeOf("DescribeInstances", awkward, { method, algorithm, host: "cvm.api.qcloud.com" }),
          0
        )
        const [request] = yield* gateway.use((g) => g.requests)
        for (const [name, value] of Object.entries(awkward)) assert.strictEqual(request?.parameters[name], value)
      }).pipe(against())
  )

  it.effect("a signature is made with HMAC-SHA1 unless SignatureMethod is exactly HmacSHA256", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* named("HmacSHA1", "HmacSHA1"), 0)
      assert.strictEqual(yield* named("hmacsha256", "HmacSHA1"), 0)
      assert.strictEqual(yield* named("hmacsha256", "HmacSHA256"), 4100)
      assert.strictEqual(yield* named("HmacSHA256", "HmacSHA1"), 4100)
    }).pipe(against()))

  it.effect("a signature covers the query of a GET, and the body of a POST", () =>
    Effect.gen(function*() {
      const post = build("DescribeInstances", {}, {})
      const ignored = yield* ask({ ...post, target: `${post.target}?Action=RunInstances&Nonce=1` })
      assert.isTrue(Result.isSuccess(yield* read(ignored)))
      const get = build("DescribeInstances", {}, { method: "GET" })
      assert.isTrue(Result.isSuccess(yield* read(yield* ask({ ...get, body: "Action=RunInstances" }))))
      const moved = build("DescribeInstances", {}, {})
      assert.include((yield* ask({ ...moved, target: `${path}?${moved.body}`, body: "" })).text, "4000")
    }).pipe(against()))

  it.effect("the signature of a POST may leave out values that begin with @", () =>
    Effect.gen(function*() {
      const upload = { "file": "@/tmp/x", "limit": "1" }
      const asSigned = (method: "GET" | "POST") =>
        codeOf("DescribeInstances", { limit: "1" }, { method, change: (signed) => ({ ...signed, ...upload }) })
      assert.strictEqual(yield* asSigned("POST"), 0)
      assert.strictEqual(yield* asSigned("GET"), 4100)
      assert.strictEqual(yield* codeOf("DescribeInstances", upload), 0)
    }).pipe(against()))

  it.effect("an underscore in the name of a parameter is read as a dot", () =>
    Effect.gen(function*() {
      const result = yield* call("DescribeInstances", { "instanceIds_0": "ins-00000002" })
      assert.isTrue(Result.isSuccess(result) && result.success["totalCount"] === 1)
      assert.strictEqual(
        yield* codeOf("DescribeInstances", { "instanceIds_0": "ins-1", "instanceIds.0": "ins-1" }),
        4000
      )
    }).pipe(against()))

  it.effect.each(methods)(
    "no byte of a $method signed with $algorithm can be changed",
    ({ algorithm, method }) =>
      Effect.gen(function*() {
        const { url } = yield* gateway
        const agent = new Http.Agent({ keepAlive: true, maxSockets: 4 })
        const parameters = { "instanceIds.0": "ins-00000001", note: "a b&c/d" }
        const length = build("DescribeInstances", parameters, { method, algorithm }).encoded.length
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
            const request = build("DescribeInstances", parameters, { method, algorithm })
            const changed = [...request.encoded].map((char, at) =>
              at === index ? String.fromCharCode(replace(char.charCodeAt(0))) : char
            ).join("")
            // The client of Node sends no such target.
            if (changed === request.encoded || (method === "GET" && /[^!-~]/.test(changed))) return
            const response = yield* Effect.promise(() =>
              exchange(url, {
                ...request,
                agent,
                target: method === "GET" ? `${path}?${changed}` : path,
                body: method === "GET" ? undefined : changed
              })
            )
            const result = yield* read(response)
            if (Result.isFailure(result)) return
            accepted.push(changed)
            if (meaning(changed) !== meaning(request.encoded)) problems.push(changed)
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

const dateOf = ({ headers }: HttpResponse) => Date.parse(headers.date ?? "") - noon

const withNonce42 = (options: RequestOptions = {}) =>
  codeOf("DescribeZones", {}, { ...options, set: { Nonce: "42", ...options.set } })

describe("the clock and the nonce", () => {
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
      const request = build("RunInstances", order, {})
      const results = yield* Effect.forEach([1, 2, 3, 4], () => Effect.flatMap(ask(request), read), {
        concurrency: "unbounded"
      })
      assert.lengthOf(results.filter(Result.isSuccess), 1)
      assert.strictEqual(yield* gateway.use((g) => g.executions("RunInstances")), 1)
    }).pipe(against()))

  it.effect.each([
    { name: "httpStatus", response: TencentGateway.httpStatus(502) },
    { name: "truncatedBody", response: TencentGateway.truncatedBody },
    { name: "emptyBody", response: TencentGateway.emptyBody },
    { name: "oversizedBody", response: TencentGateway.oversizedBody(1) }
  ])("an injected $name has the time of the gateway's clock as its date", ({ response }) =>
    Effect.gen(function*() {
      assert.strictEqual(dateOf(yield* send("DescribeZones")), -301_000)
    }).pipe(against({ clockSkew: "-301 seconds", injectedFaults: [{ at: "arrival", response }] })))
})

describe("the quota", () => {
  it.effect("the quota counts per action and secret id, in whole seconds", () =>
    Effect.gen(function*() {
      const g = yield* gateway
      assert.deepStrictEqual(yield* Effect.forEach([0, 0, 0], () => codeOf("DescribeZones")), [0, 0, 4400])
      assert.strictEqual(yield* codeOf("DescribeRegions"), 0)
      yield* g.setCredential({ secretId: "AKIDother", secretKey: Redacted.make("other") })
      assert.strictEqual(yield* codeOf("DescribeZones", {}, { key: "other", set: { SecretId: "AKIDother" } }), 0)
      yield* TestClock.adjust("999 millis")
      assert.strictEqual(yield* codeOf("DescribeZones"), 4400)
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(yield* Effect.forEach([0, 0, 0], () => codeOf("DescribeZones", {}, { late: 1 })), [
        0,
        0,
        4400
      ])
    }).pipe(against({ quota: 2 })))

  it.effect("the quota is 20 requests per second by default", () =>
    Effect.gen(function*() {
      const codes = yield* Effect.forEach(Array.from({ length: 21 }), () => codeOf("DescribeZones"))
      assert.deepStrictEqual(codes, [...Array.from({ length: 20 }, () => 0), 4400])
    }).pipe(against()))
})
