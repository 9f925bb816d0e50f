/**
 * Who calls, and where: credentials and region as the vendor's tools read them, from flags, the environment and their files.
 *
 * - the environment: `TENCENTCLOUD_SECRET_ID`, `TENCENTCLOUD_SECRET_KEY`, `TENCENTCLOUD_SESSION_TOKEN` (the SDKs) or
 *   `TENCENTCLOUD_TOKEN` (tccli), `TENCENTCLOUD_REGION`
 * - `~/.tccli/<profile>.credential` and `~/.tccli/<profile>.configure`, which `tccli configure` writes
 * - `~/.tencentcloud/credentials`, which the SDKs share, or the file in `TENCENTCLOUD_CREDENTIALS_FILE`
 * - the role of the instance, and the web identity of a pod
 *
 * The profile is that of `--profile`, else `TCCLI_PROFILE`, else `default`. A call with a profile that a flag names has the keys of
 * this profile or none. With one that `TCCLI_PROFILE` names, it has no role.
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
import { whyUnreadable } from "./input.ts"

const variable = (name: string): Effect.Effect<string | undefined> =>
  Config.option(Config.NonEmptyString(name)).pipe(
    Effect.map(Option.getOrUndefined),
    Effect.orElseSucceed(() => undefined)
  )

/** A profile of the vendor's tools, and what names it. */
interface Profile {
  readonly name: string
  readonly by: "flag" | "environment" | "nothing"
}

const profileOf = (given: string | undefined): Effect.Effect<Profile> =>
  given === undefined
    ? Effect.map(
      variable("TCCLI_PROFILE"),
      (name) => name === undefined ? { name: "default", by: "nothing" } : { name, by: "environment" }
    )
    : Effect.succeed({ name: given, by: "flag" })

// ---------------------------------------------------------------------------------------------------------------------
// The files of tccli
// ---------------------------------------------------------------------------------------------------------------------

const unavailable = (message: string) => new TencentCredentials.CredentialsUnavailable({ message })

const home = Config.NonEmptyString("HOME").pipe(
  Config.orElse(() => Config.NonEmptyString("USERPROFILE")),
  Effect.mapError(() => unavailable("Neither HOME nor USERPROFILE is set, so there are no files of tccli."))
)

/** The path of a file of tccli. A name with a slash in it would be that of another file. */
const tccliPath = (name: string) =>
  /[/\\\0]/.test(name)
    ? Effect.fail(unavailable("A profile is a name, without a path."))
    : Effect.map(home, (home) => `${home}/.tccli/${name}`)

/** Whether there is a file of tccli, also where it cannot be read. */
const isThere = (name: string): Effect.Effect<boolean, never, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const path = yield* tccliPath(name)
    const files = yield* FileSystem.FileSystem
    return yield* Effect.orElseSucceed(files.exists(path), () => true)
  }).pipe(Effect.orElseSucceed(() => false))

/** The value in a file of tccli. */
const tccliFile = <S extends Schema.ConstraintDecoder<unknown>>(name: string, schema: S) =>
  Effect.gen(function*() {
    const path = yield* tccliPath(name)
    const files = yield* FileSystem.FileSystem
    const text = yield* Effect.mapError(
      files.readFileString(path),
      (error) => unavailable(`${path} cannot be read: ${whyUnreadable(error)}.`)
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

const credentialFile = (profile: string): string => `${profile}.credential`

const ofTccli = (profile: string): TencentCredentials.Source<FileSystem.FileSystem> =>
  Effect.map(tccliFile(credentialFile(profile), Credential), ({ secretId, secretKey, token }) => ({
    secretId,
    secretKey: Redacted.make(secretKey),
    token: token === undefined || token === null ? undefined : Redacted.make(token)
  }))

const WithRegion = Schema.Struct({ region: Schema.optionalKey(Schema.NullOr(Schema.String)) })

/** The older form has the region at the top. */
const Configure = Schema.Struct({ ...WithRegion.fields, _sys_param: Schema.optionalKey(WithRegion) })

const configureFile = (profile: string): string => `${profile}.configure`

const regionOfTccli = (profile: string) =>
  Effect.map(
    tccliFile(configureFile(profile), Configure),
    ({ _sys_param, region }) => _sys_param?.region ?? region ?? undefined
  )

// ---------------------------------------------------------------------------------------------------------------------
// Region and credentials
// ---------------------------------------------------------------------------------------------------------------------

/**
 * The region of a call: that of the flag, else that of the profile or of the environment, else none. Fails where a flag names a
 * profile whose file cannot be read: the call would go to another region.
 */
export const regionOf = (flags: {
  readonly region: string | undefined
  readonly profile: string | undefined
}): Effect.Effect<string | undefined, TencentCredentials.CredentialsUnavailable, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    if (flags.region !== undefined) return flags.region
    const { by, name } = yield* profileOf(flags.profile)
    const ofEnvironment = variable("TENCENTCLOUD_REGION")
    if (by !== "flag") {
      return (yield* ofEnvironment) ?? (yield* Effect.orElseSucceed(regionOfTccli(name), () => undefined))
    }
    const ofFile = (yield* isThere(configureFile(name))) ? yield* regionOfTccli(name) : undefined
    return ofFile ?? (yield* ofEnvironment)
  })

/** tccli has another name for the token than the SDKs. */
const fromEnvironment: TencentCredentials.Source = Effect.gen(function*() {
  const credentials = yield* TencentCredentials.fromConfig
  const token = yield* variable("TENCENTCLOUD_TOKEN")
  return credentials.token !== undefined || token === undefined
    ? credentials
    : { ...credentials, token: Redacted.make(token) }
})

type Sources = ReadonlyArray<TencentCredentials.Source<FileSystem.FileSystem | HttpClient.HttpClient>>

/** The keys of a profile: those of tccli where there is a file, however it is, else those in the file of the SDKs. */
const ofProfile = (name: string): Effect.Effect<Sources, never, FileSystem.FileSystem> =>
  Effect.map(
    isThere(credentialFile(name)),
    (isThere) => isThere ? [ofTccli(name)] : [ofTccli(name), TencentCredentials.fromFile({ profile: name })]
  )

/** Whoever names a profile means its keys, and no others. */
const sourcesOf = ({ by, name }: Profile): Effect.Effect<Sources, never, FileSystem.FileSystem> => {
  switch (by) {
    case "flag":
      return ofProfile(name)
    case "environment":
      return Effect.map(ofProfile(name), (sources) => [fromEnvironment, ...sources])
    case "nothing":
      return Effect.succeed([
        fromEnvironment,
        ofTccli(name),
        TencentCredentials.fromFile({ profile: name }),
        TencentRoles.instanceRole(),
        TencentRoles.webIdentity()
      ])
  }
}

/** The credentials of a call. */
export const credentialsLayer = (
  given: string | undefined
): Layer.Layer<
  TencentCredentials.TencentCredentials,
  TencentCredentials.CredentialsUnavailable,
  FileSystem.FileSystem | HttpClient.HttpClient
> =>
  Layer.unwrap(
    Effect.map(Effect.flatMap(profileOf(given), sourcesOf), (sources) => TencentCredentials.layerChain(sources))
  )
