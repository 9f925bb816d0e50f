import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { TencentClient, TencentCredentials } from "effect-tencentcloud/client"
import { TencentAction, TencentRoles, TencentSignature } from "effect-tencentcloud/v3"
import * as Cause from "effect/Cause"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as PlatformError from "effect/PlatformError"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { inspect } from "node:util"
import { DefaultCredentialProvider } from "tencentcloud-sdk-nodejs-common/tencentcloud/common/credential.js"
import { makeRandom } from "../support/random.ts"
import { json, scripted, type Sent, type ServerResponse, transportError } from "../support/scriptedServer.ts"
import { collectSpans } from "../support/spans.ts"

// ---------------------------------------------------------------------------------------------------------------------
// A cloud
// ---------------------------------------------------------------------------------------------------------------------

const arn = "qcs::cam::uin/100000000001:roleName/deploy"
const secretKey = "canaryKeyOfTheRole/+="
const sessionToken = "canaryTokenOfTheSession/+="
const ownKey = "canaryKeyOfTheAccount"
const webToken = "eyJhbGciOiJub25lIn0.canaryOfTheWebIdentity.c2lnbmF0dXJl"

const own: TencentCredentials.Credentials = { secretId: "AKIDown", secretKey: Redacted.make(ownKey) }
const ownKeys = Effect.succeed(own)

/** In seconds since the epoch. The clock of a test begins at 0. */
const hours = (count: number): number => count * 3600

const metadataKeys = (part: object = {}) => ({
  Code: "Success",
  TmpSecretId: "AKIDinstance",
  TmpSecretKey: secretKey,
  Token: sessionToken,
  ExpiredTime: hours(2),
  Expiration: "1970-01-01T02:00:00Z",
  ...part
})

const assumed = (part: object = {}) => ({
  Credentials: { TmpSecretId: "AKIDassumed", TmpSecretKey: secretKey, Token: sessionToken },
  ExpiredTime: hours(2),
  Expiration: "1970-01-01T02:00:00Z",
  ...part
})

const success = (members: object): Response => json({ Response: { ...members, RequestId: "r-1" } })

const refusal = (Code: string, Message = "the words of STS", init?: ResponseInit): Response =>
  json({ Response: { Error: { Code, Message }, RequestId: "r-1" } }, init)

const list = "/latest/meta-data/cam/security-credentials/"

/** The metadata service of an instance with the role `web-server`. */
const metadata = (keys: () => ServerResponse = () => json(metadataKeys())) => ({ url }: Sent): ServerResponse => {
  if (url.pathname === list) return new Response("web-server\n")
  return url.pathname === `${list}web-server` ? keys() : new Response("", { status: 404 })
}

const nowhere = Layer.mergeAll(
  ConfigProvider.layer(ConfigProvider.fromEnv({ env: {} })),
  FileSystem.layerNoop({
    readFileString: () =>
      Effect.fail(PlatformError.systemError({ _tag: "NotFound", module: "FileSystem", method: "readFileString" }))
  })
)

const tokenFile = "/var/run/secrets/token"

const pod = {
  TKE_REGION: "ap-singapore",
  TKE_PROVIDER_ID: "oidc-provider",
  TKE_WEB_IDENTITY_TOKEN_FILE: tokenFile,
  TKE_ROLE_ARN: arn
}

const env = (variables: Record<string, string>) => ConfigProvider.layer(ConfigProvider.fromEnv({ env: variables }))

const files = (read: (path: string) => string | undefined) =>
  FileSystem.layerNoop({
    readFileString: (path) => {
      const text = read(path)
      return text === undefined
        ? Effect.fail(PlatformError.systemError({ _tag: "NotFound", module: "FileSystem", method: "readFileString" }))
        : Effect.succeed(text)
    }
  })

const podFile = files((path) => path === tokenFile ? `${webToken}\n` : undefined)

type Environment = HttpClient.HttpClient | FileSystem.FileSystem

/** In clear, to compare. */
const plain = ({ expiresAt, secretId, secretKey, token }: TencentCredentials.Credentials) => ({
  secretId,
  secretKey: Redacted.value(secretKey),
  token: token === undefined ? undefined : Redacted.value(token),
  expiresAt
})

/** The credentials in clear, or the message of the failure. */
const outcomeOf = <R extends Environment>(source: TencentCredentials.Source<R>) =>
  Effect.match(source, {
    onSuccess: plain,
    onFailure: (error) => {
      assert.deepStrictEqual([error._tag, error.kind, error.outcome], [
        "CredentialsUnavailable",
        "credentials",
        "notRun"
      ])
      return error.message
    }
  })

/** What a source comes to when it has had `time`. Steps leave what runs without waiting the time to do so. */
const within = <A, E, R>(effect: Effect.Effect<A, E, R>, time: number) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.forkChild(effect)
    for (let step = 0; step < 10; step++) yield* TestClock.adjust(time / 10)
    return yield* Fiber.join(fiber)
  })

const bodyOf = (sent: Sent | undefined): unknown => JSON.parse(sent?.body ?? "null")

const ofInstance = { secretId: "AKIDinstance", secretKey, token: sessionToken, expiresAt: hours(2) * 1000 }
const ofRole = { ...ofInstance, secretId: "AKIDassumed" }

const elsewhere = "Only an instance of Tencent Cloud has this service: elsewhere provide another source."
const notBound =
  "The metadata service has no role for this instance: bind a role to it in the console, or provide another source."
