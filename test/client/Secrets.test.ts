/**
 * A tour of failures with keys that are easy to find: nothing that a program prints, logs or exports has one of them.
 */
import { assert, describe, it } from "@effect/vitest"
import { ErrorCode } from "effect-tencentcloud"
import { TencentClient, TencentCredentials } from "effect-tencentcloud/client"
import { TencentAction } from "effect-tencentcloud/v2"
import * as Effect from "effect/Effect"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { secretKey, temporaryKeys, token } from "../support/client.ts"
import { scripted, type Sent, type ServerResponse } from "../support/scriptedServer.ts"
import { core, escapeHtml, lowerPercents, numericHtml, tour, unicodeJson } from "../support/secretsTour.ts"
import { textToSign } from "../support/signing.ts"

const Action = TencentAction.make("DescribeInstances", {
  module: "cvm",
  request: Schema.Struct({ password: Schema.Redacted(Schema.String) }),
  response: Schema.Struct({ totalCount: Schema.Number })
})

// ---------------------------------------------------------------------------------------------------------------------
// Responses that say too much
// ---------------------------------------------------------------------------------------------------------------------

/** What the server knows of a request, in clear. */
const everything = (sent: Sent): string =>
  [
    textToSign({ method: sent.method, host: sent.url.hostname, path: sent.url.pathname, parameters: sent.parameters }),
    sent.parameters.get("Signature"),
    token,
    // It does know the key.
    secretKey
  ].join(" ")

/** The address of a GET, or the form of a POST. */
const wire = (sent: Sent): string => sent.method === "GET" ? sent.url.href : sent.body

const ways: { readonly [way: string]: (sent: Sent) => string } = {
  "in clear": everything,
  "as it was sent": wire,
  "with small percents": (sent) => lowerPercents(wire(sent)),
  "encoded twice": (sent) => encodeURIComponent(wire(sent)),
  "encoded three times": (sent) => encodeURIComponent(encodeURIComponent(wire(sent))),
  "in HTML": (sent) => escapeHtml(everything(sent)),
  "in HTML, as it was sent": (sent) => escapeHtml(wire(sent)),
  "in HTML, twice": (sent) => escapeHtml(escapeHtml(everything(sent))),
  "in HTML, by number": (sent) => numericHtml(everything(sent))
}

const repeating = Object.entries(ways).flatMap((
  [way, say]
): ReadonlyArray<readonly [string, (sent: Sent) => ServerResponse]> => [
  [
    `4100, ${way}`,
    (sent) => Response.json({ code: 4100, message: say(sent), codeDesc: say(sent), requestId: say(sent) })
  ],
  [
    `4100 as PHP writes it, ${way}`,
    (sent) => new Response(JSON.stringify({ code: 4100, message: say(sent) }).replaceAll("/", "\\/"))
  ],
  [
    `5400, ${way}`,
    (sent) =>
      Response.json({ code: 5400, message: "", detail: { a: { code: 5000, message: say(sent) }, [say(sent)]: {} } })
  ],
  [
    `transitional, ${way}`,
    (sent) => Response.json({ Response: { Error: { Code: "InvalidParameter.SignatureFailure", Message: say(sent) } } })
  ],
  [`an unknown code, ${way}`, (sent) => Response.json({ code: say(sent), message: "" })],
  [`another success, ${way}`, (sent) => Response.json({ code: 0, totalCount: say(sent) })],
  [`no code, ${way}`, (sent) => Response.json({ error: say(sent) })],
  [`200 with HTML, ${way}`, (sent) => new Response(`<html>${say(sent)}`)],
  [`502 with HTML, ${way}`, (sent) => new Response(`<html>${say(sent)}`, { status: 502 })],
  [`403 with HTML, cut, ${way}`, (sent) => new Response(`${"x".repeat(240)}${say(sent)}`, { status: 403 })],
  [`500 with a response, ${way}`, (sent) => Response.json({ code: 6000, message: say(sent) }, { status: 500 })],
  [
    `a success with another status, ${way}`,
    (sent) => Response.json({ code: 0, totalCount: 1, x: say(sent) }, { status: 201 })
  ]
])

