/**
 * Where the client gets its keys: given, from the environment, from the credentials file, from the first of several sources
 * that has them, or from a source of temporary keys that are refreshed before they expire.
 *
 * Keys are `Redacted`: they do not show in logs, errors, spans or JSON.
 */
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as internal from "../internal/failure.ts"
import { monotonic } from "../internal/time.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Models
// ---------------------------------------------------------------------------------------------------------------------

/**
 * A pair of keys, with a token when they are temporary.
 *
 * @category models
 */
export interface Credentials {
  /** The public half, sent with every request. */
  readonly secretId: string
  readonly secretKey: Redacted.Redacted<string>
  readonly token?: Redacted.Redacted<string> | undefined
  /** When temporary keys end, in milliseconds since the epoch. */
  readonly expiresAt?: number | undefined
}

/**
 * There are no credentials. `message` says which source was asked and how to go on. Nothing was sent.
 *
 * @category errors
 */
export class CredentialsUnavailable extends /*#__PURE__*/ (/*#__PURE__*/ internal.classified<CredentialsUnavailable>(
  "effect-tencentcloud/CredentialsUnavailable"
))("CredentialsUnavailable", {
  message: Schema.String,
  action: internal.action
}, { kind: "credentials", retryClass: "never", description: "There are no credentials" }) {}

/**
 * The source of credentials that the client asks before each attempt.
 *
 * @category services
 */
export class TencentCredentials extends Context.Service<TencentCredentials, {
  /** The credentials to sign with now. */
  readonly get: Effect.Effect<Credentials, CredentialsUnavailable>
  /**
   * Asked once when the server refused `refused`. Gives other credentials if the source has any, else the same.
   */
  readonly refresh: (refused: Credentials) => Effect.Effect<Credentials, CredentialsUnavailable>
}>()("effect-tencentcloud/TencentCredentials") {}

/**
 * Whether two values are the same keys.
 *
 * @category guards
 */
export const isSame = (a: Credentials, b: Credentials): boolean =>
  a.secretId === b.secretId && Redacted.value(a.secretKey) === Redacted.value(b.secretKey) &&
  (a.token && Redacted.value(a.token)) === (b.token && Redacted.value(b.token))

// ---------------------------------------------------------------------------------------------------------------------
// Sources
// ---------------------------------------------------------------------------------------------------------------------

/**
 * A way to load credentials. Used by {@link layerChain} and {@link layerRefreshing}.
 *
 * @category models
 */
export type Source<R = never> = Effect.Effect<Credentials, CredentialsUnavailable, R>

const fixed = (credentials: Credentials): TencentCredentials["Service"] => ({
  get: Effect.succeed(credentials),
  refresh: () => Effect.succeed(credentials)
})

/**
 * Given credentials.
 *
 * **Example** (The keys stay hidden)
 *
 * ```ts
 * import { Effect, Redacted } from "effect"
 * import { TencentCredentials } from "effect-tencentcloud/client"
 *
 * const program = Effect.gen(function*() {
 *   const credentials = yield* (yield* TencentCredentials.TencentCredentials).get
 *   return `${credentials.secretId} ${credentials.secretKey}`
 * })
 * const keys = TencentCredentials.layer({ secretId: "AKIDexample", secretKey: Redacted.make("a secret") })
 * console.log(await Effect.runPromise(program.pipe(Effect.provide(keys)))) // => AKIDexample <redacted>
 * ```
 *
 * @category layers
 */
export const layer = (credentials: Credentials): Layer.Layer<TencentCredentials> =>
  Layer.succeed(TencentCredentials, fixed(credentials))

/**
 * Reads `TENCENTCLOUD_SECRET_ID`, `TENCENTCLOUD_SECRET_KEY` and, for temporary keys, `TENCENTCLOUD_SESSION_TOKEN` from the
 * configuration, which is the environment by default.
 *
 * @category sources
 */
export const fromConfig: Source = /*#__PURE__*/ (() =>
  Config.all({
    secretId: Config.NonEmptyString("SECRET_ID"),
    secretKey: Config.Redacted("SECRET_KEY"),
    token: Config.option(Config.Redacted("SESSION_TOKEN"))
  }).pipe(
    Config.nested("TENCENTCLOUD"),
    Effect.map(({ secretId, secretKey, token }): Credentials => ({
      secretId,
      secretKey,
      token: Option.getOrUndefined(token)
    })),
    Effect.mapError(() =>
      new CredentialsUnavailable({
        message: "TENCENTCLOUD_SECRET_ID or TENCENTCLOUD_SECRET_KEY is not set: set both, or provide another source."
      })
    )
  ))()

/**
 * {@link fromConfig} as the only source, read when the layer is built.
 *
 * @category layers
 */
