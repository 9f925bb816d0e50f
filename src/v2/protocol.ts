/**
 * API 2.0 as the client sees it: addresses, parameters, signatures and envelopes.
 */
import * as Effect from "effect/Effect"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import { hasProperty } from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import * as SchemaParser from "effect/SchemaParser"
import { type Address, addressOf, type Protocol, secretsOf, type Sign, type Target } from "../client/Protocol.ts"
import { ofCall, outcomeIn } from "../internal/failure.ts"
import { inHost, isHostLabel } from "../internal/hostLabel.ts"
import { dateOf } from "../internal/httpDate.ts"
import { type Issue, issuesOf } from "../internal/issues.ts"
import { unreadable, unreadableSuccess } from "../internal/malformed.ts"
import { decoder, textDecoder } from "../internal/success.ts"
import { type AnyErrors, find, type Instances, type Options, replayCode } from "./internal/envelope.ts"
import { labelOf } from "./internal/host.ts"
import * as parameters from "./internal/parameters.ts"
import { makeSigner } from "./internal/signing.ts"
import * as TencentEndpoint from "./TencentEndpoint.ts"
import * as TencentError from "./TencentError.ts"

/** What the protocol must know of an action. */
interface ActionOptions<Request, Response, Errors extends AnyErrors> extends Options<Errors> {
  readonly module: string
  readonly version?: string | undefined
  readonly request: Request
  readonly response: Response
}

const addressIn = (module: string, target: Target): Result.Result<Address, Issue> => {
  const { region } = target
  const check = (): Issue | undefined => {
    if (!isHostLabel(module)) return { path: ["module"], message: inHost }
    // Also where it is no part of the host: a region is a word everywhere.
    if (region !== undefined && !isHostLabel(`${module}-${region}`)) return { path: ["Region"], message: inHost }
    const label = labelOf(module, region)
    return Result.isFailure(label) ? { path: ["Region"], message: label.failure } : undefined
  }
  const hostIn = (network?: "private") => TencentEndpoint.forModule(module, region, network)
  return addressOf(module, target, TencentEndpoint.path, check, hostIn)
}

/** Signs parameters with those that every request has. */
const signer = (
  name: string,
  version: string | undefined,
  sign: ReturnType<typeof makeSigner>,
  encoded: ReadonlyArray<parameters.Parameter>
): Sign =>
({ address, credentials, method, nonce, region, signatureMethod, timestamp }) => {
  const { secretId, secretKey, token } = credentials
  const common: Array<parameters.Parameter> = []
  // Some modules refuse a blank one that they do not need.
  const add = (name: string, value: string): void => {
    if (value.trim() !== "") common.push({ name, value })
  }
  // In the order of the signature.
  add("Action", name)
  add("Nonce", String(nonce))
  add("Region", region ?? "")
  add("SecretId", secretId)
  add("SignatureMethod", signatureMethod)
  add("Timestamp", String(timestamp))
  add("Token", token === undefined ? "" : Redacted.value(token))
  add("Version", version ?? "")
  const all = parameters.merge(common, encoded)
  const { origin, path, signedHost, signedPath } = address
  const { form, signature } = sign(`${method}${signedHost}${signedPath}`, all, { secretKey, signatureMethod })
  const request = method === "GET"
    ? HttpClientRequest.get(`${origin}${path}?${form}`)
    : HttpClientRequest.make("POST")(`${origin}${path}`, {
      body: HttpBody.text(form, "application/x-www-form-urlencoded")
    })
  return { request, secrets: secretsOf(credentials, signature) }
}

/** The protocol of one action. */
export const make = <
  Request extends Schema.Constraint,
  Response extends Schema.Constraint,
  Errors extends AnyErrors
>(name: string, options: ActionOptions<Request, Response, Errors>): Protocol<
  Request["Type"],
  Response["Type"],
  TencentError.TencentError | Instances<Errors>[keyof Errors],
  Request["EncodingServices"] | Response["DecodingServices"]
> => {
  const encode = SchemaParser.encodeUnknownEffect(options.request)
  const sign = makeSigner()
  return {
    service: options.module,
    version: options.version,
    address: (target) => addressIn(options.module, target),
    encode: (request) =>
      encode(request).pipe(
        Effect.mapErrorEager(issuesOf),
        Effect.flatMapEager((encoded) => {
          const flat = parameters.flatten(encoded)
          return Result.isSuccess(flat)
            ? Effect.succeed({ sign: signer(name, options.version, sign, flat.success) })
            : Effect.fail<ReadonlyArray<Issue>>([flat.failure])
        })
      ),
    read: textDecoder(decoder(options.response, find(options))),
    serverTime: dateOf,
    isAboutTime: (error) => hasProperty(error, "code") && error.code === replayCode,
    lateSlot: (message, context) =>
      new TencentError.QuotaExceeded({
        message,
        outcome: outcomeIn("notRun", context),
        ...ofCall(context)
      }),
    unreadable: (message, context) => unreadable(message, context, {}),
    unreadableSuccess: (message, context) => unreadableSuccess(message, context, {})
  }
}
