/**
 * A tour of calls of API 3.0 with keys that are easy to find: nothing that a program prints, logs or exports has one of them.
 */
import { assert, describe, it } from "@effect/vitest"
import { ErrorCode, TencentAction } from "effect-tencentcloud/v3"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { secretKey, token } from "../support/client.ts"
import type { Sent, ServerResponse } from "../support/scriptedServer.ts"
import { core, escapeHtml, numericHtml, tour, unicodeJson } from "../support/secretsTour.ts"

const Page = Schema.Struct({ Items: Schema.Array(Schema.Number) })

const DescribeInstances = TencentAction.makePaged("DescribeInstances", {
  service: "cvm",
  version: "2017-03-12",
  request: Schema.Struct({
    Password: Schema.Redacted(Schema.String),
    Offset: Schema.optionalKey(Schema.Number),
    Limit: Schema.optionalKey(Schema.Number)
  }),
  response: Page,
  errors: { notFound: ["InvalidZone.NotFound"] },
  pages: { items: (page) => page.Items, offset: "Offset", limit: "Limit" }
})

/** What a server knows of a request: its headers, its body, and the key. */
const everything = ({ body, headers }: Sent): string => [...Object.values(headers), body, token, secretKey].join(" ")

const ways: { readonly [way: string]: (text: string) => string } = {
  "in clear": (text) => text,
  "in an address": encodeURIComponent,
  "in HTML": escapeHtml,
  "in HTML, by number": numericHtml
}

const refusal = (Code: string, Message: string, RequestId: string): ServerResponse =>
  Response.json({ Response: { Error: { Code, Message }, RequestId } })

const repeating = Object.entries(ways).flatMap((
  [way, write]
): ReadonlyArray<readonly [string, (sent: Sent) => ServerResponse]> => {
  const say = (sent: Sent) => write(everything(sent))
  return [
    [`a common code, ${way}`, (sent) => refusal("AuthFailure.SignatureFailure", say(sent), say(sent))],
    [`a declared code, ${way}`, (sent) => refusal("InvalidZone.NotFound", say(sent), say(sent))],
    [`an unknown code, ${way}`, (sent) => refusal(say(sent), say(sent), "r-1")],
    [
      `a success that does not fit, ${way}`,
      (sent) => Response.json({ Response: { Items: [say(sent)], RequestId: say(sent) } })
    ],
    [`a success, ${way}`, (sent) => Response.json({ Response: { Items: [], RequestId: say(sent).slice(-60) } })],
    [
      `a success with the key first, ${way}`,
      () => Response.json({ Response: { Items: [], RequestId: write(secretKey) } })
    ],
    [`200 with HTML, ${way}`, (sent) => new Response(`<html>${say(sent)}`)],
    [`502 with HTML, ${way}`, (sent) => new Response(`<html>${say(sent)}`, { status: 502 })],
    [`a body of API 2.0, ${way}`, (sent) => Response.json({ code: 4100, message: say(sent), requestId: say(sent) })]
  ]
})

const others: ReadonlyArray<readonly [string, (sent: Sent) => ServerResponse]> = [
  [
    "a code in escapes",
    (sent) =>
      new Response(`{"Response":{"Error":{"Code":"InternalError","Message":"${unicodeJson(everything(sent))}"}}}`)
  ],
  ["no response", () => Effect.never],
  ...ErrorCode.catalogue.map(({ code }) => [code, () => refusal(code, "m", "r-1")] as const)
]

const ends = {
  call: (client) => client.call(DescribeInstances, { Password: Redacted.make("a password") }),
  paginate: (client) => Stream.runCollect(client.paginate(DescribeInstances, { Password: Redacted.make("a password") }))
} satisfies { readonly [name: string]: Parameters<typeof tour>[2] }

describe.each(Object.entries(ends))("%s", (_, call) => {
  it.effect.each([...repeating, ...others])("%s", ([, respond]) =>
    Effect.gen(function*() {
      const { sent, spans, text } = yield* tour(respond, { region: "r", language: "en-US" }, call)
      assert.isAbove(sent.length, 0)
      assert.strictEqual(spans.length, 2)
      const signatures = sent.map(({ headers }) => headers["authorization"]!.split("Signature=")[1]!)
      for (const secret of ["canary", ...signatures.map(core)]) {
        assert.isAbove(secret.length, 5)
        const at = text.indexOf(secret)
        assert.strictEqual(at, -1, text.slice(Math.max(0, at - 200), at + 200))
      }
    }))
})

/** It has no signature, and the identity of the caller in its request. */
const AssumeRoleWithWebIdentity = TencentAction.make("AssumeRoleWithWebIdentity", {
  service: "sts",
  version: "2018-08-13",
  request: Schema.Struct({ WebIdentityToken: Schema.RedactedFromValue(Schema.String) }),
  response: Schema.Struct({ ExpiredTime: Schema.Number }),
  skipSign: true
})

describe("a call without a signature", () => {
  it.effect.each([...repeating.filter(([name]) => name.endsWith("in clear")), ...others])(
    "%s",
    ([, respond]) =>
      Effect.gen(function*() {
        const identity = "oidcIdentityeyJhbGciOiJSUzI1NiJ9"
        // What the server repeats is all but the body: a client cannot know what a request means.
        const { sent, text } = yield* tour(
          (sent) => respond({ ...sent, body: "" }),
          { region: "r" },
          (client) => client.call(AssumeRoleWithWebIdentity, { WebIdentityToken: Redacted.make(identity) })
        )
        assert.isTrue(sent.length > 0 && sent.every(({ body }) => body.includes(identity)))
        for (const secret of ["canary", identity]) assert.notInclude(text, secret)
      })
  )
})