export const layerConfig: Layer.Layer<TencentCredentials, CredentialsUnavailable> =
  /*#__PURE__*/ (() => Layer.effect(TencentCredentials, Effect.map(fromConfig, fixed)))()

/** The values of one section of an ini file. `#` and `;` begin a comment line. */
const parseIni = (text: string, profile: string): ReadonlyMap<string, string> => {
  const values = new Map<string, string>()
  let section = ""
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim()
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue
    const separator = line.indexOf("=")
    if (line.startsWith("[") && line.endsWith("]")) section = line.slice(1, -1).trim()
    else if (section === profile && separator > 0) {
      values.set(line.slice(0, separator).trim(), line.slice(separator + 1).trim())
    }
  }
  return values
}

/**
 * Reads the credentials file that the vendor's tools share: `~/.tencentcloud/credentials` unless `path` says otherwise, with
 * `secret_id`, `secret_key` and, for temporary keys, `token` in the section of the profile (`default`).
 *
 * **Example** (A file of your own)
 *
 * ```ts
 * import { Effect, FileSystem } from "effect"
 * import { TencentCredentials } from "effect-tencentcloud/client"
 *
 * const files = FileSystem.layerNoop({
 *   readFileString: () => Effect.succeed("[default]\nsecret_id = AKIDexample\nsecret_key = a secret\n")
 * })
 * const credentials = TencentCredentials.fromFile({ path: "keys.ini" }).pipe(Effect.provide(files))
 * console.log((await Effect.runPromise(credentials)).secretId) // => AKIDexample
 * ```
 *
 * @category sources
 */
export const fromFile = (options?: {
  readonly path?: string | undefined
  readonly profile?: string | undefined
}): Source<FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const profile = options?.profile ?? "default"
    const path = options?.path ?? (yield* defaultPath)
    const files = yield* FileSystem.FileSystem
    const text = yield* files.readFileString(path).pipe(
      Effect.mapError((error) =>
        new CredentialsUnavailable({ message: `${path} cannot be read: ${error.reason._tag}.` })
      )
    )
    const values = parseIni(text, profile)
    const secretId = values.get("secret_id")
    const secretKey = values.get("secret_key")
    const token = values.get("token")
    if (!secretId || !secretKey) {
      return yield* new CredentialsUnavailable({
        message: `${path} has no secret_id and secret_key in the section [${profile}].`
      })
    }
    return { secretId, secretKey: Redacted.make(secretKey), token: token ? Redacted.make(token) : undefined }
  })

const defaultPath = /*#__PURE__*/ (() =>
  Config.NonEmptyString("HOME").pipe(
    Config.orElse(() => Config.NonEmptyString("USERPROFILE")),
    Effect.map((home) => `${home}/.tencentcloud/credentials`),
    Effect.mapError(() =>
      new CredentialsUnavailable({
        message: "Neither HOME nor USERPROFILE is set: give the path of the credentials file."
      })
    )
  ))()

/**
 * {@link fromFile} as the only source, read when the layer is built.
 *
 * @category layers
 */
export const layerFile = (options?: {
  readonly path?: string | undefined
  readonly profile?: string | undefined
}): Layer.Layer<TencentCredentials, CredentialsUnavailable, FileSystem.FileSystem> =>
  Layer.effect(TencentCredentials, Effect.map(fromFile(options), fixed))

/**
 * The first of several sources that has credentials. Fails with the messages of all of them.
 *
 * **Example** (The environment, then a fallback)
 *
 * ```ts
 * import { ConfigProvider, Effect, Redacted } from "effect"
 * import { TencentCredentials } from "effect-tencentcloud/client"
 *
 * const source = TencentCredentials.chain([
 *   TencentCredentials.fromConfig,
 *   Effect.succeed({ secretId: "AKIDfallback", secretKey: Redacted.make("a secret") })
 * ])
 * const noEnvironment = ConfigProvider.layer(ConfigProvider.fromEnv({ env: {} }))
 * console.log((await Effect.runPromise(source.pipe(Effect.provide(noEnvironment)))).secretId) // => AKIDfallback
 * ```
 *
 * @category sources
 */
export const chain = <R>(sources: ReadonlyArray<Source<R>>): Source<R> => {
  const next = (index: number, messages: ReadonlyArray<string>): Source<R> => {
    const source = sources[index]
    return source === undefined
      ? Effect.fail(new CredentialsUnavailable({ message: `No source has credentials. ${messages.join(" ")}` }))
      : Effect.catch(source, (error) => next(index + 1, [...messages, error.message]))
  }
  return Effect.suspend(() => next(0, []))
}

/**
 * {@link chain}, read when the layer is built.
 *
 * @category layers
 */
export const layerChain = <R>(
  sources: ReadonlyArray<Source<R>>
): Layer.Layer<TencentCredentials, CredentialsUnavailable, R> =>
  Layer.effect(TencentCredentials, Effect.map(chain(sources), fixed))

