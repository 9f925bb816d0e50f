/**
 * Temporary keys as STS and the metadata service return them.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Credentials, CredentialsUnavailable } from "../../client/TencentCredentials.ts"

const secret = /*#__PURE__*/ Schema.RedactedFromValue(Schema.NonEmptyString)

export const KeysOfRole = /*#__PURE__*/ Schema.Struct({
  TmpSecretId: Schema.NonEmptyString,
  TmpSecretKey: secret,
  Token: secret
})

/** Seconds have eleven digits from the year 5138 on. What has as many before is in milliseconds. */
const isSeconds = (time: number): boolean => Number.isSafeInteger(time) && time < 1e11

const unusable = (source: string, problem: string): CredentialsUnavailable =>
  new CredentialsUnavailable({ message: `${source} returned keys ${problem}` })

/** The credentials, if they can be used. `expiredTime` should be in seconds since the epoch, and to come. */
export const credentialsOf = (
  keys: typeof KeysOfRole.Type,
  expiredTime: number,
  source: string
): Effect.Effect<Credentials, CredentialsUnavailable> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const expiresAt = expiredTime * 1000
    if (isSeconds(expiredTime) && expiresAt > now) {
      return Effect.succeed({ secretId: keys.TmpSecretId, secretKey: keys.TmpSecretKey, token: keys.Token, expiresAt })
    }
    const problem = isSeconds(expiredTime)
      ? "that have expired. If that happens again, check the clock of this machine."
      : "whose ExpiredTime is no time in seconds. Check that the endpoint is that of the vendor."
    return Effect.fail(unusable(source, problem))
  })
