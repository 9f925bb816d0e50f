/**
 * Temporary credentials of a role: the role of the instance that the program runs on, a role that other credentials assume, and a
 * role that a web identity assumes, such as the service account of a pod.
 *
 * Each is a source for `TencentCredentials.chain` and `layerRefreshing`. A source asks whenever it runs and keeps nothing:
 * `layerRefreshing` keeps the keys, replaces them before they expire, and asks once for all who wait.
 */
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { Endpoint } from "../client/Protocol.ts"
import * as TencentClient from "../client/TencentClient.ts"
import {
  chain,
  CredentialsUnavailable,
  fromConfig,
  fromFile,
  layerRefreshing,
  type Source,
  TencentCredentials
} from "../client/TencentCredentials.ts"
import { checkEndpointUrl } from "../internal/endpointUrl.ts"
import { label, printable } from "../internal/text.ts"
import type { ErrorOf } from "./internal/envelope.ts"
import { keysOfRole } from "./internal/metadata.ts"
import { credentialsOf, KeysOfRole } from "./internal/temporaryKeys.ts"
import * as TencentAction from "./TencentAction.ts"

const unavailable = (message: string): CredentialsUnavailable => new CredentialsUnavailable({ message })

// ---------------------------------------------------------------------------------------------------------------------
// The role of the instance
// ---------------------------------------------------------------------------------------------------------------------

/**
 * The role that is bound to the instance, from the metadata service at `http://metadata.tencentyun.com`. `endpoint` is another
 * address of it, such as that of a local gateway.
 *
 * It asks for the name of the role, then for its keys, and leaves each request one second. So outside Tencent Cloud it fails with
 * {@link TencentCredentials.CredentialsUnavailable} within a second, and a chain goes on with its next source. It fails too when no
 * role is bound, and when the response is not what the service sends, such as the login page of a network.
 *
 * **Example** (The keys of an instance)
 *
 * ```ts
 * import { Effect } from "effect"
 * import { HttpClient, HttpClientResponse } from "effect/http"
 * import { TencentRoles } from "effect-tencentcloud/v3"
 *
 * const metadata = HttpClient.make((request) => {
 *   const response = request.url.endsWith("/security-credentials/") ? new Response("web-server") : Response.json({
 *     Code: "Success",
 *     TmpSecretId: "AKIDinstance",
 *     TmpSecretKey: "a-secret-key",
 *     Token: "a-token",
 *     ExpiredTime: 4102444800
 *   })
 *   return Effect.succeed(HttpClientResponse.fromWeb(request, response))
 * })
 * const load = TencentRoles.instanceRole().pipe(Effect.provideService(HttpClient.HttpClient, metadata))
 * const { secretId, token } = await Effect.runPromise(load)
 * console.log(`${secretId} ${token}`) // => AKIDinstance <redacted>
 * ```
 *
 * @category sources
 */
export const instanceRole = (options?: { readonly endpoint?: URL | undefined }): Source<HttpClient.HttpClient> => {
  const endpoint = options?.endpoint ?? new URL("http://metadata.tencentyun.com")
  checkEndpointUrl(endpoint)
  return keysOfRole(endpoint)
}

// ---------------------------------------------------------------------------------------------------------------------
// Asking STS
// ---------------------------------------------------------------------------------------------------------------------

/**
 * How STS is asked for a session of a role, whoever assumes it.
 *
 * @category models
 */
export interface SessionOptions {
  /**
   * The name by which the audit log knows the session: 2 to 128 letters, digits and `=,.@_-`. By default `effect-tencentcloud-`
   * and the time in milliseconds.
   */
  readonly sessionName?: string | undefined
  /** How long the keys are valid, in whole seconds. By default two hours; STS allows at most twelve. */
  readonly duration?: Duration.Input | undefined
  /** As that of `TencentClient.layer`. By default the public address of STS. */
  readonly endpoint?: Endpoint | undefined
}

const optionalText = /*#__PURE__*/ Schema.optionalKey(Schema.String)

const session = {
  RoleArn: Schema.String,
  RoleSessionName: Schema.String,
  DurationSeconds: /*#__PURE__*/ Schema.optionalKey(Schema.Number)
}

const sts = {
  service: "sts",
  version: "2018-08-13",
  response: /*#__PURE__*/ Schema.Struct({ Credentials: KeysOfRole, ExpiredTime: Schema.Number }),
  // Twice is two pairs of keys, each as good as the other.
  idempotent: true
} as const

