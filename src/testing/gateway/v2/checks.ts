/**
 * The checks of API 2.0 in their order, and those that depend on how its requests are written: the address, the common
 * parameters and the signature.
 */
import * as Result from "effect/Result"
import { shortRegions } from "../../../internal/shortRegions.ts"
import * as TencentEndpoint from "../../../v2/TencentEndpoint.ts"
import * as TencentSignature from "../../../v2/TencentSignature.ts"
import {
  checkAccount,
  checkCredential,
  checkHttps,
  checkMaintenance,
  checkNonce,
  checkPermission,
  checkRate,
  checkTime
} from "../checks.ts"
import { isEqual } from "../constantTime.ts"
import { type Credential, defaultAccount } from "../credentials.ts"
import type { Incoming } from "../protocol.ts"
import { type Checked, refuse } from "../refusal.ts"
import { regions } from "../regions.ts"
import type { State } from "../state.ts"
import { type Action, actions } from "./cvm.ts"
import type { Form } from "./form.ts"

const shown = (text: string): string => text.slice(0, 64)

// ---------------------------------------------------------------------------------------------------------------------
// The address
// ---------------------------------------------------------------------------------------------------------------------

const modules: ReadonlyMap<string, ReadonlyMap<string, Action>> = /*#__PURE__*/ new Map([["cvm", actions]])

const moduleHost = /^([a-z0-9-]+)\.api\.(?:qcloud|tencentyun)\.com$/i

/** The actions that a host serves. A host that names no module, such as `127.0.0.1`, serves those of all. */
const actionsOf = (host: string): ReadonlyMap<string, Action> | undefined => {
  const module = moduleHost.exec(host)?.[1]
  return module === undefined ? actions : modules.get(module.toLowerCase())
}

/** Undefined if the request names no action, which is no matter of the address. */
const checkAddress = ({ host, path }: Incoming, name: string | undefined): Checked<Action | undefined> => {
  if (path !== TencentEndpoint.path) {
    return refuse("unsupported", `There is nothing at ${shown(path)}, check the domain and the path`)
  }
  const served = actionsOf(host)
  if (served === undefined) {
    return refuse("unsupported", `There is no module at ${shown(host)}, check the domain`)
  }
  if (name === undefined || name === "") return Result.succeed(undefined)
  const action = served.get(name)
  return action === undefined
    ? refuse("unsupported", `The action ${shown(name)} is not supported here, check the domain and the spelling`)
    : Result.succeed(action)
}

// ---------------------------------------------------------------------------------------------------------------------
// The common parameters
// ---------------------------------------------------------------------------------------------------------------------

interface Common {
  readonly nonce: string
  /** In seconds. */
  readonly timestamp: number
  readonly secretId: string
  readonly token: string | undefined
  readonly signature: string
}

// 64 bits, which is what the widest of the old SDKs draws a nonce from.
const maxNonceDigits = 20

const maxTimestampDigits = 10

const isPositiveInteger = (text: string, maxDigits: number): boolean =>
  text.length <= maxDigits && /^[1-9]\d*$/.test(text)

const checkCommon = ({ values }: Form): Checked<Common> => {
  const missing = ["Action", "Nonce", "Timestamp", "SecretId", "Signature"].find((name) => !values.get(name))
  if (missing !== undefined) return refuse("malformedRequest", `The parameter ${missing} is missing`)
  const nonce = values.get("Nonce") ?? ""
  if (!isPositiveInteger(nonce, maxNonceDigits)) {
    return refuse("malformedRequest", "The parameter Nonce must be a positive integer")
  }
  const timestamp = values.get("Timestamp") ?? ""
  if (!isPositiveInteger(timestamp, maxTimestampDigits)) {
    return refuse("malformedRequest", "The parameter Timestamp must be a time in seconds since 1970")
  }
  return Result.succeed({
    nonce,
    timestamp: Number(timestamp),
    secretId: values.get("SecretId") ?? "",
    token: values.get("Token"),
    signature: values.get("Signature") ?? ""
  })
}

