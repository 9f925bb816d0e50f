/**
 * The checks that do not depend on how a request is written. A generation makes them in its own order.
 */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { isEqual } from "./constantTime.ts"
import type { Credential } from "./credentials.ts"
import { replayWindow } from "./nonces.ts"
import type { Incoming } from "./protocol.ts"
import { type Checked, refuse } from "./refusal.ts"
import type { State } from "./state.ts"

/** A proxy in front says what the scheme was. Without one the connection does. */
export const checkHttps = (state: State, { encrypted, headers }: Incoming): Checked<void> => {
  const forwarded = headers["x-forwarded-proto"]
  const https = forwarded === undefined ? encrypted || !state.requireHttps : forwarded === "https"
  return https ? Result.void : refuse("plainHttp", "HTTP is not supported, use HTTPS")
}

const checkToken = (credential: Credential, token: string | undefined, now: number): Checked<void> => {
  if (credential.token === undefined) {
    return token === undefined
      ? Result.void
      : refuse("wrongToken", "The SecretId is not temporary, it has no token")
  }
  if (token === undefined) return refuse("wrongToken", "The token of the temporary SecretId is missing")
  if (!isEqual(token, Redacted.value(credential.token))) return refuse("wrongToken", "The token is wrong")
  return credential.tokenExpiresAt !== undefined && now >= credential.tokenExpiresAt
    ? refuse("wrongToken", "The token has expired")
    : Result.void
}

export const checkCredential = (
  state: State,
  { secretId, token }: { readonly secretId: string; readonly token: string | undefined },
  now: number
): Checked<Credential> =>
  Result.gen(function*() {
    const credential = state.credentials.get(secretId)
    if (credential === undefined) return yield* refuse("unknownSecretId", "The SecretId does not exist")
    if (credential.disabled === true) return yield* refuse("unknownSecretId", "The SecretId is disabled")
    yield* checkToken(credential, token, now)
    return credential.mfaRequired === true ? yield* refuse("secondFactor", "MFA Invalid") : credential
  })

/** The timestamp is in seconds, the time of the gateway in milliseconds. */
export const checkTime = (timestamp: number, now: number): Checked<void> => {
  const distance = Math.abs(timestamp - Math.floor(now / 1000))
  return distance <= replayWindow ? Result.void : refuse(
    "wrongTime",
    `The Timestamp is ${distance} seconds away from the time of the server, more than ${replayWindow}`
  )
}

/** Uses the nonce up. */
export const checkNonce = (
  state: State,
  { nonce, secretId, timestamp }: { readonly nonce: string; readonly secretId: string; readonly timestamp: number },
  now: number
): Checked<void> =>
  state.nonces.use(secretId, nonce, timestamp, Math.floor(now / 1000))
    ? Result.void
    : refuse("usedNonce", `The Nonce ${nonce} was used before`)

export const checkAccount = ({ blocked }: Credential): Checked<void> =>
  blocked === true ? refuse("accountBlocked", "The account is blocked") : Result.void

/** Counts the request. */
export const checkRate = (state: State, secretId: string, action: string, now: number): Checked<void> => {
  const requests = state.requestRate.count(secretId, action, Math.floor(now / 1000))
  return requests <= state.quota ? Result.void : refuse(
    "tooManyRequests",
    `Your current request times equals to \`${requests}\` in a second, ` +
      `which exceeds the frequency limit \`${state.quota}\` for a second`
  )
}

export const checkPermission = (
  { camRefused, denied }: Credential,
  action: string,
  resources: ReadonlyArray<string>
): Checked<void> => {
  if (camRefused === true) return refuse("accessRefused", "Access was refused by CAM")
  if (denied === undefined) return Result.void
  if (denied.actions?.includes(action) === true) {
    return refuse("actionDenied", `The sub-account may not call ${action}`)
  }
  const refusedOf = (ids: ReadonlyArray<string> | undefined) => resources.filter((id) => ids?.includes(id) === true)
  const everywhere = refusedOf(denied.resources)
  if (everywhere.length > 0) {
    return refuse("resourceDenied", `The sub-account may not use ${everywhere.join(", ")}`)
  }
  const byAction = denied.resourcesByAction
  const here = refusedOf(byAction !== undefined && Object.hasOwn(byAction, action) ? byAction[action] : undefined)
  return here.length > 0
    ? refuse("resourceDeniedForAction", `The sub-account may not use ${here.join(", ")} with ${action}`)
    : Result.void
}

export const checkMaintenance = (state: State, action: string): Checked<void> =>
  state.maintenance.has(action) ? refuse("maintenance", `${action} is closed for maintenance`) : Result.void
