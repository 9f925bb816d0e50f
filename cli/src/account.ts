/**
 * Who calls, and where: credentials and region as the vendor's tools read them, from flags, the environment and their files.
 *
 * - the environment: `TENCENTCLOUD_SECRET_ID`, `TENCENTCLOUD_SECRET_KEY`, `TENCENTCLOUD_SESSION_TOKEN` (the SDKs) or
 *   `TENCENTCLOUD_TOKEN` (tccli), `TENCENTCLOUD_REGION`
 * - `~/.tccli/<profile>.credential` and `~/.tccli/<profile>.configure`, which `tccli configure` writes
 * - `~/.tencentcloud/credentials`, which the SDKs share, or the file in `TENCENTCLOUD_CREDENTIALS_FILE`
 * - the role of the instance, and the web identity of a pod
 *
 * The profile is that of `--profile`, else `TCCLI_PROFILE`, else `default`. A profile that a flag names comes before the
 * environment.
 */
import { TencentCredentials } from "effect-tencentcloud/client"
import { TencentRoles } from "effect-tencentcloud/v3"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

const variable = (name: string): Effect.Effect<string | undefined> =>
  Config.option(Config.NonEmptyString(name)).pipe(
    Effect.map(Option.getOrUndefined),
    Effect.orElseSucceed(() => undefined)
  )

/** A profile of the vendor's tools. */
interface Profile {
  readonly name: string
  /** A flag names it. */
  readonly isGiven: boolean
}

const profileOf = (given: string | undefined): Effect.Effect<Profile> =>
  given === undefined
    ? Effect.map(variable("TCCLI_PROFILE"), (name = "default") => ({ name, isGiven: false }))
    : Effect.succeed({ name: given, isGiven: true })

// ---------------------------------------------------------------------------------------------------------------------
// The files of tccli
// ---------------------------------------------------------------------------------------------------------------------

const unavailable = (message: string) => new TencentCredentials.CredentialsUnavailable({ message })

const home = Config.NonEmptyString("HOME").pipe(
  Config.orElse(() => Config.NonEmptyString("USERPROFILE")),
  Effect.mapError(() => unavailable("Neither HOME nor USERPROFILE is set, so there are no files of tccli."))
)

/** The value in a file of tccli. A name with a slash in it would be another file. */
const tccliFile = <S extends Schema.ConstraintDecoder<unknown>>(name: string, schema: S) =>
  Effect.gen(function*() {
    if (/[/\\\0]/.test(name)) return yield* unavailable("A profile is a name, without a path.")
    const path = `${yield* home}/.tccli/${name}`
    const files = yield* FileSystem.FileSystem
    const text = yield* Effect.mapError(
      files.readFileString(path),
      ({ reason }) => unavailable(`${path} cannot be read: ${reason._tag}.`)
    )
    return yield* Effect.mapError(
      Schema.decodeUnknownEffect(Schema.fromJsonString(schema))(text),
      // The words of the schema would show the keys.
      () => unavailable(`${path} is not as tccli writes it.`)
    )
  })

const Credential = Schema.Struct({
  secretId: Schema.String,
  secretKey: Schema.String,
  token: Schema.optionalKey(Schema.NullOr(Schema.String))
})

const ofTccli = (profile: string): TencentCredentials.Source<FileSystem.FileSystem> =>
  Effect.map(tccliFile(`${profile}.credential`, Credential), ({ secretId, secretKey, token }) => ({
    secretId,
    secretKey: Redacted.make(secretKey),
    token: token === undefined || token === null ? undefined : Redacted.make(token)
  }))

const WithRegion = Schema.Struct({ region: Schema.optionalKey(Schema.NullOr(Schema.String)) })

/** The older form has the region at the top. */
const Configure = Schema.Struct({ ...WithRegion.fields, _sys_param: Schema.optionalKey(WithRegion) })

const regionOfTccli = (profile: string): Effect.Effect<string | undefined, never, FileSystem.FileSystem> =>
  tccliFile(`${profile}.configure`, Configure).pipe(
    Effect.map(({ _sys_param, region }) => _sys_param?.region ?? region ?? undefined),
    Effect.orElseSucceed(() => undefined)
  )

// ---------------------------------------------------------------------------------------------------------------------
// Region and credentials
// ---------------------------------------------------------------------------------------------------------------------

/** The region of a call: that of the flag, else that of the profile or of the environment, else none. */
export const regionOf = (flags: {
  readonly region: string | undefined
  readonly profile: string | undefined
}): Effect.Effect<string | undefined, never, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    if (flags.region !== undefined) return flags.region
    const { isGiven, name } = yield* profileOf(flags.profile)
    const ofEnvironment = variable("TENCENTCLOUD_REGION")
    const ofFile = regionOfTccli(name)
    const [first, second] = isGiven ? [ofFile, ofEnvironment] : [ofEnvironment, ofFile]
    return (yield* first) ?? (yield* second)
  })

/** tccli has another name for the token than the SDKs. */
const fromEnvironment: TencentCredentials.Source = Effect.gen(function*() {
  const credentials = yield* TencentCredentials.fromConfig
  const token = yield* variable("TENCENTCLOUD_TOKEN")
  return credentials.token !== undefined || token === undefined
    ? credentials
    : { ...credentials, token: Redacted.make(token) }
})

/** The credentials of a call. */
export const credentialsLayer = (
  given: string | undefined
): Layer.Layer<
  TencentCredentials.TencentCredentials,
  TencentCredentials.CredentialsUnavailable,
  FileSystem.FileSystem | HttpClient.HttpClient
> =>
  Layer.unwrap(Effect.map(profileOf(given), ({ isGiven, name }) => {
    const files = [ofTccli(name), TencentCredentials.fromFile({ profile: name })]
    return TencentCredentials.layerChain<FileSystem.FileSystem | HttpClient.HttpClient>([
      ...(isGiven ? [...files, fromEnvironment] : [fromEnvironment, ...files]),
      TencentRoles.instanceRole(),
      TencentRoles.webIdentity()
    ])
  }))