const without = (name: string) => json({ ...metadataKeys(), [name]: undefined })
const intruder = (what: string) =>
  `The metadata service ${what}. Check that no proxy or login page responds in the place of metadata.tencentyun.com.`
const expired = (source: string) =>
  `${source} returned keys that have expired. If that happens again, check the clock of this machine.`
const noTime = (source: string) =>
  `${source} returned keys whose ExpiredTime is no time in seconds. Check that the endpoint is that of the vendor.`

// ---------------------------------------------------------------------------------------------------------------------
// The role of the instance
// ---------------------------------------------------------------------------------------------------------------------

describe("the role of the instance", () => {
  it.effect("asks for the name of the role, then for its keys", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(metadata())
      assert.deepStrictEqual(yield* outcomeOf(TencentRoles.instanceRole()).pipe(Effect.provide(layer)), ofInstance)
      assert.deepStrictEqual(sent.map(({ method, url }) => `${method} ${url.href}`), [
        `GET http://metadata.tencentyun.com${list}`,
        `GET http://metadata.tencentyun.com${list}web-server`
      ])
    }))

  it.effect("asks another address, of which the scheme, the host and the port count", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(metadata())
      const endpoint = new URL("http://name:password@127.0.0.1:9520/path?a=b#c")
      yield* TencentRoles.instanceRole({ endpoint }).pipe(Effect.provide(layer))
      assert.deepStrictEqual(sent.map(({ url }) => url.href), [
        `http://127.0.0.1:9520${list}`,
        `http://127.0.0.1:9520${list}web-server`
      ])
    }))

  it("refuses an address that is none of HTTP", () => {
    assert.throws(() => TencentRoles.instanceRole({ endpoint: new URL("localhost:9520") }), /http:\/\//)
  })

  it.effect.each<readonly [string, () => Response, string]>([
    ["404", () => new Response("Not Found", { status: 404 }), notBound],
    ["nothing", () => new Response(" \n"), notBound],
    [
      "204",
      () => new Response(null, { status: 204 }),
      "The metadata service responded with status 204. Try again later."
    ],
    [
      "500",
      () => new Response("x", { status: 500 }),
      "The metadata service responded with status 500. Try again later."
    ],
    [
      "a login page",
      () => new Response("<html><a href='/login'>canary</a></html>", { headers: { "content-type": "text/html" } }),
      intruder("did not return the name of a role")
    ],
    ["two names", () => new Response("a\nb"), intruder("did not return the name of a role")],
    ["a path", () => new Response("../../canary"), intruder("did not return the name of a role")],
    ["a name of 129", () => new Response("a".repeat(129)), intruder("did not return the name of a role")],
    ["100,001", () => new Response("a".repeat(100_001)), intruder("sent a response that is too long for it")]
  ])("fails when the name of the role is %s", ([, respond, message]) =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(respond)
      assert.strictEqual(yield* outcomeOf(TencentRoles.instanceRole()).pipe(Effect.provide(layer)), message)
      assert.lengthOf(sent, 1)
    }))

  const noKeys = intruder("did not return the keys of the role web-server")

  it.effect.each<readonly [string, () => Response, string]>([
    ["404", () => new Response("", { status: 404 }), notBound],
    [
      "500",
      () => new Response("", { status: 500 }),
      "The metadata service responded with status 500. Try again later."
    ],
    ["HTML", () => new Response("<html>canary"), noKeys],
    ["cut", () => new Response(JSON.stringify(metadataKeys()).slice(0, -3)), noKeys],
    ["null", () => new Response("null"), noKeys],
    ["a list", () => json([metadataKeys()]), noKeys],
    ["deep", () => new Response("[".repeat(50_000)), noKeys],
    [
      "in the prototype",
      () => new Response(`{"Code":"Success","__proto__":${JSON.stringify(metadataKeys())}}`),
      noKeys
    ],
    ["without an id", () => without("TmpSecretId"), noKeys],
    ["without a key", () => without("TmpSecretKey"), noKeys],
    ["without a token", () => without("Token"), noKeys],
    ["without an end", () => without("ExpiredTime"), noKeys],
    ["without a code", () => without("Code"), noKeys],
    ["with an empty key", () => json(metadataKeys({ TmpSecretKey: "" })), noKeys],
    ["with a key that is a number", () => json(metadataKeys({ TmpSecretKey: 7 })), noKeys],
    ["with an end that is text", () => json(metadataKeys({ ExpiredTime: "7200" })), noKeys],
    [
      "another code",
      () => json({ Code: "RoleNot\nFound" }),
      "The metadata service has no keys for the role web-server: RoleNot Found. " +
      "Check that the role exists, and that it trusts CVM."
    ],
    ["past", () => json(metadataKeys({ ExpiredTime: -1 })), expired("The metadata service")],
    ["over now", () => json(metadataKeys({ ExpiredTime: 0 })), expired("The metadata service")],
    ["in milliseconds", () => json(metadataKeys({ ExpiredTime: 1_764_000_000_000 })), noTime("The metadata service")],
    ["with a half second", () => json(metadataKeys({ ExpiredTime: 7200.5 })), noTime("The metadata service")],
    [
      "without end",
      () => new Response(JSON.stringify(metadataKeys()).replace("7200", "1e999")),
      noTime("The metadata service")
    ]
  ])("fails when the keys are %s", ([, respond, message]) =>
    Effect.gen(function*() {
      const { layer } = scripted(metadata(respond))
      const failure = yield* outcomeOf(TencentRoles.instanceRole()).pipe(Effect.provide(layer))
      assert.strictEqual(failure, message)
      assert.notInclude(message, "canary")
    }))

  it.effect.each<readonly [string, ServerResponse, string]>([
    [
      "there is no such host",
      transportError("ENOTFOUND"),
      `at metadata.tencentyun.com cannot be reached: ENOTFOUND. ${elsewhere}`
    ],
    [
      "the connection is refused",
      transportError("ECONNREFUSED"),
      `at metadata.tencentyun.com cannot be reached: ECONNREFUSED. ${elsewhere}`
    ]
  ])("outside the cloud, where %s, it fails at once", ([, response, message]) =>
    Effect.gen(function*() {
      const { layer } = scripted(() => response)
      assert.strictEqual(
        yield* outcomeOf(TencentRoles.instanceRole()).pipe(Effect.provide(layer)),
        `The metadata service ${message}`
      )
    }))

  it.effect.each<readonly [string, () => ServerResponse]>([
    ["nothing responds", () => Effect.never],
    [
      "a body never ends",
      () => new Response(new ReadableStream({ start: (body) => body.enqueue(new Uint8Array([97])) }))
    ]
  ])("outside the cloud, where %s, it fails within a second", ([, respond]) =>
    Effect.gen(function*() {
      const { layer } = scripted(respond)
      const fiber = yield* Effect.forkChild(outcomeOf(TencentRoles.instanceRole()).pipe(Effect.provide(layer)))
      yield* TestClock.adjust(999)
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust(1)
      assert.strictEqual(
        yield* Fiber.join(fiber),
        `The metadata service at metadata.tencentyun.com did not respond within a second. ${elsewhere}`
      )
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// A role that other credentials assume
// ---------------------------------------------------------------------------------------------------------------------

describe("a role that other credentials assume", () => {
  it.effect("is one request to STS, signed with them", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(1_551_113_065_000)
      const { layer, sent } = scripted(() => success(assumed({ ExpiredTime: 1_551_120_265 })))
      const keys = { ...own, token: Redacted.make("canaryTokenOfTheAccount") }
      const load = TencentRoles.assumeRole(Effect.succeed(keys), { roleArn: arn })
      assert.deepStrictEqual(yield* outcomeOf(load).pipe(Effect.provide(layer)), {
        ...ofRole,
        expiresAt: 1_551_120_265_000
      })
      const [request] = sent
      assert.lengthOf(sent, 1)
      assert.strictEqual(`${request?.method} ${request?.url.href}`, "POST https://sts.tencentcloudapi.com/")
      assert.deepStrictEqual(bodyOf(request), {
        RoleArn: arn,
        RoleSessionName: "effect-tencentcloud-1551113065000"
      })
      assert.deepInclude({ ...request?.headers }, {
        authorization: TencentSignature.authorization({
          method: "POST",
          service: "sts",
          host: "sts.tencentcloudapi.com",
          query: "",
          contentType: "application/json",
          body: request?.body ?? "",
          action: "AssumeRole",
          timestamp: 1_551_113_065
        }, keys),
        "x-tc-action": "AssumeRole",
        "x-tc-version": "2018-08-13",
        "x-tc-region": "ap-guangzhou",
        "x-tc-token": "canaryTokenOfTheAccount"
      })
    }))

  it.effect("sends what the options say, the policy URL-encoded", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => success(assumed()))
      yield* TencentRoles.assumeRole(ownKeys, {
        roleArn: arn,
        sessionName: "build-42",
        duration: "90.9 seconds",
        externalId: "e-1",
        policy: `{"version":"2.0"}`,
        region: "ap-shanghai-fsi"
      }).pipe(Effect.provide(layer))
      assert.deepStrictEqual(bodyOf(sent[0]), {
        RoleArn: arn,
        RoleSessionName: "build-42",
        DurationSeconds: 90,
        ExternalId: "e-1",
        Policy: "%7B%22version%22%3A%222.0%22%7D"
      })
      assert.strictEqual(sent[0]?.url.href, "https://sts.ap-shanghai-fsi.tencentcloudapi.com/")
      assert.strictEqual(sent[0]?.headers["x-tc-region"], "ap-shanghai-fsi")
    }))

  it.effect("sends a policy with half a character in it as it sends other texts", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => success(assumed()))
      yield* TencentRoles.assumeRole(ownKeys, { roleArn: arn, policy: "\ud800" }).pipe(Effect.provide(layer))
      assert.deepInclude(bodyOf(sent[0]), { Policy: encodeURIComponent("\ufffd") })
    }))

  it.effect.each([Duration.infinity, Duration.negativeInfinity])(
    "sends nothing for a duration of %s",
    (duration) =>
      Effect.gen(function*() {
        const { layer, sent } = scripted(() => success(assumed()))
        const load = TencentRoles.assumeRole(ownKeys, { roleArn: arn, duration })
        const message = yield* outcomeOf(load).pipe(Effect.provide(layer))
        assert.include(message, `AssumeRole of ${arn} failed with InvalidRequest: `)
        assert.lengthOf(sent, 0)
      })
  )

  it.effect("can be assumed by the role of the instance, whose keys are loaded for each session", () =>
    Effect.gen(function*() {
      let loads = 0
      const { layer, sent } = scripted((sent) =>
        sent.method === "POST"
          ? success(assumed())
          : metadata(() => json(metadataKeys({ TmpSecretId: `AKIDinstance${++loads}` })))(sent)
      )
      const load = TencentRoles.assumeRole(TencentRoles.instanceRole(), { roleArn: arn })
      yield* Effect.provide(Effect.all([load, load]), layer)
      const signed = sent.filter(({ method }) => method === "POST").map(({ headers }) => headers["authorization"])
      assert.include(signed[0], "Credential=AKIDinstance1/")
      assert.include(signed[1], "Credential=AKIDinstance2/")
    }))

  it.effect("goes to the endpoint that is given, and is signed for its host", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => success(assumed()))
      yield* TencentRoles.assumeRole(ownKeys, {
        roleArn: arn,
        endpoint: ({ host }) => ({ url: new URL("http://127.0.0.1:9520/sts"), signedHost: host })
      }).pipe(Effect.provide(layer))
      assert.strictEqual(sent[0]?.url.href, "http://127.0.0.1:9520/sts")
      assert.strictEqual(sent[0]?.headers["host"], "sts.tencentcloudapi.com")
    }))

  const failed = (name: string, words: string) => `AssumeRole of ${arn} failed with ${name} (request r-1): ${words}`

  it.effect.each<readonly [string, string]>([
    ["ResourceNotFound.RoleNotFound", "the words of STS. Check the ARN of the role."],
    [
      "UnauthorizedOperation",
      "the words of STS. Check that the role trusts whoever assumes it, and that they may use sts:AssumeRole."
    ],
    ["InvalidParameter.ParamError", "the words of STS. Check the ARN of the role, and what else was sent."],
    ["AuthFailure.SignatureFailure", "the words of STS. Check the credentials that assume the role."],
    ["AuthFailure.MFAFailure", "the words of STS. Check the credentials that assume the role."],
    ["SomethingElse.New", "the words of STS."]
  ])("%s is refused once, with the words of STS and what to do", ([code, words]) =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => refusal(code))
      const load = TencentRoles.assumeRole(ownKeys, { roleArn: arn })
      assert.strictEqual(yield* outcomeOf(load).pipe(Effect.provide(layer)), failed(code, words))
      assert.lengthOf(sent, 1)
    }))

  it.effect("says why the credentials that should assume it are not there", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => success(assumed()))
      const load = TencentRoles.assumeRole(TencentCredentials.fromConfig, { roleArn: arn })
      assert.strictEqual(
        yield* outcomeOf(load).pipe(Effect.provide([layer, nowhere])),
        "AssumeRole has nothing to sign with: TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY are not set: " +
          "set both, or provide another source."
      )
      assert.lengthOf(sent, 0)
    }))

  it.effect("asks for other credentials once when those are refused", () =>
    Effect.gen(function*() {
      let loads = 0
      const { layer, sent } = scripted(({ headers }) =>
        headers["authorization"]?.includes("AKIDown1/") ? refusal("AuthFailure.SecretIdNotFound") : success(assumed())
      )
      const rotated = Effect.sync(() => ({ ...own, secretId: `AKIDown${++loads}` }))
      const load = outcomeOf(TencentRoles.assumeRole(rotated, { roleArn: arn })).pipe(Effect.provide(layer))
      assert.deepStrictEqual(yield* within(load, 5000), ofRole)
      assert.deepStrictEqual([loads, sent.length], [2, 2])
    }))

  it.effect("asks again after a failure that passes, and with the time of the server", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(3_600_000)
      const date = new Date(0).toUTCString()
      const responses = [
        () => transportError("ECONNRESET"),
        () => refusal("InternalError.SystemError"),
        () => refusal("AuthFailure.SignatureExpire", "", { headers: { date } })
      ]
      const { layer, sent } = scripted((_, index) => responses[index]?.() ?? success(assumed()))
      const load = outcomeOf(TencentRoles.assumeRole(ownKeys, { roleArn: arn })).pipe(Effect.provide(layer))
      assert.deepStrictEqual(yield* within(load, 20_000), ofRole)
      assert.isBelow(Number(sent[3]?.headers["x-tc-timestamp"]), 60)
    }))

  it.effect("gives up within 25 seconds when nothing responds", () =>
    Effect.gen(function*() {
      const { layer } = scripted(() => Effect.never)
      const load = outcomeOf(TencentRoles.assumeRole(ownKeys, { roleArn: arn })).pipe(Effect.provide(layer))
      assert.strictEqual(
        yield* within(load, 25_000),
        `AssumeRole of ${arn} failed with TransportFailure: No response came in time. ` +
          "The request may have been executed. (sts.tencentcloudapi.com)."
      )
    }))

  it.effect.each<readonly [string, () => Response, string]>([
    ["HTML", () => new Response("<html>canary"), `AssumeRole of ${arn} failed with MalformedResponse`],
    [
      "another status",
      () => new Response("canary", { status: 403 }),
      `AssumeRole of ${arn} failed with UnexpectedStatus`
    ],
    [
      "no keys",
      () => success({ ExpiredTime: 7200 }),
      `AssumeRole of ${arn} failed with MalformedResponse: The response does not fit its schema at Credentials`
    ],
    [
      "a token that is none",
      () => success(assumed({ Credentials: { TmpSecretId: "i", TmpSecretKey: secretKey, Token: { canary: 1 } } })),
      "MalformedResponse: The response does not fit its schema at Credentials.Token"
    ],
    ["keys that have expired", () => success(assumed({ ExpiredTime: 0 })), expired("AssumeRole")],
    ["an end in milliseconds", () => success(assumed({ ExpiredTime: 1_764_000_000_000 })), noTime("AssumeRole")]
  ])("fails when STS returns %s", ([, respond, message]) =>
    Effect.gen(function*() {
      const { layer } = scripted(respond)
      const load = outcomeOf(TencentRoles.assumeRole(ownKeys, { roleArn: arn })).pipe(Effect.provide(layer))
      const outcome = yield* within(load, 25_000)
      assert(typeof outcome === "string")
      assert.include(outcome, message)
      assert.notInclude(outcome, "canary")
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// A role that a web identity assumes
// ---------------------------------------------------------------------------------------------------------------------

describe("a role that a web identity assumes", () => {
  it.effect("is one request to STS that is not signed, with what the pod has", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => success(assumed()))
      const load = TencentRoles.webIdentity().pipe(Effect.provide([layer, env(pod), podFile]))
      assert.deepStrictEqual(yield* outcomeOf(load), ofRole)
      const [request] = sent
      assert.lengthOf(sent, 1)
      assert.strictEqual(`${request?.method} ${request?.url.href}`, "POST https://sts.tencentcloudapi.com/")
      assert.deepStrictEqual(bodyOf(request), {
        RoleArn: arn,
        RoleSessionName: "effect-tencentcloud-0",
        ProviderId: "oidc-provider",
        WebIdentityToken: webToken
      })
      assert.deepInclude({ ...request?.headers }, {
        authorization: "SKIP",
        "x-tc-action": "AssumeRoleWithWebIdentity",
        "x-tc-version": "2018-08-13",
        "x-tc-region": "ap-singapore"
      })
      assert.notProperty(request?.headers, "x-tc-token")
    }))

  it.effect("reads the token for each session", () =>
    Effect.gen(function*() {
      let reads = 0
      const { layer, sent } = scripted(() => success(assumed()))
      const load = TencentRoles.webIdentity().pipe(
        Effect.provide([layer, env(pod), files(() => `token-${++reads}`)])
      )
      yield* Effect.all([load, load])
      assert.deepStrictEqual(
        sent.map((one) => (bodyOf(one) as { readonly WebIdentityToken: string }).WebIdentityToken),
        ["token-1", "token-2"]
      )
    }))

  it.effect("takes options in the place of the variables", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => success(assumed()))
      yield* TencentRoles.webIdentity({
        roleArn: "another-role",
        providerId: "another-provider",
        tokenFile: "/another",
        region: "ap-shanghai-fsi",
        sessionName: "build-42",
        duration: "1 hour"
      }).pipe(Effect.provide([layer, env({}), files((path) => path === "/another" ? "another-token" : undefined)]))
      assert.deepStrictEqual(bodyOf(sent[0]), {
        RoleArn: "another-role",
        RoleSessionName: "build-42",
        DurationSeconds: 3600,
        ProviderId: "another-provider",
        WebIdentityToken: "another-token"
      })
      assert.strictEqual(sent[0]?.url.href, "https://sts.ap-shanghai-fsi.tencentcloudapi.com/")
    }))

  it.effect.each<ReadonlyArray<string>>([...Object.keys(pod).map((name) => [name]), Object.keys(pod)])(
    "fails at once without %j",
    (missing) =>
      Effect.gen(function*() {
        const { layer, sent } = scripted(() => success(assumed()))
        const variables = Object.fromEntries(
          Object.entries(pod).map(([name, value]) => [name, missing.includes(name) ? "" : value])
        )
        assert.strictEqual(
          yield* outcomeOf(TencentRoles.webIdentity()).pipe(Effect.provide([layer, env(variables), podFile])),
          `There is no web identity, because ${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} not set: ` +
            "TKE sets them in pods whose service account has a role. Elsewhere provide another source."
        )
        assert.lengthOf(sent, 0)
      })
  )

  it.effect.each<readonly [string, string | undefined, string]>([
    ["is not there", undefined, "cannot be read: NotFound. Check the path and its permissions."],
    ["is empty", " \n", "is empty. Check that it is the file of the web identity."],
    ["has two lines", "canary\ncanary", "has more in it than a token. Check that it is the file of the web identity."],
    ["is binary", "canary\u0000", "has more in it than a token. Check that it is the file of the web identity."]
  ])("fails at once when the token file %s", ([, text, problem]) =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => success(assumed()))
      assert.strictEqual(
        yield* outcomeOf(TencentRoles.webIdentity()).pipe(Effect.provide([layer, env(pod), files(() => text)])),
        `The token file ${tokenFile} ${problem}`
      )
      assert.lengthOf(sent, 0)
    }))

  it.effect("says what STS has against the token, without it", () =>
    Effect.gen(function*() {
      const { layer } = scripted(() => refusal("InvalidParameter.WebIdentityTokenError", `${webToken} has expired`))
      assert.strictEqual(
        yield* outcomeOf(TencentRoles.webIdentity()).pipe(Effect.provide([layer, env(pod), podFile])),
        `AssumeRoleWithWebIdentity of ${arn} failed with InvalidParameter.WebIdentityTokenError (request r-1): ` +
          "<redacted> has expired. Check the ARN of the role, and what else was sent."
      )
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// Any bytes
// ---------------------------------------------------------------------------------------------------------------------

const pieces = [
  "",
  "{",
  "}",
  "[",
  "null",
  "0",
  "-1",
  "1e999",
  "\"",
  "\\u0000",
  "\u0000",
  "\n",
  "é",
  "<html>",
  "Code",
  "Token"
]

/** A text with a part of it replaced, and where it was. */
const mutated = (text: string, random: () => number): string => {
  const start = Math.floor(random() * text.length)
  const end = start + Math.floor(random() * random() * 40)
  return `${text.slice(0, start)}${pieces[Math.floor(random() * pieces.length)]}${text.slice(end)}`
}

const sources: ReadonlyArray<readonly [string, TencentCredentials.Source<Environment>]> = [
  ["the role of the instance", TencentRoles.instanceRole()],
  ["a role that other credentials assume", TencentRoles.assumeRole(ownKeys, { roleArn: arn })],
  ["a role that a web identity assumes", TencentRoles.webIdentity()]
]

describe.each(sources)("whatever the bytes: %s", (_, source) => {
  it.effect("credentials, or CredentialsUnavailable that repeats no secret", () =>
    Effect.gen(function*() {
      const texts = [
        JSON.stringify(metadataKeys()),
        JSON.stringify({ Response: { ...assumed(), RequestId: "r-1" } }),
        JSON.stringify({ Response: { Error: { Code: "UnauthorizedOperation", Message: "no" }, RequestId: "r-1" } })
      ]
      for (let seed = 0; seed < 600; seed++) {
        const random = makeRandom(seed)
        const text = mutated(texts[seed % texts.length]!, random)
        const { layer } = scripted(({ url }) =>
          new Response(url.pathname === list && seed % 5 > 0 ? "web-server" : text)
        )
        const outcome = yield* within(outcomeOf(source), 30_000).pipe(Effect.provide([layer, env(pod), podFile]))
        if (typeof outcome === "string") assert.notInclude(outcome, "canary", `seed ${seed}`)
      }
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// Refreshing
// ---------------------------------------------------------------------------------------------------------------------

const serviceOf = <R>(
  source: TencentCredentials.Source<R>,
  options?: Parameters<typeof TencentCredentials.layerRefreshing>[1]
) =>
  Effect.map(
    Layer.build(TencentCredentials.layerRefreshing(source, options)),
    Context.get(TencentCredentials.TencentCredentials)
  )

/** Keys that live for two hours, with a number for each load. */
const cloud = (isDown: () => boolean = () => false) => {
  let loads = 0
  const one = scripted((sent) =>
    Effect.flatMap(
      TestClock.testClockWith((clock) => clock.currentTimeMillis),
      (now): Effect.Effect<Response, never> => {
        const ExpiredTime = Math.floor(now / 1000) + hours(2)
        if (isDown()) return Effect.succeed(refusal("UnauthorizedOperation", "no", { status: 403 }))
        if (sent.method === "POST") {
          const TmpSecretId = `AKID${++loads}`
          const Credentials = { TmpSecretId, TmpSecretKey: secretKey, Token: sessionToken }
          return Effect.succeed(success({ Credentials, ExpiredTime }))
        }
        return Effect.succeed(
          sent.url.pathname === list
            ? new Response("web-server")
            : json(metadataKeys({ TmpSecretId: `AKID${++loads}`, ExpiredTime }))
        )
      }
    ) as ServerResponse
  )
  return { ...one, loads: () => loads }
}

describe.each(sources)("refreshing: %s", (_, source) => {
  const idOf = Effect.map(({ secretId }: TencentCredentials.Credentials) => secretId)

  it.effect("64 callers share one load, and calls go on with the old keys while new ones are loaded", () =>
    Effect.gen(function*() {
      const { layer, loads } = cloud()
      const { get } = yield* Effect.provide(serviceOf(source), [layer, env(pod), podFile])
      const all = yield* within(
        Effect.all(Array.from({ length: 64 }, () => idOf(get)), { concurrency: "unbounded" }),
        10
      )
      assert.deepStrictEqual([new Set(all), loads()], [new Set(["AKID1"]), 1])
      yield* TestClock.adjust(hours(2) * 1000 - 300_000)
      assert.strictEqual(yield* idOf(get), "AKID1")
      yield* TestClock.adjust(10)
      assert.deepStrictEqual([yield* idOf(get), loads()], ["AKID2", 2])
    }))

  it.effect("a failure is not kept, and keys that have not expired stay in use", () =>
    Effect.gen(function*() {
      let isDown = true
      const { layer } = cloud(() => isDown)
      const { get } = yield* Effect.provide(serviceOf(source), [layer, env(pod), podFile])
      assert.strictEqual((yield* within(Effect.flip(get), 30_000))._tag, "CredentialsUnavailable")
      isDown = false
      assert.strictEqual(yield* within(idOf(get), 10), "AKID1")
      isDown = true
      yield* TestClock.adjust(hours(2) * 1000 - 60_000)
      assert.strictEqual(yield* idOf(get), "AKID1")
      yield* TestClock.adjust(30_000)
      assert.strictEqual(yield* idOf(get), "AKID1")
      yield* TestClock.adjust(30_000)
      assert.strictEqual((yield* within(Effect.flip(get), 30_000))._tag, "CredentialsUnavailable")
      isDown = false
      assert.strictEqual(yield* within(idOf(get), 10), "AKID2")
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// All of them
// ---------------------------------------------------------------------------------------------------------------------

const ofEnvironment = { TENCENTCLOUD_SECRET_ID: "AKIDenvironment", TENCENTCLOUD_SECRET_KEY: ownKey }
const credentials = "[default]\nsecret_id = AKIDfile\nsecret_key = key\n"
const ofBoth = files((path) => path === tokenFile ? webToken : path.endsWith("/credentials") ? credentials : undefined)
const instance = (sent: Sent): ServerResponse => sent.method === "POST" ? success(assumed()) : metadata()(sent)
const noInstance = (sent: Sent): ServerResponse =>
  sent.method === "POST" ? success(assumed()) : new Response("", { status: 404 })

describe("the default chain", () => {
  it.effect.each<
    readonly [string, Record<string, string>, Layer.Layer<FileSystem.FileSystem>, typeof instance, string, number]
  >([
    ["the environment", { ...ofEnvironment, ...pod }, ofBoth, instance, "AKIDenvironment", 0],
    ["the credentials file", pod, ofBoth, instance, "AKIDfile", 0],
    ["the role of the instance", pod, podFile, instance, "AKIDinstance", 2],
    ["the web identity", pod, podFile, noInstance, "AKIDassumed", 2]
  ])("takes %s before what comes behind it", ([, variables, files, respond, id, requests]) =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(respond)
      const { secretId } = yield* TencentRoles.defaultChain.pipe(Effect.provide([layer, env(variables), files]))
      assert.deepStrictEqual([secretId, sent.length], [id, requests])
    }))

  it("has the order of the vendor's SDK", () => {
    const { providers } = new DefaultCredentialProvider() as unknown as { readonly providers: ReadonlyArray<object> }
    assert.deepStrictEqual(providers.map(({ constructor }) => constructor.name), [
      "EnvironmentVariableCredential",
      "ProfileCredential",
      "CvmRoleCredential",
      "OIDCRoleArnCredential"
    ])
  })

  it.effect("says within a second what each source lacks", () =>
    Effect.gen(function*() {
      const { layer } = scripted(() => Effect.never)
      const load = outcomeOf(TencentRoles.defaultChain).pipe(Effect.provide([layer, nowhere]))
      const message = yield* within(load, 1000)
      for (
        const part of [
          "No source has credentials. TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY are not set",
          "there is no /etc/tencentcloud/credentials",
          "The metadata service at metadata.tencentyun.com did not respond within a second.",
          "There is no web identity, because TKE_REGION, TKE_PROVIDER_ID, TKE_WEB_IDENTITY_TOKEN_FILE, TKE_ROLE_ARN are not set"
        ]
      ) assert.include(message, part)
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// Secrets
// ---------------------------------------------------------------------------------------------------------------------

const shown = (value: unknown): string =>
  [
    String(value),
    JSON.stringify(value, (_, value: unknown) => typeof value === "bigint" ? String(value) : value),
    inspect(value, { depth: Infinity, showHidden: true, maxStringLength: Infinity, maxArrayLength: Infinity })
  ].join("\n")

/** Everything that the server knows. */
const everything = ({ body, headers }: Sent): string =>
  [body, JSON.stringify(headers), headers["authorization"], headers["authorization"] === "SKIP" ? webToken : ownKey]
    .join(" ")

const saying: ReadonlyArray<readonly [string, (sent: Sent) => ServerResponse]> = [
  ["success", (sent) => sent.method === "POST" ? success(assumed()) : metadata()(sent)],
  [
    "a refusal",
    (sent) =>
      json({
        Response: {
          Error: { Code: "InvalidParameter.ParamError", Message: everything(sent) },
          RequestId: everything(sent)
        }
      })
  ],
  ["a code", (sent) => json({ Response: { Error: { Code: everything(sent), Message: "" } } })],
  ["HTML", (sent) => new Response(`<html>${everything(sent)}`)],
  ["another status", (sent) => new Response(everything(sent), { status: 502 })],
  [
    "half of the keys",
    (sent) =>
      sent.method === "POST"
        ? success(
          assumed({ Credentials: { TmpSecretId: [secretKey], TmpSecretKey: [secretKey], Token: sessionToken } })
        )
        : metadata(() => json(metadataKeys({ TmpSecretId: [secretKey], TmpSecretKey: 7 })))(sent)
  ],
  [
    "keys that have expired",
    (sent) =>
      sent.method === "POST"
        ? success(assumed({ ExpiredTime: 0 }))
        : metadata(() => json(metadataKeys({ ExpiredTime: 0 })))(sent)
  ],
  ["no response", () => transportError("ECONNRESET")]
]

describe.each(sources)("nothing that a program prints has a secret: %s", (_, source) => {
  it.effect.each(saying)("%s", ([, respond]) =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(respond)
      const { spans, tracer } = collectSpans()
      const lines: Array<string> = []
      const loggers = [Logger.formatSimple, Logger.formatLogFmt, Logger.formatJson, Logger.formatStructured].map((
        format
      ) => Logger.map<unknown, unknown, void>(format, (line) => void lines.push(shown(line))))
      const program = Effect.gen(function*() {
        const { get } = yield* serviceOf(source)
        const exit = yield* Effect.exit(get)
        lines.push(shown(exit))
        if (Exit.isFailure(exit)) {
          const error = Cause.squash(exit.cause) as Error
          assert(error instanceof TencentCredentials.CredentialsUnavailable)
          lines.push(Cause.pretty(exit.cause), shown(error), shown({ ...error }), error.stack ?? "")
        }
        yield* Effect.logError("loaded", exit)
      }).pipe(
        Effect.scoped,
        Effect.withSpan("program"),
        Effect.withTracer(tracer),
        Effect.provide([layer, env(pod), podFile, Logger.layer(loggers)])
      )
      yield* within(program, 30_000)
      assert.isAbove(sent.length, 0)
      assert.isAbove(spans.length, 1)
      const text = [...lines, ...spans.map(shown)].join("\n")
      for (const secret of [secretKey, sessionToken, ownKey, webToken, "canary"]) {
        const at = text.indexOf(secret)
        assert.strictEqual(at, -1, text.slice(Math.max(0, at - 200), at + 200))
      }
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// Over HTTP
// ---------------------------------------------------------------------------------------------------------------------

const DescribeZones = TencentAction.make("DescribeZones", {
  service: "cvm",
  version: "2017-03-12",
  request: Schema.Struct({}),
  response: Schema.Struct({ TotalCount: Schema.Number })
})

const listening = (respond: Http.RequestListener) =>
  Effect.acquireRelease(
    Effect.promise(() =>
      new Promise<Http.Server>((resolve) => {
        const server = Http.createServer(respond).listen(0, "127.0.0.1", () => resolve(server))
      })
    ),
    (server) =>
      Effect.promise(() =>
        new Promise<void>((resolve) => {
          server.close(() => resolve())
          server.closeAllConnections()
        })
      )
  )

const addressOf = (server: Http.Server): URL => new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)

describe("over loopback", () => {
  const end = Math.floor(Date.now() / 1000) + hours(2)

  it.live("a call is signed with the keys of a role that the role of the instance assumes", () =>
    Effect.gen(function*() {
      const seen: Array<string> = []
      const server = yield* listening((request, response) => {
        seen.push(String(request.headers["x-tc-action"] ?? request.url))
        if (request.url === list) return void response.end("web-server")
        if (request.method === "GET") return void response.end(JSON.stringify(metadataKeys({ ExpiredTime: end })))
        const isSts = request.headers["x-tc-action"] === "AssumeRole"
        const expected = isSts ? "Credential=AKIDinstance/" : "Credential=AKIDassumed/"
        const body = isSts ? assumed({ ExpiredTime: end }) : { TotalCount: 2 }
        const isRight = request.headers.authorization?.includes(expected) === true &&
          request.headers["x-tc-token"] === sessionToken
        response.setHeader("content-type", "application/json")
        response.end(JSON.stringify({
          Response: isRight ? body : { Error: { Code: "AuthFailure.SignatureFailure", Message: "" } }
        }))
      })
      const endpoint = addressOf(server)
      const keys = TencentRoles.assumeRole(TencentRoles.instanceRole({ endpoint }), { roleArn: arn, endpoint })
      const live = TencentClient.layer({ region: "ap-guangzhou", endpoint }).pipe(
        Layer.provide(TencentCredentials.layerRefreshing(keys)),
        Layer.provide(NodeHttpClient.layerUndici)
      )
      const call = TencentClient.TencentClient.use((client) => client.call(DescribeZones, {}))
      const zones = yield* Effect.all([call, call, call], { concurrency: "unbounded" }).pipe(Effect.provide(live))
      assert.deepStrictEqual(zones.map(({ TotalCount }) => TotalCount), [2, 2, 2])
      assert.deepStrictEqual(seen, [
        list,
        `${list}web-server`,
        "AssumeRole",
        "DescribeZones",
        "DescribeZones",
        "DescribeZones"
      ])
    }))

  it.live("a pod reads its token from the file", () =>
    Effect.gen(function*() {
      const folder = yield* Effect.acquireRelease(
        Effect.promise(() => mkdtemp(join(tmpdir(), "roles-"))),
        (folder) => Effect.promise(() => rm(folder, { recursive: true }))
      )
      const file = join(folder, "token")
      yield* Effect.promise(() => writeFile(file, `${webToken}\n`))
      const server = yield* listening((request, response) => {
        let body = ""
        request.on("data", (chunk) => body += String(chunk))
        request.on("end", () => {
          const { WebIdentityToken } = JSON.parse(body) as { readonly WebIdentityToken: string }
          const isRight = WebIdentityToken === webToken && request.headers.authorization === "SKIP"
          response.end(JSON.stringify({ Response: isRight ? assumed({ ExpiredTime: end }) : {} }))
        })
      })
      const variables = { ...pod, TKE_WEB_IDENTITY_TOKEN_FILE: file }
      assert.deepStrictEqual(
        yield* outcomeOf(TencentRoles.webIdentity({ endpoint: addressOf(server) })).pipe(
          Effect.provide([NodeHttpClient.layerUndici, NodeServices.layer, env(variables)])
        ),
        { ...ofRole, expiresAt: end * 1000 }
      )
    }))

  it.live.each([["undici", NodeHttpClient.layerUndici], ["node:http", NodeHttpClient.layerNodeHttp]] as const)(
    "where no server listens, %s says so",
    ([, http]) =>
      Effect.gen(function*() {
        const server = yield* Effect.scoped(Effect.map(listening(() => {}), addressOf))
        assert.strictEqual(
          yield* outcomeOf(TencentRoles.instanceRole({ endpoint: server })).pipe(Effect.provide(http)),
          `The metadata service at ${server.host} cannot be reached: ECONNREFUSED. ${elsewhere}`
        )
      })
  )
})
