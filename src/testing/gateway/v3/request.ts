/**
 * Reads a request: the common parameters from its headers or from its form, and the parameters of the action.
 */
import * as Result from "effect/Result"
import { flatten } from "../../flatten.ts"
import type { Incoming } from "../protocol.ts"
import { type Form, nested, readForm } from "./form.ts"
import { isMembers, type Parameters } from "./parameters.ts"
import { type Checked, fail } from "./refusal.ts"
import { type Authorization, readAuthorization } from "./signature.ts"

/** What every request has, whatever its action. */
export interface Common {
  readonly action: string | undefined
  readonly version: string | undefined
  readonly region: string | undefined
  readonly timestamp: string | undefined
  readonly token: string | undefined
}

/** How a request says who sends it. */
export type Proof =
  | { readonly _tag: "Tc3"; readonly authorization: Authorization }
  | { readonly _tag: "Skip" }
  | { readonly _tag: "Parameters"; readonly form: Form }

export interface Request {
  readonly common: Common
  readonly proof: Checked<Proof>
  readonly parameters: Checked<Parameters>
}

// ---------------------------------------------------------------------------------------------------------------------
// Common parameters in headers
// ---------------------------------------------------------------------------------------------------------------------

const proofOf = (authorization: string | undefined): Checked<Proof> => {
  if (authorization === undefined) return fail("MissingParameter", "The request has no header `Authorization`.")
  if (authorization === "SKIP") return Result.succeed({ _tag: "Skip" })
  const read = readAuthorization(authorization)
  return read === undefined
    ? fail(
      "AuthFailure.InvalidAuthorization",
      "The header `Authorization` must be " +
        "TC3-HMAC-SHA256 Credential=<id>/<date>/<service>/tc3_request, SignedHeaders=<names>, Signature=<hexadecimal>."
    )
    : Result.succeed({ _tag: "Tc3", authorization: read })
}

const parseJson = (text: string): unknown => {
  try {
    return text === "" ? {} : JSON.parse(text)
  } catch {
    return undefined
  }
}

const readJson = (text: string): Checked<Parameters> => {
  const members = parseJson(text)
  return isMembers(members)
    ? Result.succeed({ members, isForm: false, text })
    : fail("InvalidParameter", "The body is no object of JSON.")
}

const formParameters = (form: Form): Checked<Parameters> =>
  Result.map(nested(form), (members) => ({
    members,
    isForm: true,
    text: JSON.stringify([...form].sort(([a], [b]) => (a < b ? -1 : 1)))
  }))

const typeOf = (contentType = ""): string => contentType.split(";", 1)[0]?.trim().toLowerCase() ?? ""

const readBody = ({ headers, text }: Incoming): Checked<Parameters> => {
  const type = typeOf(headers["content-type"])
  switch (type) {
    case "application/json":
      return readJson(text)
    case "multipart/form-data":
      return fail("InvalidRequest", "This gateway reads no uploads.")
    case "application/octet-stream":
      return fail("UnsupportedOperation", "This gateway reads no uploads.")
    default:
      return fail("InvalidParameter", "The content type must be application/json.")
  }
}

const readHeaders = (incoming: Incoming): Request => {
  const { headers, method, text } = incoming
  return {
    common: {
      action: headers["x-tc-action"],
      version: headers["x-tc-version"],
      region: headers["x-tc-region"],
      timestamp: headers["x-tc-timestamp"],
      token: headers["x-tc-token"]
    },
    proof: proofOf(headers["authorization"]),
    parameters: method === "POST" ? readBody(incoming) : Result.flatMap(readForm(text), formParameters)
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Common parameters in the form
// ---------------------------------------------------------------------------------------------------------------------

const commonNames: ReadonlySet<string> = /*#__PURE__*/ new Set([
  "Action",
  "Version",
  "Region",
  "Timestamp",
  "Nonce",
  "SecretId",
  "Signature",
  "SignatureMethod",
  "Token",
  "Language",
  "RequestClient"
])

/** The documented limit of a form. */
const maxFormSize = 1024 * 1024

const checkedForm = ({ body, headers, method, text }: Incoming): Checked<Form> => {
  if (method === "POST" && typeOf(headers["content-type"] ?? "") !== "application/x-www-form-urlencoded") {
    return fail("MissingParameter", "The request has no header `X-TC-Action`, and is no form.")
  }
  return body.length > maxFormSize
    ? fail("RequestSizeLimitExceeded", "A form has at most 1 MB.")
    : readForm(text)
}

const readFormRequest = (incoming: Incoming): Request => {
  const read = checkedForm(incoming)
  const form: Form = Result.getOrElse(read, () => new Map<string, string>())
  return {
    common: {
      action: form.get("Action"),
      version: form.get("Version"),
      region: form.get("Region"),
      timestamp: form.get("Timestamp"),
      token: form.get("Token")
    },
    proof: Result.map(read, (form) => ({ _tag: "Parameters", form })),
    parameters: formParameters(new Map([...form].filter(([name]) => !commonNames.has(name))))
  }
}

/** By its headers, unless it has neither the name of an action nor an authorization there. */
export const readRequest = (incoming: Incoming): Request =>
  incoming.headers["x-tc-action"] === undefined && incoming.headers["authorization"] === undefined
    ? readFormRequest(incoming)
    : readHeaders(incoming)

// ---------------------------------------------------------------------------------------------------------------------
// For the request log
// ---------------------------------------------------------------------------------------------------------------------

/** More would not fit. */
const maxRecorded = 1000

const secretIdOf = (proof: Checked<Proof>): string | undefined => {
  if (Result.isFailure(proof) || proof.success._tag === "Skip") return undefined
  return proof.success._tag === "Tc3" ? proof.success.authorization.secretId : proof.success.form.get("SecretId")
}

/** The common parameters, and the members of the request by the names that they would have in a form. */
export const recorded = ({ common, parameters, proof }: Request): ReadonlyMap<string, string> => {
  const { action: Action, region: Region, timestamp: Timestamp, version: Version } = common
  const first = flatten({ Action, Version, Region, Timestamp, SecretId: secretIdOf(proof) })
  const members = Result.isSuccess(parameters) ? flatten(parameters.success.members, maxRecorded) : []
  // No member of a request takes the place of a common parameter.
  return new Map([...first, ...members, ...first])
}