/** The long ids by themselves and by their short codes. */
const regionIds: ReadonlyMap<string, string> = /*#__PURE__*/ (() =>
  new Map([
    ...Array.from(regions, (id) => [id, id] as const),
    ...Array.from(shortRegions, ([id, code]) => [code, id] as const)
  ]))()

/** The long id of the region. `""` if there is none and the action needs none. */
const checkRegion = ({ values }: Form, { needsRegion }: Action): Checked<string> => {
  const text = values.get("Region") ?? ""
  const region = regionIds.get(text)
  if (region !== undefined || !needsRegion) return Result.succeed(region ?? "")
  return refuse(
    "malformedRequest",
    `The parameter Region ${text === "" ? "is missing" : `has no region ${shown(text)}`}`
  )
}

// ---------------------------------------------------------------------------------------------------------------------
// The signature
// ---------------------------------------------------------------------------------------------------------------------

const isFile = (value: string): boolean => value.startsWith("@")

/** The old SDKs leave the value of an uploaded file, which begins with `@`, out of the signature of a POST. */
const withoutFiles = (sent: Form["sent"]): Form["sent"] => {
  const kept: { [name: string]: string } = Object.create(null)
  for (const [name, value] of Object.entries(sent)) {
    if (!isFile(value)) kept[name] = value
  }
  return kept
}

const checkSignature = (
  { host, method, path }: Incoming,
  { sent, values }: Form,
  signature: string,
  { secretKey }: Credential
): Checked<void> => {
  const signatureMethod = values.get("SignatureMethod") === "HmacSHA256" ? "HmacSHA256" : "HmacSHA1"
  const verb = method === "GET" ? "GET" : "POST"
  const isSigned = (parameters: Form["sent"]): boolean =>
    isEqual(
      TencentSignature.sign({ method: verb, host, path, parameters }, { secretKey, signatureMethod }),
      signature
    )
  const matches = isSigned(sent) ||
    (verb === "POST" && Object.values(sent).some(isFile) && isSigned(withoutFiles(sent)))
  // Says what was signed, except for the parameters: their values can be secrets.
  return matches ? Result.void : refuse(
    "wrongSignature",
    `The signature does not fit the request. It is made of ${verb}${shown(host)}${path} with ${signatureMethod}`
  )
}

// ---------------------------------------------------------------------------------------------------------------------
// All of them
// ---------------------------------------------------------------------------------------------------------------------

export interface Accepted {
  readonly name: string
  readonly action: Action
  readonly region: string
  readonly account: string
  readonly form: Form
}

/**
 * The nonce is used up and the request counted as soon as it is known who sent it. So a request that is refused later cannot be
 * sent again as it is.
 */
export const check = (state: State, incoming: Incoming, read: Checked<Form>, now: number): Checked<Accepted> =>
  Result.gen(function*() {
    const name = Result.isSuccess(read) ? read.success.values.get("Action") : undefined
    yield* checkHttps(state, incoming)
    const action = yield* checkAddress(incoming, name)
    if (incoming.method !== "GET" && incoming.method !== "POST") {
      return yield* refuse("malformedRequest", `The method ${shown(incoming.method)} is not supported`)
    }
    const form = yield* read
    const common = yield* checkCommon(form)
    if (name === undefined || action === undefined) {
      return yield* refuse("malformedRequest", "The parameter Action is missing")
    }
    const region = yield* checkRegion(form, action)
    const credential = yield* checkCredential(state, common, now)
    yield* checkSignature(incoming, form, common.signature, credential)
    yield* checkTime(common.timestamp, now)
    yield* checkNonce(state, common, now)
    yield* checkAccount(credential)
    yield* checkRate(state, common.secretId, name, now)
    yield* checkPermission(credential, name, action.resources(form.values))
    yield* checkMaintenance(state, name)
    return { name, action, region, account: credential.account ?? defaultAccount, form }
  })