const transport = (cause: unknown) => (sent: Sent): ServerResponse =>
  Effect.fail(
    new HttpClientError.HttpClientError({
      reason: new HttpClientError.TransportError({
        // What an HTTP client knows of the request.
        request: HttpClientRequest.get(sent.url.href),
        description: sent.url.href,
        cause: cause instanceof Error
          ? Object.assign(cause, { url: sent.url.href, message: sent.url.href })
          : sent.url.href
      })
    })
  )

const others: ReadonlyArray<readonly [string, (sent: Sent) => ServerResponse]> = [
  ["4100 in escapes", (sent) => new Response(`{"code":4100,"message":"${unicodeJson(everything(sent))}"}`)],
  ["a lost connection", transport(Object.assign(new Error(), { code: "ECONNRESET" }))],
  ["a failure without a code", transport("text")],
  ["a body that breaks", (sent) =>
    new Response(
      new ReadableStream({
        start: (controller) => controller.error(new Error(sent.url.href))
      })
    )],
  ["no response", () => Effect.never],
  ...ErrorCode.catalogue.map(({ code }) => [`${code}`, () => Response.json({ code, message: "m" })] as const)
]

// ---------------------------------------------------------------------------------------------------------------------

describe.each(["GET", "POST"] as const)("%s", (method) => {
  it.effect.each([...repeating, ...others])("%s", ([, respond]) =>
    Effect.gen(function*() {
      const { logs, sent, spans, text } = yield* tour(
        respond,
        { region: "r", method },
        (client) => client.call(Action, { password: Redacted.make("a password") })
      )
      assert.isAbove(sent.length, 0)
      assert.isTrue(logs.length >= 8 && spans.length === 2)
      const at = text.indexOf("canary")
      assert.strictEqual(at, -1, text.slice(Math.max(0, at - 200), at + 200))
      for (const { parameters } of sent) {
        const signature = core(parameters.get("Signature")!)
        assert.isAbove(signature.length, 5)
        const at = text.indexOf(signature)
        assert.strictEqual(at, -1, text.slice(Math.max(0, at - 200), at + 200))
      }
    }))
})

describe("what is left of a response", () => {
  it.effect("is still the response", () =>
    Effect.gen(function*() {
      const { layer } = scripted((sent) =>
        Response.json({ code: 4100, message: `(100)${sent.parameters.get("Signature")} is wrong`, requestId: 7 })
      )
      const error = yield* Effect.flatMap(TencentClient.TencentClient, (client) =>
        client.call(Action, { password: Redacted.make("x") })).pipe(
          Effect.provide(
            TencentClient.layer({ region: "r" }).pipe(Layer.provide([TencentCredentials.layer(temporaryKeys), layer]))
          ),
          Effect.flip
        )
      assert(error._tag === "AuthenticationFailed")
      assert.deepStrictEqual([error.message, error.moduleCode, error.requestId], ["(100)<redacted> is wrong", 100, "7"])
    }))

  it.effect.each(["e", "code", "message"])(
    "keys that are no keys change nothing: '%s'",
    (key) =>
      Effect.gen(function*() {
        const { layer } = scripted(() => Response.json({ code: 4101, message: "code, message" }))
        const given = { secretId: "AKIDexample", secretKey: Redacted.make(key), token: Redacted.make(key) }
        const error = yield* Effect.flatMap(
          TencentClient.TencentClient,
          (client) => client.call(Action, { password: Redacted.make("x") })
        ).pipe(
          Effect.provide(
            TencentClient.layer({ region: "r" }).pipe(Layer.provide([TencentCredentials.layer(given), layer]))
          ),
          Effect.flip
        )
        assert.deepStrictEqual([error._tag, error.message], ["UnauthorizedApi", "code, message"])
      })
  )
})
