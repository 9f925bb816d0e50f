/**
 * The checks of API 3.0 in their order.
 */
import * as Result from "effect/Result"
import {
  checkAccount,
  checkCredential,
  checkHttps,
  checkMaintenance,
  checkPermission,
  checkRate,
  checkTime
} from "../checks.ts"
import { type Credential, defaultAccount } from "../credentials.ts"
import type { Incoming } from "../protocol.ts"
import { regions } from "../regions.ts"
import type { State } from "../state.ts"
import type { Action } from "./action.ts"
import type { Form } from "./form.ts"
import { checkNames, missing, type Parameters } from "./parameters.ts"
import { type Checked, fail, ours, shown } from "./refusal.ts"
import type { Common, Proof, Request } from "./request.ts"
import { type Authorization, dateOf, isSigned, isSignedByParameters } from "./signature.ts"

// ---------------------------------------------------------------------------------------------------------------------
// The address
// ---------------------------------------------------------------------------------------------------------------------

export const path = "/"

export const serviceHost = /^([a-z0-9-]+)\.(?:[a-z0-9-]+\.){0,2}tencentcloudapi\.com$/i

const require = (name: string, value: string | undefined): Checked<string> =>
  value === undefined || value === "" ? missing(name) : Result.succeed(value)

const wrongSignature = (message: string): Checked<never> => fail("AuthFailure.SignatureFailure", message)

/** The service that the host names and that the signature is for. One of them can be missing. */
const readService = (host: string, proof: Proof): Checked<string | undefined> => {
  const named = serviceHost.exec(host)?.[1]?.toLowerCase()
  const signed = proof._tag === "Tc3" ? proof.authorization.service : undefined
  return named !== undefined && signed !== undefined && named !== signed
    ? wrongSignature(`The signature is for the service ${signed}, the request went to ${shown(host)}.`)
    : Result.succeed(named ?? signed)
}

/** `all` are the actions that the gateway serves. */
const findAction = (
  all: ReadonlyArray<Action>,
  { name, service, version }: { readonly service: string | undefined; readonly version: string; readonly name: string }
): Checked<Action> => {
  const ofService = service === undefined ? all : all.filter((action) => action.service === service)
  if (ofService.length === 0) return fail("NoSuchProduct", `There is no service ${shown(service ?? "")}.`)
  const ofVersion = ofService.filter((action) => action.version === version)
  if (ofVersion.length === 0) return fail("NoSuchVersion", `There is no version ${shown(version)}.`)
  const action = ofVersion.find((action) => action.name === name)
  return action === undefined
    ? fail("InvalidAction", `The action ${shown(name)} is not in the version ${version}.`)
    : Result.succeed(action)
}

// ---------------------------------------------------------------------------------------------------------------------
// Who sends it
// ---------------------------------------------------------------------------------------------------------------------

interface Sender {
  readonly secretId: string
  readonly credential: Credential
}

/** In seconds. */
const readTimestamp = ({ timestamp }: Common): Checked<number> =>
  Result.flatMap(require("Timestamp", timestamp), (text) =>
    /^[1-9]\d{0,9}$/.test(text)
      ? Result.succeed(Number(text))
      : fail("InvalidParameterValue", "The value of `Timestamp` must be a time in seconds since 1970."))

const checkTc3 = (
  state: State,
  incoming: Incoming,
  { token }: Common,
  authorization: Authorization,
  timestamp: number,
  now: number
): Checked<Sender> =>
  Result.gen(function*() {
    const { date, secretId, signedHeaders } = authorization
    const credential = yield* ours(checkCredential(state, { secretId, token }, now))
    if (date !== dateOf(timestamp)) {
      return yield* wrongSignature(`The date of the signature is ${date}, that of the timestamp in UTC is not.`)
    }
    return isSigned(incoming, authorization, String(timestamp), credential.secretKey)
      ? { secretId, credential }
      // Says what was signed, except for the body: it can have secrets.
      : yield* wrongSignature(
        `The signature does not fit the request. It is made of ${incoming.method}, the query, the headers ` +
          `${signedHeaders.join(";")} and the body, and must have content-type and host.`
      )
  })

