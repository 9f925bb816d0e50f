/**
 * Builds the errors that a server reported. They have no origin in this program worth a stack trace (the span of the call
 * says where it was made), and the trace would be most of their price.
 */
import * as TencentError from "../TencentError.ts"

// Not in the types of every runtime.
const traces: { stackTraceLimit?: number } = Error

/** `false` where `Error` is frozen. */
const setLimit = (limit: number | undefined): boolean => {
  try {
    if (limit === undefined) delete traces.stackTraceLimit
    else traces.stackTraceLimit = limit
    return true
  } catch {
    return false
  }
}

/** Runs `make` with stack traces off. */
export const withoutStackTrace = <A>(make: () => A): A => {
  const limit = traces.stackTraceLimit
  if (!setLimit(0)) return make()
  try {
    return make()
  } finally {
    setLimit(limit)
  }
}

interface TagAndPrototype {
  readonly tag: TencentError.Tag
  // `Reflect.construct` takes a class only for its prototype
  readonly class: abstract new(...args: never) => TencentError.TencentError
}

type Mutable<A> = { -readonly [K in keyof A]: A[K] }

const bare = (message: string, self: TagAndPrototype["class"]): object =>
  withoutStackTrace(() => Reflect.construct(Error, [message], self))

/**
 * An instance made as the class constructor would make it, without validating fields that this package has just read, one
 * by one, from the response. Validation is half the price of the constructor.
 */
const construct = (
  { class: self, tag }: TagAndPrototype,
  fault: Omit<TencentError.Fault, "code"> & { readonly code?: number | string }
): TencentError.TencentError => {
  const error: Mutable<Partial<TencentError.Fault>> & { _tag?: TencentError.Tag } = bare(fault.message, self)
  error._tag = tag
  if (fault.code !== undefined) error.code = fault.code
  if (fault.codeDesc !== undefined) error.codeDesc = fault.codeDesc
  if (fault.moduleCode !== undefined) error.moduleCode = fault.moduleCode
  if (fault.requestId !== undefined) error.requestId = fault.requestId
  if (fault.body !== undefined) error.body = fault.body
  return error as TencentError.TencentError
}

const byCode: ReadonlyMap<number | string, TagAndPrototype> = /*#__PURE__*/ new Map<number | string, TagAndPrototype>([
  [4000, { tag: "InvalidParameter", class: TencentError.InvalidParameter }],
  [4100, { tag: "AuthenticationFailed", class: TencentError.AuthenticationFailed }],
  [4101, { tag: "UnauthorizedApi", class: TencentError.UnauthorizedApi }],
  [4102, { tag: "UnauthorizedResource", class: TencentError.UnauthorizedResource }],
  [4103, { tag: "UnauthorizedApiResource", class: TencentError.UnauthorizedApiResource }],
  [4104, { tag: "SecretIdNotFound", class: TencentError.SecretIdNotFound }],
  [4105, { tag: "InvalidToken", class: TencentError.InvalidToken }],
  [4106, { tag: "MfaFailed", class: TencentError.MfaFailed }],
  [4110, { tag: "CamAuthenticationFailed", class: TencentError.CamAuthenticationFailed }],
  [4300, { tag: "AccessDenied", class: TencentError.AccessDenied }],
  [4400, { tag: "QuotaExceeded", class: TencentError.QuotaExceeded }],
  [4500, { tag: "ReplayAttack", class: TencentError.ReplayAttack }],
  [4600, { tag: "UnsupportedProtocol", class: TencentError.UnsupportedProtocol }],
  [5000, { tag: "ResourceNotFound", class: TencentError.ResourceNotFound }],
  [5100, { tag: "ResourceOperationFailed", class: TencentError.ResourceOperationFailed }],
  [5200, { tag: "ResourcePurchaseFailed", class: TencentError.ResourcePurchaseFailed }],
  [5300, { tag: "InsufficientBalance", class: TencentError.InsufficientBalance }],
  [5400, { tag: "PartialSuccess", class: TencentError.PartialSuccess }],
  [5500, { tag: "IdentityNotVerified", class: TencentError.IdentityNotVerified }],
  [6000, { tag: "InternalError", class: TencentError.InternalError }],
  [6100, { tag: "UnsupportedVersion", class: TencentError.UnsupportedVersion }],
  [6200, { tag: "ApiUnavailable", class: TencentError.ApiUnavailable }]
])

const unknownErrorCode: TagAndPrototype = { tag: "UnknownErrorCode", class: TencentError.UnknownErrorCode }

/** The class of the code, or `UnknownErrorCode`. */
export const fromFault = (fault: TencentError.Fault): TencentError.ApiError | TencentError.UnknownErrorCode =>
  construct(byCode.get(fault.code) ?? unknownErrorCode, fault) as TencentError.ApiError | TencentError.UnknownErrorCode

/** The deepest body that an error keeps. A deeper one would overflow the stack of whoever encodes or compares it. */
export const maxDepth = 512

const exceeds = (value: object, depth: number, seen: Set<object>): boolean => {
  if (depth > maxDepth) return true
  for (const key in value) {
    const member: unknown = value[key as keyof typeof value]
    if (typeof member === "object" && member !== null && !seen.has(member)) {
      seen.add(member)
      if (exceeds(member, depth + 1, seen)) return true
    }
  }
  return false
}

/** Throws where the value does, as a Proxy can. */
export const isTooDeep = (value: unknown): boolean =>
  typeof value === "object" && value !== null && exceeds(value, 1, new Set())

const canKeep = (body: unknown): boolean => {
  try {
    return !isTooDeep(body)
  } catch {
    return false
  }
}

const malformedResponse: TagAndPrototype = { tag: "MalformedResponse", class: TencentError.MalformedResponse }

/** A `MalformedResponse` with the issues of a schema, if one was reached. */
export const malformed = (
  message: string,
  fields: {
    readonly code?: number | string
    readonly requestId?: string
    readonly body?: unknown
    readonly issues?: TencentError.MalformedResponse["issues"]
  }
): TencentError.MalformedResponse => {
  const { body, ...rest } = fields
  const error = construct(malformedResponse, { ...rest, ...(canKeep(body) && { body }), message }) as Mutable<
    TencentError.MalformedResponse
  >
  error.issues = fields.issues ?? []
  return error
}
