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
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as internal from "../internal/failure.ts"
import { monotonic } from "../internal/time.ts"
import { profileOf } from "./internal/credentialsFile.ts"
import { catchSelfInterruption } from "./internal/selfInterruption.ts"

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
  /** The private half, which signs and is never sent. */
  readonly secretKey: Redacted.Redacted<string>
  /** The token of temporary keys, sent with every request that is signed. */
  readonly token?: Redacted.Redacted<string> | undefined
  /** When temporary keys end, in milliseconds since the epoch. The API says seconds. */
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
  ...internal.callFields
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
   * Asked once when the server refused `refused`. Returns other credentials if the source has any, else the same.
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

const unavailable = (message: string): CredentialsUnavailable => new CredentialsUnavailable({ message })

/** Why a text is no key. Does not show the text. */
const problemOf = (text: string): string | undefined => {
  if (!text) return "is empty."
  // Also what cannot be seen. The server would refuse the signature, and not say why.
  return /[^\x21-\x7e]/.test(text) ? "has a blank, a line end or another character that no key has." : undefined
}

const problemOfKey = (name: string, text: string): string | undefined => {
  const problem = problemOf(text)
  return problem === undefined ? undefined : `${name} ${problem}`
}

const ownNames = { secretId: "secretId", secretKey: "secretKey", token: "token" }

/** The credentials, if a request can be signed with them. `names` are those that the source has for the three. */
const checked = (credentials: Credentials, source: string, names = ownNames): Source => {
  const token = credentials.token === undefined ? "" : Redacted.value(credentials.token)
  const problem = problemOfKey(names.secretId, credentials.secretId) ??
    problemOfKey(names.secretKey, Redacted.value(credentials.secretKey)) ??
    // A blank token is none, and is not sent.
    (token.trim() === "" ? undefined : problemOfKey(names.token, token))
  return problem === undefined
    ? Effect.succeed(credentials)
    : Effect.fail(unavailable(`${source} cannot be used: ${problem}`))
}

/** A source of the program: its keys are checked, and it does not interrupt those who wait for it. */
const typed = <R>(source: Source<R>): Source<R> =>
  source.pipe(
    catchSelfInterruption(() => unavailable("A source of credentials interrupted itself.")),
    Effect.flatMap((credentials) => checked(credentials, "The credentials of a source"))
  )

/** Credentials that stay, and were checked when they came. */
const fixed = (credentials: Credentials): TencentCredentials["Service"] => ({
  get: Effect.succeed(credentials),
  refresh: () => Effect.succeed(credentials)
})

/**
 * Given credentials. Calls fail with {@link CredentialsUnavailable}, without a request, when a key is empty or has a blank or a line
 * end in it.
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
 * const keys = TencentCredentials.layer({ secretId: "AKIDexample", secretKey: Redacted.make("a-secret-key") })
 * console.log(await Effect.runPromise(program.pipe(Effect.provide(keys)))) // => AKIDexample <redacted>
 * ```
 *
 * @category layers
 */
export const layer = (credentials: Credentials): Layer.Layer<TencentCredentials> => {
  const get = checked(credentials, "The given credentials")
  return Layer.succeed(TencentCredentials, { get, refresh: () => get })
}

const environmentNames = {
  secretId: "TENCENTCLOUD_SECRET_ID",
  secretKey: "TENCENTCLOUD_SECRET_KEY",
  token: "TENCENTCLOUD_SESSION_TOKEN"
}

/**
 * Reads `TENCENTCLOUD_SECRET_ID`, `TENCENTCLOUD_SECRET_KEY` and, for temporary keys, `TENCENTCLOUD_SESSION_TOKEN` from the
 * configuration, which is the environment by default. What is missing is named by the error.
 *
 * @category sources
 */
export const fromConfig: Source = /*#__PURE__*/ (() =>
  Config.all({
    secretId: Config.option(Config.String("SECRET_ID")),
    secretKey: Config.option(Config.Redacted("SECRET_KEY")),
    token: Config.option(Config.Redacted("SESSION_TOKEN"))
  }).pipe(
    Config.nested("TENCENTCLOUD"),
    Effect.mapError(() => unavailable("The configuration cannot be read.")),
    Effect.flatMap(({ secretId, secretKey, token }) => {
      if (Option.isSome(secretId) && Option.isSome(secretKey)) {
        const credentials = {
          secretId: secretId.value,
          secretKey: secretKey.value,
          token: Option.getOrUndefined(token)
        }
        return checked(credentials, "The configuration", environmentNames)
      }
      const { secretId: id, secretKey: key } = environmentNames
      return Effect.fail(unavailable(
        Option.isSome(secretId) || Option.isSome(secretKey)
          ? `${Option.isSome(secretId) ? key : id} is not set: set it, or provide another source.`
          : `${id} and ${key} are not set: set both, or provide another source.`
      ))
    })
  ))()

/**
 * {@link fromConfig} as the only source, read when the layer is built.
 *
 * @category layers
 */
export const layerConfig: Layer.Layer<TencentCredentials, CredentialsUnavailable> =
  /*#__PURE__*/ (() => Layer.effect(TencentCredentials, Effect.map(fromConfig, fixed)))()

/** Where the tools of the vendor look when the home directory has no file. */
const systemFile = "/etc/tencentcloud/credentials"

const homeFile = /*#__PURE__*/ (() =>
  Config.NonEmptyString("HOME").pipe(
    Config.orElse(() => Config.NonEmptyString("USERPROFILE")),
    Effect.map((home) => `${home}/.tencentcloud/credentials`),
    Effect.option
  ))()

