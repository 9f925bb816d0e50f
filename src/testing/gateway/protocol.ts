/**
 * The checks that stand before every action, in their order. The first that fails decides the response.
 */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { timingSafeEqual } from "node:crypto"
import * as TencentEndpoint from "../../v2/TencentEndpoint.ts"
import * as TencentSignature from "../../v2/TencentSignature.ts"
import { type Action, actions, regionOf } from "./cvm.ts"
import type { Form } from "./form.ts"
import { type Failure, refuse } from "./refusal.ts"
import { replayWindow } from "./replay.ts"
import type { Credential, State } from "./state.ts"

export interface Incoming {
  readonly method: string
  /** The `Host` header without the port. */
  readonly host: string
  readonly path: string
  /** What is known about the scheme: encrypted or not, or what a proxy said. */
  readonly encrypted: boolean
  readonly forwardedProto: string | undefined
  /** The parameters, or what is wrong with them. */
  readonly form: Result.Result<Form, string>
  /** The gateway's time, in milliseconds. */
  readonly now: number
}

export interface Accepted {
  readonly name: string
  readonly action: Action
  readonly region: string
}

type Check<A> = Result.Result<A, Failure>

const fail = (code: number, message: string): Result.Result<never, Failure> => Result.fail(refuse(code, message))

const shown = (text: string): string => text.slice(0, 64)

// ---------------------------------------------------------------------------------------------------------------------
// The request
// ---------------------------------------------------------------------------------------------------------------------

const modules: ReadonlyMap<string, ReadonlyMap<string, Action>> = /*#__PURE__*/ new Map([["cvm", actions]])

const moduleHost = /^([a-z0-9-]+)\.api\.(?:qcloud|tencentyun)\.com$/i

/** The actions that a host serves. A host that names no module, such as `127.0.0.1`, serves those of all. */
const actionsOf = (host: string): ReadonlyMap<string, Action> | undefined => {
  const module = moduleHost.exec(host)?.[1]
  return module === undefined ? actions : modules.get(module.toLowerCase())
}

const checkScheme = (state: State, { encrypted, forwardedProto }: Incoming): Check<void> => {
  const https = forwardedProto === undefined ? encrypted || !state.requireHttps : forwardedProto === "https"
  return https ? Result.void : fail(4600, "HTTP is not supported, use HTTPS")
}

const checkAddress = ({ form, host, path }: Incoming): Check<Action | undefined> => {
  if (path !== TencentEndpoint.path) {
    return fail(6100, `There is nothing at ${shown(path)}, check the domain and the path`)
  }
  const served = actionsOf(host)
  if (served === undefined) return fail(6100, `There is no module at ${shown(host)}, check the domain`)
  const name = Result.isSuccess(form) ? form.success.values.get("Action") : undefined
  if (name === undefined || name === "") return Result.succeed(undefined)
  const action = served.get(name)
  return action === undefined
    ? fail(6100, `The action ${shown(name)} is not supported here, check the domain and the spelling`)
    : Result.succeed(action)
}

interface Common {
  readonly name: string
  readonly action: Action
  readonly region: string
  readonly nonce: string
  /** In seconds. */
  readonly timestamp: number
  readonly secretId: string
  readonly signature: string
  readonly form: Form
}

// 64 bits, which is what the widest of the old SDKs draws a nonce from.
const maxNonceDigits = 20

const positiveInteger = /^[1-9]\d*$/

const checkCommon = ({ form, method }: Incoming, action: Action | undefined): Check<Common> => {
  if (method !== "GET" && method !== "POST") return fail(4000, `The method ${shown(method)} is not supported`)
  if (Result.isFailure(form)) return fail(4000, form.failure)
  const { values } = form.success
  const missing = ["Action", "Nonce", "Timestamp", "SecretId", "Signature"].find((name) => !values.get(name))
  if (missing !== undefined || action === undefined) {
    return fail(4000, `The parameter ${missing ?? "Action"} is missing`)
  }
  const nonce = values.get("Nonce") ?? ""
  if (!positiveInteger.test(nonce) || nonce.length > maxNonceDigits) {
    return fail(4000, "The parameter Nonce must be a positive integer")
  }
  const timestamp = values.get("Timestamp") ?? ""
  if (!positiveInteger.test(timestamp) || timestamp.length > 10) {
    return fail(4000, "The parameter Timestamp must be a time in seconds since 1970")
  }
  const regionText = values.get("Region") ?? ""
  const region = regionOf(regionText)
  if (region === undefined && action.needsRegion) {
    return fail(4000, `The parameter Region ${regionText === "" ? "is missing" : `has no region ${shown(regionText)}`}`)
  }
  return Result.succeed({
    name: values.get("Action") ?? "",
    action,
    region: region ?? "",
    nonce,
    timestamp: Number(timestamp),
    secretId: values.get("SecretId") ?? "",
    signature: values.get("Signature") ?? "",
    form: form.success
  })
}

// ---------------------------------------------------------------------------------------------------------------------
// The caller
// ---------------------------------------------------------------------------------------------------------------------

const encoder = /*#__PURE__*/ new TextEncoder()

/** In a time that tells nothing about where two texts differ. Their lengths are no secret. */
const isEqual = (a: string, b: string): boolean => {
  const left = encoder.encode(a)
  const right = encoder.encode(b)
  return left.length === right.length && timingSafeEqual(left, right)
}

