/**
 * Requests that are large, odd or hostile.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Http from "node:http"
import { against, ask, build, codeOf, gateway, path, read } from "../../support/gateway.ts"
import type { HttpRequest } from "../../support/nodeHttp.ts"

const maxQueryLength = 32 * 1024

/** Of the server of Node, which refuses 16 KB by itself. */
const maxHeaderSize = 65_536

/** The code of a request with so many parameters, and the common ones. */
const codeWith = (count: number) =>
  codeOf("DescribeZones", Object.fromEntries(Array.from({ length: count }, (_, index) => [`x${index}`, ""])))

/** A listing by a GET whose query has exactly this length. How long a signature is when it is encoded is a matter of luck. */
const sized = (length: number): HttpRequest => {
  let padding = length - 400
  for (let tries = 0; tries < 1000; tries++) {
    const request = build("DescribeZones", { x: "x".repeat(padding) }, { method: "GET" })
    if (request.encoded.length === length) return request
    padding += length - request.encoded.length
  }
  return assert.fail(`no query of ${length} characters`)
}

describe("the size of a request", () => {
  it.effect("a body of a POST of more than 1 MB is refused", () =>
    Effect.gen(function*() {
      const large = yield* ask({ method: "POST", target: path, body: `Action=DescribeZones&x=${"x".repeat(1 << 20)}` })
      assert.isTrue(large.status === 413 || large.error !== undefined)
      const fits = build("DescribeZones", { x: "x".repeat(1_000_000) }, {})
      assert.isTrue(Result.isSuccess(yield* read(yield* ask(fits))))
    }).pipe(against()))

  it.effect("more than 1,000 parameters are refused", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* codeWith(900), 0)
      assert.strictEqual(yield* codeWith(1000), 4000)
    }).pipe(against()))

  it.effect("a body of nothing but ampersands is refused", () =>
    Effect.gen(function*() {
      const ampersands = yield* ask({ method: "POST", target: path, body: "&".repeat(1_000_000) })
      assert.include(ampersands.text, "4000")
    }).pipe(against()))

  it.effect.each([16 * 1024, 20_000, maxQueryLength])(
    "the query of a GET may have %i characters, where the server accepts so much",
    (length) =>
      Effect.gen(function*() {
        assert.isTrue(Result.isSuccess(yield* read(yield* ask(sized(length)))))
      }).pipe(against({}, Http.createServer({ maxHeaderSize })))
  )

  it.effect("the query of a GET of more than 32 KB is refused, and recorded so", () =>
    Effect.gen(function*() {
      assert.deepInclude(yield* ask(sized(maxQueryLength + 1)), { status: 414, error: undefined })
      assert.strictEqual((yield* gateway.use((g) => g.requests)).at(-1)?.status, 414)
    }).pipe(against({}, Http.createServer({ maxHeaderSize }))))
})

describe("an odd request", () => {
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "", "?", "a[b]", "\u0000", "é"]

  it.effect.each(["GET", "POST"] as const)(
    "the names of the parameters of a %s are nothing but text",
    (method) =>
      Effect.gen(function*() {
        const parameters = Object.fromEntries(names.map((name) => [name, `value of ${name}`]))
        assert.strictEqual(yield* codeOf("DescribeInstances", parameters, { method }), 0)
        const requests = yield* gateway.use((g) => g.requests)
        const recorded = requests[0]?.parameters ?? {}
        for (const name of names) assert.strictEqual(recorded[name.replaceAll("_", ".")], `value of ${name}`)
        assert.strictEqual(({} as { readonly [name: string]: unknown })["value of __proto__"], undefined)
      }).pipe(against())
  )

  it.effect.each<readonly [name: string, code: number, change: (request: HttpRequest) => Partial<HttpRequest>]>([
    ["another method", 4000, () => ({ method: "PUT" })],
    ["an empty body", 4000, () => ({ body: "" })],
    ["a body that is no form", 4000, () => ({ body: "%" })],
    ["bytes that are no text", 6100, () => ({ body: "Action=%00%ff&=&&" })],
    ["a body of JSON", 4000, () => ({ body: "{}", headers: { "content-type": "application/json" } })],
    ["another path", 6100, () => ({ target: "/index.php" })],
    ["a slash behind its path", 6100, () => ({ target: `${path}/` })],
    ["the same parameter twice", 4000, ({ body }) => ({ body: `${body}&Action=DescribeZones` })]
  ])("a request with %s is refused with %i", ([, code, change]) =>
    Effect.gen(function*() {
      const request = build("StopInstances", { "instanceIds.0": "ins-00000001" }, {})
      const { text } = yield* ask({ ...request, ...change(request) })
      assert.strictEqual(JSON.parse(text).code, code)
      assert.strictEqual(yield* gateway.use((g) => g.executions()), 0)
    }).pipe(against()))

  it.effect("a content type may name its charset", () =>
    Effect.gen(function*() {
      const headers = { "content-type": "application/x-www-form-urlencoded; charset=UTF-8" }
      assert.strictEqual(yield* codeOf("DescribeInstances", {}, { headers }), 0)
    }).pipe(against()))
})