const AssumeRole = /*#__PURE__*/ TencentAction.make("AssumeRole", {
  ...sts,
  request: /*#__PURE__*/ Schema.Struct({ ...session, ExternalId: optionalText, Policy: optionalText })
})

const AssumeRoleWithWebIdentity = /*#__PURE__*/ TencentAction.make("AssumeRoleWithWebIdentity", {
  ...sts,
  request: /*#__PURE__*/ Schema.Struct({
    ...session,
    ProviderId: Schema.String,
    WebIdentityToken: /*#__PURE__*/ Schema.RedactedFromValue(Schema.String)
  }),
  skipSign: true
})

type StsError = ErrorOf<{}> | TencentClient.ClientError

/** What to do about a refusal. The other errors say it themselves. */
const remedyOf = (action: string, { kind }: StsError): string => {
  if (kind === "notFound") return " Check the ARN of the role."
  if (kind === "permission") {
    return ` Check that the role trusts whoever assumes it, and that they may use sts:${action}.`
  }
  if (kind === "request") return " Check the ARN of the role, and what else was sent."
  return kind === "credentials" || kind === "authentication" ? " Check the credentials that assume the role." : ""
}

const notAssumed = (action: string, roleArn: string, error: StsError): CredentialsUnavailable => {
  if (error._tag === "CredentialsUnavailable") {
    return unavailable(`${action} has nothing to sign with: ${error.message}`)
  }
  const name = error._tag === "UnknownErrorCode" ? error.code : error._tag
  const request = "requestId" in error && error.requestId !== undefined ? ` (request ${error.requestId})` : ""
  // The words of a server: the client has removed the secrets of the request from them.
  const words = error.message === "" ? "" : `: ${printable(error.message).replace(/\.$/, "")}`
  return unavailable(`${action} of ${label(roleArn)} failed with ${name}${request}${words}.${remedyOf(action, error)}`)
}

/** Shorter than a load of `layerRefreshing` may take, so that it fails with the reason. */
const deadline = "25 seconds"

/** The request that the options of a source say. */
const sessionOf = (roleArn: string, { duration, sessionName }: SessionOptions) =>
  Effect.map(Clock.currentTimeMillis, (now) => ({
    RoleArn: roleArn,
    RoleSessionName: sessionName ?? `effect-tencentcloud-${now}`,
    ...(duration !== undefined && { DurationSeconds: Math.floor(Duration.toSeconds(duration)) })
  }))

/** Calls STS with a client of its own: that of the program waits for what STS returns. */
const assume = <Request extends { readonly RoleArn: string }, R>(
  action: TencentAction.Action<Request, typeof sts.response.Type, ErrorOf<{}>>,
  request: Request,
  credentials: Layer.Layer<TencentCredentials, never, R>,
  { endpoint, region }: Pick<TencentClient.Options, "endpoint" | "region">
): Source<HttpClient.HttpClient | R> =>
  TencentClient.TencentClient.use((client) => client.call(action, request)).pipe(
    Effect.provide(TencentClient.layer({ endpoint, region, deadline }).pipe(Layer.provide(credentials))),
    Effect.mapError((error) => notAssumed(action.name, request.RoleArn, error)),
    Effect.flatMap(({ Credentials, ExpiredTime }) => credentialsOf(Credentials, ExpiredTime, action.name))
  )

// ---------------------------------------------------------------------------------------------------------------------
// A role that other credentials assume
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Which role is assumed, and how.
 *
 * @category models
 */
export interface AssumeRoleOptions extends SessionOptions {
  /** The role, such as `qcs::cam::uin/100000000001:roleName/deploy`. */
  readonly roleArn: string
  /** By default `ap-guangzhou`. The finance regions have an STS of their own. */
  readonly region?: string | undefined
  /** What the account of the role asks third parties to name. */
  readonly externalId?: string | undefined
  /** The JSON of a policy that takes permissions from the role for these keys. It is sent URL-encoded, as STS wants it. */
  readonly policy?: string | undefined
}