const checkCredential = (state: State, { form, secretId }: Common, now: number): Check<Credential> => {
  const credential = state.credentials.get(secretId)
  if (credential === undefined) return fail(4104, "The SecretId does not exist")
  if (credential.disabled === true) return fail(4104, "The SecretId is disabled")
  const token = form.values.get("Token")
  if (credential.token === undefined) {
    if (token !== undefined) return fail(4105, "The SecretId is not temporary, it has no token")
  } else {
    if (token === undefined) return fail(4105, "The token of the temporary SecretId is missing")
    if (!isEqual(token, Redacted.value(credential.token))) return fail(4105, "The token is wrong")
    if (credential.tokenExpiresAt !== undefined && now >= credential.tokenExpiresAt) {
      return fail(4105, "The token has expired")
    }
  }
  return credential.mfaRequired === true ? fail(4106, "(60006)MFA Invalid") : Result.succeed(credential)
}

/** The old SDKs leave the value of an uploaded file, which begins with `@`, out of the signature of a POST. */
const withoutFiles = (sent: Form["sent"]): Form["sent"] => {
  const kept: { [name: string]: string } = Object.create(null)
  for (const [name, value] of Object.entries(sent)) {
    if (!value.startsWith("@")) kept[name] = value
  }
  return kept
}

const checkSignature = ({ host, method, path }: Incoming, common: Common, credential: Credential): Check<void> => {
  const { sent, values } = common.form
  const signatureMethod = values.get("SignatureMethod") === "HmacSHA256" ? "HmacSHA256" : "HmacSHA1"
  const verb = method === "GET" ? "GET" : "POST"
  const isSigned = (parameters: Form["sent"]): boolean =>
    isEqual(
      TencentSignature.sign({ method: verb, host, path, parameters }, {
        secretKey: credential.secretKey,
        signatureMethod
      }),
      common.signature
    )
  const matches = isSigned(sent) ||
    (verb === "POST" && Object.values(sent).some((value) => value.startsWith("@")) && isSigned(withoutFiles(sent)))
  // Says what was signed, except for the parameters: their values can be secrets.
  return matches
    ? Result.void
    : fail(
      4100,
      `The signature does not fit the request. It is made of ${verb}${shown(host)}${path} with ${signatureMethod}`
    )
}

const checkReplay = (state: State, { nonce, secretId, timestamp }: Common, now: number): Check<void> => {
  const seconds = Math.floor(now / 1000)
  const distance = Math.abs(timestamp - seconds)
  if (distance > replayWindow) {
    return fail(
      4500,
      `The Timestamp is ${distance} seconds away from the time of the server, more than ${replayWindow}`
    )
  }
  return state.replays.claim(secretId, nonce, timestamp, seconds)
    ? Result.void
    : fail(4500, `The Nonce ${nonce} was used before`)
}

// ---------------------------------------------------------------------------------------------------------------------
// The permission
// ---------------------------------------------------------------------------------------------------------------------

const checkRate = (state: State, { name, secretId }: Common, now: number): Check<void> => {
  const requests = state.rates.count(secretId, name, Math.floor(now / 1000))
  return requests <= state.quota
    ? Result.void
    : fail(
      4400,
      `Your current request times equals to \`${requests}\` in a second, ` +
        `which exceeds the frequency limit \`${state.quota}\` for a second`
    )
}

const checkPermission = ({ action, form, name }: Common, { camRefused, denied }: Credential): Check<void> => {
  if (camRefused === true) return fail(4110, "Access was refused by CAM")
  if (denied === undefined) return Result.void
  if (denied.actions?.includes(name) === true) return fail(4101, `The sub-account may not call ${name}`)
  const resources = action.resources(form.values)
  const refusedOf = (ids: ReadonlyArray<string> | undefined) => resources.filter((id) => ids?.includes(id) === true)
  const everywhere = refusedOf(denied.resources)
  if (everywhere.length > 0) return fail(4102, `The sub-account may not use ${everywhere.join(", ")}`)
  const byAction = denied.resourcesByAction
  const here = refusedOf(byAction !== undefined && Object.hasOwn(byAction, name) ? byAction[name] : undefined)
  return here.length > 0 ? fail(4103, `The sub-account may not use ${here.join(", ")} with ${name}`) : Result.void
}

// ---------------------------------------------------------------------------------------------------------------------
// All of them
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Uses up the nonce and counts against the quota, as soon as the request is known to come from who it says. So a request that
 * is refused later cannot be sent again as it is.
 */
export const check = (state: State, incoming: Incoming): Check<Accepted> =>
  Result.gen(function*() {
    const { now } = incoming
    yield* checkScheme(state, incoming)
    const common = yield* checkCommon(incoming, yield* checkAddress(incoming))
    const credential = yield* checkCredential(state, common, now)
    yield* checkSignature(incoming, common, credential)
    yield* checkReplay(state, common, now)
    if (credential.blocked === true) return yield* fail(4300, "The account is blocked")
    yield* checkRate(state, common, now)
    yield* checkPermission(common, credential)
    if (state.maintenance.has(common.name)) return yield* fail(6200, `${common.name} is closed for maintenance`)
    return { name: common.name, action: common.action, region: common.region }
  })