// ---------------------------------------------------------------------------------------------------------------------
// Refreshing
// ---------------------------------------------------------------------------------------------------------------------

/**
 * How long a load may take, in milliseconds. Longer than any source that works, with its own retries, and short enough that
 * several loads can hang before keys end that are refreshed five minutes before it.
 */
const loadTime = 30_000

/**
 * The pause between two loads in the background, in milliseconds. Keys may live shorter than `refreshBefore`, and a source may
 * be down or give the same keys to their end: it is not asked by every call then.
 */
const pause = 10_000

const notLoadedInTime = (): CredentialsUnavailable =>
  new CredentialsUnavailable({ message: "The source of credentials did not answer within 30 seconds." })

/**
 * Temporary credentials, loaded when they are first needed and again before they expire.
 *
 * - Credentials that have not expired are given at once. In the last `refreshBefore` (default 5 minutes) before their end, new
 *   ones are loaded in the background, with at least ten seconds between two loads.
 * - Callers wait only when there are no credentials, or when they have expired or were refused. They share one load, also one
 *   that began in the background. Interrupting one of them does not stop it.
 * - A failure is given to those who wait for it and is never kept: the next call loads again. When loading in the background
 *   fails, credentials that have not expired stay in use.
 * - A load that takes longer than 30 seconds is interrupted and fails with {@link CredentialsUnavailable}, so a source that
 *   hangs is asked again.
 * - Credentials without `expiresAt` are kept until the server refuses them.
 *
 * **Example** (A source of temporary keys)
 *
 * ```ts
 * import { Clock, Effect, Redacted } from "effect"
 * import { TencentCredentials } from "effect-tencentcloud/client"
 *
 * let loads = 0
 * const load = Effect.map(Clock.currentTimeMillis, (now) => ({
 *   secretId: `AKID${++loads}`,
 *   secretKey: Redacted.make("a secret"),
 *   token: Redacted.make("a token"),
 *   expiresAt: now + 7_200_000
 * }))
 * const program = Effect.gen(function*() {
 *   const { get } = yield* TencentCredentials.TencentCredentials
 *   return yield* Effect.all([get, get, get], { concurrency: "unbounded" })
 * })
 * const all = await Effect.runPromise(program.pipe(Effect.provide(TencentCredentials.layerRefreshing(load))))
 * console.log(all.map(({ secretId }) => secretId).join()) // => AKID1,AKID1,AKID1
 * ```
 *
 * @category layers
 */
export const layerRefreshing = <R>(
  load: Source<R>,
  options?: { readonly refreshBefore?: Duration.Input | undefined }
): Layer.Layer<TencentCredentials, never, R> =>
  Layer.effect(
    TencentCredentials,
    Effect.gen(function*() {
      const context = yield* Effect.context<R>()
      const scope = yield* Effect.scope
      const refreshBefore = Duration.toMillis(options?.refreshBefore ?? "5 minutes")
      let current: Credentials | undefined
      let loading: Deferred.Deferred<Credentials, CredentialsUnavailable> | undefined
      let endedAt = 0

      const limited = load.pipe(
        Effect.timeoutOrElse({ duration: loadTime, orElse: () => Effect.fail(notLoadedInTime()) }),
        Effect.provideContext(context)
      )

      // To be run uninterruptibly until the load is under way: a caller that left in between would leave the others waiting
      // for it.
      const start = Clock.clockWith((clock) => {
        if (loading !== undefined) return Effect.succeed(loading)
        const started = loading = Deferred.makeUnsafe<Credentials, CredentialsUnavailable>()
        return Effect.map(Effect.forkIn(limited, scope), (fiber) => {
          // Told also when the scope was closed before the load began.
          fiber.addObserver((exit) => {
            loading = undefined
            endedAt = monotonic(clock)
            if (Exit.isSuccess(exit)) current = exit.value
            Deferred.doneUnsafe(started, exit)
          })
          return started
        })
      })

      const shared = Effect.uninterruptibleMask((restore) =>
        Effect.flatMap(start, (started) => restore(Deferred.await(started)))
      )

      return {
        get: Clock.clockWith((clock) => {
          const have = current
          if (have === undefined) return shared
          const left = (have.expiresAt ?? Infinity) - clock.currentTimeMillisUnsafe()
          if (left > refreshBefore) return Effect.succeed(have)
          if (left > 0) {
            return monotonic(clock) - endedAt < pause
              ? Effect.succeed(have)
              : Effect.as(Effect.uninterruptible(start), have)
          }
          return shared
        }),
        refresh: (refused) =>
          Effect.suspend(() => current !== undefined && !isSame(current, refused) ? Effect.succeed(current) : shared)
      }
    })
  )