/**
 * A role that `credentials` assume: the action `AssumeRole` of STS, signed with them. They are loaded anew for each session, so a
 * source of temporary keys will do, such as {@link instanceRole}.
 *
 * Fails with {@link TencentCredentials.CredentialsUnavailable}, whose message has the code of the refusal, its request id and what
 * to do: nothing of the keys. What may pass is repeated for at most 25 seconds.
 *
 * **Example** (Another account)
 *
 * ```ts
 * import { Effect, Layer, Redacted } from "effect"
 * import { HttpClient, HttpClientResponse } from "effect/http"
 * import { TencentCredentials } from "effect-tencentcloud/client"
 * import { TencentRoles } from "effect-tencentcloud/v3"
 *
 * const own = Effect.succeed({ secretId: "AKIDown", secretKey: Redacted.make("a-secret-key") })
 * const keys = TencentCredentials.layerRefreshing(TencentRoles.assumeRole(own, {
 *   roleArn: "qcs::cam::uin/100000000002:roleName/deploy",
 *   sessionName: "build-42",
 *   duration: "1 hour"
 * }))
 *
 * const http = HttpClient.make((request) => {
 *   console.log(request.url, request.headers["x-tc-action"]) // => https://sts.tencentcloudapi.com/ AssumeRole
 *   const Credentials = { TmpSecretId: "AKIDrole", TmpSecretKey: "a-secret-key", Token: "a-token" }
 *   const Response_ = { Credentials, ExpiredTime: 4102444800, RequestId: "r-1" }
 *   return Effect.succeed(HttpClientResponse.fromWeb(request, Response.json({ Response: Response_ })))
 * })
 * const program = Effect.flatMap(TencentCredentials.TencentCredentials, ({ get }) => get)
 * const live = keys.pipe(Layer.provide(Layer.succeed(HttpClient.HttpClient, http)))
 * console.log((await Effect.runPromise(Effect.provide(program, live))).secretId) // => AKIDrole
 * ```
 *
 * @category sources
 */
export const assumeRole = <R>(
  credentials: Source<R>,
  options: AssumeRoleOptions
): Source<HttpClient.HttpClient | R> => {
  const { externalId, policy, region = "ap-guangzhou", roleArn } = options
  return Effect.flatMap(sessionOf(roleArn, options), (session) =>
    assume(
      AssumeRole,
      {
        ...session,
        ...(externalId !== undefined && { ExternalId: externalId }),
        ...(policy !== undefined && { Policy: encodeURIComponent(policy.toWellFormed()) })
      },
      layerRefreshing(credentials),
      { ...options, region }
    ))
}

// ---------------------------------------------------------------------------------------------------------------------
// A role that a web identity assumes
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Which role a web identity assumes. What is left out comes from the variable that a pod has for it.
 *
 * @category models
 */
export interface WebIdentityOptions extends SessionOptions {
  /** By default `TKE_ROLE_ARN`. */
  readonly roleArn?: string | undefined
  /** The identity provider, by default `TKE_PROVIDER_ID`. */
  readonly providerId?: string | undefined
  /** The file with the token, by default `TKE_WEB_IDENTITY_TOKEN_FILE`. */
  readonly tokenFile?: string | undefined
  /** By default `TKE_REGION`. */
  readonly region?: string | undefined
}

const variables = {
  region: "TKE_REGION",
  providerId: "TKE_PROVIDER_ID",
  tokenFile: "TKE_WEB_IDENTITY_TOKEN_FILE",
  roleArn: "TKE_ROLE_ARN"
} as const

type Identity = { readonly [Name in keyof typeof variables]: string }

const identityOf = (options: WebIdentityOptions): Effect.Effect<Identity, CredentialsUnavailable> =>
  Effect.gen(function*() {
    const found = new Map<string, string>()
    const missing: Array<string> = []
    for (const [name, variable] of Object.entries(variables) as ReadonlyArray<[keyof Identity, string]>) {
      const value = options[name] ?? Option.getOrUndefined(yield* Effect.option(Config.NonEmptyString(variable)))
      if (value === undefined) missing.push(variable)
      else found.set(name, value)
    }
    if (missing.length > 0) {
      return yield* unavailable(
        `There is no web identity, because ${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} not set: ` +
          "TKE sets them in pods whose service account has a role. Elsewhere provide another source."
      )
    }
    return Object.fromEntries(found) as Identity
  })

/** The platform replaces the token in its file well before it expires: it is read for each session. */
const readToken = (
  path: string
): Effect.Effect<Redacted.Redacted<string>, CredentialsUnavailable, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (files) => files.readFileString(path)).pipe(
    Effect.mapError((error) =>
      unavailable(
        `The token file ${label(path)} cannot be read: ${error.reason._tag}. Check the path and its permissions.`
      )
    ),
    Effect.flatMap((text) => {
      const token = text.trim()
      return /^[\x21-\x7e]+$/.test(token)
        ? Effect.succeed(Redacted.make(token))
        : Effect.fail(unavailable(
          `The token file ${label(path)} ${token === "" ? "is empty" : "has more in it than a token"}. ` +
            "Check that it is the file of the web identity."
        ))
    })
  )