const checkForm = (
  state: State,
  incoming: Incoming,
  form: Form,
  now: number
): Checked<Sender> =>
  Result.gen(function*() {
    const secretId = yield* require("SecretId", form.get("SecretId"))
    const nonce = yield* require("Nonce", form.get("Nonce"))
    if (!/^\d{1,20}$/.test(nonce)) {
      return yield* fail("InvalidParameterValue", "The value of `Nonce` must be an integer.")
    }
    const signature = yield* require("Signature", form.get("Signature"))
    const method = form.get("SignatureMethod") ?? "HmacSHA1"
    if (method !== "HmacSHA1" && method !== "HmacSHA256") {
      return yield* fail("InvalidParameterValue", "The value of `SignatureMethod` must be HmacSHA1 or HmacSHA256.")
    }
    const credential = yield* ours(checkCredential(state, { secretId, token: form.get("Token") }, now))
    return isSignedByParameters(incoming, form, signature, credential.secretKey)
      ? { secretId, credential }
      : yield* wrongSignature(
        `The signature does not fit the request. It is made of ${incoming.method}${shown(incoming.host)}${path} and ` +
          `all parameters with ${method}.`
      )
  })

/** Undefined if the action wants no signature, and there is none. */
const checkSender = (
  state: State,
  incoming: Incoming,
  { common, proof }: { readonly common: Common; readonly proof: Proof },
  { name, skipSign }: Action,
  now: number
): Checked<Sender | undefined> =>
  Result.gen(function*() {
    if (proof._tag === "Skip") {
      return skipSign === true
        ? undefined
        : yield* fail("AuthFailure.InvalidAuthorization", `The action ${name} needs a signature.`)
    }
    const timestamp = yield* readTimestamp(common)
    const sender = yield* proof._tag === "Tc3"
      ? checkTc3(state, incoming, common, proof.authorization, timestamp, now)
      : checkForm(state, incoming, proof.form, now)
    yield* ours(checkTime(timestamp, now))
    return sender
  })

// ---------------------------------------------------------------------------------------------------------------------
// All of them
// ---------------------------------------------------------------------------------------------------------------------

const checkRegion = ({ region = "" }: Common, { name, needsRegion }: Action): Checked<string> => {
  if (needsRegion !== true || regions.has(region)) return Result.succeed(region)
  return region === ""
    ? missing("Region")
    : fail("UnsupportedRegion", `The action ${name} is not in the region ${shown(region)}.`)
}

export interface Accepted {
  readonly action: Action
  readonly region: string
  readonly account: string
  readonly secretId: string | undefined
  readonly parameters: Parameters
}

/** The request is counted as soon as it is known who sent it. */
export const check = (
  state: State,
  actions: ReadonlyArray<Action>,
  incoming: Incoming,
  request: Request,
  now: number
): Checked<Accepted> =>
  Result.gen(function*() {
    yield* ours(checkHttps(state, incoming))
    if (incoming.method !== "GET" && incoming.method !== "POST") {
      return yield* fail("UnsupportedProtocol", `The method ${shown(incoming.method)} is not supported.`)
    }
    if (incoming.path !== path) return yield* fail("InvalidAction", `There is nothing at ${shown(incoming.path)}.`)
    const { common } = request
    const proof = yield* request.proof
    const name = yield* require("Action", common.action)
    const version = yield* require("Version", common.version)
    const service = yield* readService(incoming.host, proof)
    const action = yield* findAction(actions, { service, version, name })
    const sender = yield* checkSender(state, incoming, { common, proof }, action, now)
    const secretId = sender?.secretId
    const region = yield* checkRegion(common, action)
    if (sender !== undefined) yield* ours(checkAccount(sender.credential))
    yield* ours(checkRate(state, secretId ?? "", `${action.service}.${name}`, now))
    const parameters = yield* request.parameters
    if (sender !== undefined) {
      yield* ours(checkPermission(sender.credential, name, action.resources?.(parameters) ?? []))
    }
    yield* ours(checkMaintenance(state, name))
    yield* checkNames(parameters, action.parameters)
    return { action, region, account: sender?.credential.account ?? defaultAccount, secretId, parameters }
  })