/** The first of several files that is there. */
const readFirst = (
  [path, ...others]: readonly [string, ...ReadonlyArray<string>],
  absent: string
): Effect.Effect<{ readonly path: string; readonly text: string }, CredentialsUnavailable, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (files) => files.readFileString(path)).pipe(
    Effect.map((text) => ({ path, text })),
    Effect.catch((error) => {
      const [next, ...rest] = others
      if (error.reason._tag !== "NotFound") {
        return Effect.fail(unavailable(`${path} cannot be read: ${error.reason._tag}.`))
      }
      return next === undefined ? Effect.fail(unavailable(absent)) : readFirst([next, ...rest], absent)
    })
  )

const namedFile = /*#__PURE__*/ (() => Effect.option(Config.NonEmptyString("TENCENTCLOUD_CREDENTIALS_FILE")))()

const readUsual = /*#__PURE__*/ (() =>
  Effect.flatMap(Effect.all([namedFile, homeFile]), ([named, home]) => {
    if (Option.isSome(named)) {
      return readFirst([named.value], `There is no ${named.value}, which TENCENTCLOUD_CREDENTIALS_FILE names.`)
    }
    return Option.isSome(home)
      ? readFirst([home.value, systemFile], `There is neither ${home.value} nor ${systemFile}.`)
      : readFirst(
        [systemFile],
        `Neither HOME nor USERPROFILE is set, and there is no ${systemFile}: give the path of the credentials file.`
      )
  }))()

/**
 * Reads the credentials file that the vendor's tools share: the one that `TENCENTCLOUD_CREDENTIALS_FILE` names, else
 * `~/.tencentcloud/credentials`, and if there is none `/etc/tencentcloud/credentials`, unless `path` says otherwise. It has
 * `secret_id`, `secret_key` and, for temporary keys, `token` in the section of the profile (`default`).
 *
 * It is read as the vendor's tools read it: values may be quoted, and `#` or `;` begin a comment, also behind a value or the name
 * of a section. The error names the line that cannot be read, and never its value.
 *
 * **Example** (A file of your own)
 *
 * ```ts
 * import { Effect, FileSystem } from "effect"
 * import { TencentCredentials } from "effect-tencentcloud/client"
 *
 * const files = FileSystem.layerNoop({
 *   readFileString: () => Effect.succeed(`[default]
 * secret_id = "AKIDexample" ; of the build server
 * secret_key = a-secret-key
 * `)
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
    const { path, text } = yield* options?.path === undefined
      ? readUsual
      : readFirst([options.path], `${options.path} cannot be read: NotFound.`)
    const profile = profileOf(text, options?.profile ?? "default", problemOf)
    if (Result.isFailure(profile)) return yield* unavailable(`${path} ${profile.failure}`)
    const { secretId, secretKey, token } = profile.success
    return { secretId, secretKey: Redacted.make(secretKey), token: token === undefined ? token : Redacted.make(token) }
  })

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
 *   Effect.succeed({ secretId: "AKIDfallback", secretKey: Redacted.make("a-secret-key") })
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
      ? Effect.fail(unavailable(`No source has credentials. ${messages.join(" ")}`))
      : Effect.catch(typed(source), (error) => next(index + 1, [...messages, error.message]))
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
 * be down or return the same keys until they end: it is not asked by every call then.
 */
const pause = 10_000

const notLoadedInTime = (): CredentialsUnavailable =>
  unavailable("The source of credentials did not respond within 30 seconds.")

/**
 * Credentials without the end that they name, where that cannot be: such keys would count as expired, and be loaded for every call.
 */
const withoutWrongEnd = (credentials: Credentials): Effect.Effect<Credentials> =>
  Clock.clockWith((clock) => {
    const { expiresAt } = credentials
    if (expiresAt === undefined || expiresAt > clock.currentTimeMillisUnsafe()) return Effect.succeed(credentials)
    return Effect.as(
      Effect.logWarning(
        "A source of credentials returned keys whose expiresAt is not in the future, in milliseconds since the epoch. " +
          "They are used until the server refuses them."
      ),
      { ...credentials, expiresAt: undefined }
    )
  })

/**
 * Temporary credentials, loaded when they are first needed and again before they expire.
 *
 * - Credentials that have not expired are returned at once. In the last `refreshBefore` (default 5 minutes) before their end, new
 *   ones are loaded in the background, with at least ten seconds between two loads.
 * - Callers wait only when there are no credentials, or when they have expired or were refused. They share one load, also one
 *   that began in the background. Interrupting one of them does not stop it.
 * - A failure goes to those who wait for it and is never kept: the next call loads again. When loading in the background
 *   fails, credentials that have not expired stay in use.
 * - A load that takes longer than 30 seconds is interrupted and fails with {@link CredentialsUnavailable}, so a source that
 *   hangs is asked again.
 * - Credentials without `expiresAt` are kept until the server refuses them. So are those whose `expiresAt` cannot be right when they
 *   are loaded: a time in the past, or one in seconds. A warning is logged then.
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
 *   secretKey: Redacted.make("a-secret-key"),
 *   token: Redacted.make("a-token"),
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
      const closed = unavailable("The source of credentials was closed.")

      const limited = typed(load).pipe(
        Effect.flatMap(withoutWrongEnd),
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
            Deferred.doneUnsafe(started, Exit.hasInterrupts(exit) ? Exit.fail(closed) : exit)
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