/**
 * What the client is given for an action that is not signed. The token is in the request. It is named here because the client
 * removes the secrets of its credentials from whatever comes back.
 */
const unsigned = (token: Redacted.Redacted<string>): Layer.Layer<TencentCredentials> => {
  const get = Effect.succeed({ secretId: "-", secretKey: Redacted.make("-"), token })
  return Layer.succeed(TencentCredentials, { get, refresh: () => get })
}

/**
 * A role that a web identity assumes, such as the service account of a pod: the action `AssumeRoleWithWebIdentity` of STS, which
 * is not signed. It reads `TKE_REGION`, `TKE_PROVIDER_ID`, `TKE_WEB_IDENTITY_TOKEN_FILE` and `TKE_ROLE_ARN` from the configuration,
 * which is the environment by default, where the options do not say otherwise; and the file with the token for each session,
 * because the platform replaces it.
 *
 * Fails with {@link TencentCredentials.CredentialsUnavailable} at once where a variable is not set, as it is outside a pod. The
 * message never has the token in it. What may pass is repeated for at most 25 seconds.
 *
 * **Example** (Outside a pod)
 *
 * ```ts
 * import { ConfigProvider, Effect, FileSystem, Layer } from "effect"
 * import { FetchHttpClient } from "effect/http"
 * import { TencentRoles } from "effect-tencentcloud/v3"
 *
 * const elsewhere = Layer.mergeAll(
 *   ConfigProvider.layer(ConfigProvider.fromEnv({ env: { TKE_REGION: "ap-guangzhou", TKE_ROLE_ARN: "a-role" } })),
 *   FileSystem.layerNoop({}),
 *   FetchHttpClient.layer
 * )
 * const error = await Effect.runPromise(Effect.flip(Effect.provide(TencentRoles.webIdentity(), elsewhere)))
 * console.log(error.message.slice(0, error.message.indexOf(":")))
 * // => There is no web identity, because TKE_PROVIDER_ID, TKE_WEB_IDENTITY_TOKEN_FILE are not set
 * ```
 *
 * @category sources
 */
export const webIdentity = (
  options: WebIdentityOptions = {}
): Source<FileSystem.FileSystem | HttpClient.HttpClient> =>
  Effect.gen(function*() {
    const { providerId, region, roleArn, tokenFile } = yield* identityOf(options)
    const token = yield* readToken(tokenFile)
    const session = yield* sessionOf(roleArn, options)
    const request = { ...session, ProviderId: providerId, WebIdentityToken: token }
    return yield* assume(AssumeRoleWithWebIdentity, request, unsigned(token), { ...options, region })
  })

// ---------------------------------------------------------------------------------------------------------------------
// All of them
// ---------------------------------------------------------------------------------------------------------------------

/**
 * The first source that has credentials, of those that the vendor's tools look at, in their order: the variables
 * `TENCENTCLOUD_SECRET_ID`, `TENCENTCLOUD_SECRET_KEY` and `TENCENTCLOUD_SESSION_TOKEN`; the credentials file; the role of the
 * instance; and the web identity of a pod.
 *
 * A pod on an instance that has a role gets the role of the instance, as with the vendor's tools. Use {@link webIdentity} alone, or
 * a `TencentCredentials.chain` of your own, where the pod is to have its own.
 *
 * **Example** (Wherever the program runs)
 *
 * ```ts
 * import { NodeHttpClient, NodeServices } from "@effect/platform-node"
 * import { Layer } from "effect"
 * import { TencentClient, TencentCredentials } from "effect-tencentcloud/client"
 * import { TencentRoles } from "effect-tencentcloud/v3"
 *
 * const live = TencentClient.layer({ region: "ap-guangzhou" }).pipe(
 *   Layer.provide(TencentCredentials.layerRefreshing(TencentRoles.defaultChain)),
 *   Layer.provide([NodeHttpClient.layerUndici, NodeServices.layer])
 * )
 * console.log(Layer.isLayer(live)) // => true
 * ```
 *
 * @category sources
 */
export const defaultChain: Source<FileSystem.FileSystem | HttpClient.HttpClient> =
  /*#__PURE__*/ (() =>
    chain<FileSystem.FileSystem | HttpClient.HttpClient>([
      fromConfig,
      fromFile(),
      instanceRole(),
      webIdentity()
    ]))()
