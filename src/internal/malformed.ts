/**
 * Builds a `MalformedResponse`, and bounds the depth of the bodies that errors keep.
 */
import { isObjectOrArray } from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import { MalformedResponse } from "../Failure.ts"
import { type CallContext, construct, ofCall } from "./failure.ts"
import { message as bounded } from "./text.ts"

/** The deepest body that an error keeps. A deeper one would overflow the stack of whoever encodes or compares it. */
export const maxDepth = 512

const exceeds = (value: object, depth: number, seen: Set<object>): boolean => {
  if (depth > maxDepth) return true
  for (const key in value) {
    const member: unknown = value[key as keyof typeof value]
    if (isObjectOrArray(member) && !seen.has(member)) {
      seen.add(member)
      if (exceeds(member, depth + 1, seen)) return true
    }
  }
  return false
}

/** Whether a value has objects within that many levels only, as nearly every failure has. */
const isShallow = (value: object, levels: number): boolean => {
  for (const key in value) {
    const member: unknown = value[key as keyof typeof value]
    if (isObjectOrArray(member) && (levels === 0 || !isShallow(member, levels - 1))) return false
  }
  return true
}

/** Throws where the value does, as a Proxy can. */
export const isTooDeep = (value: unknown): boolean =>
  isObjectOrArray(value) && !isShallow(value, 3) && exceeds(value, 1, new Set())

const canKeep = (body: unknown): boolean => {
  try {
    return body !== undefined && !isTooDeep(body)
  } catch {
    return false
  }
}

interface Fields {
  readonly code?: number | string
  readonly requestId?: string | undefined
  readonly body?: unknown
  readonly issues?: MalformedResponse["issues"]
}

/** The action ran where the response says that it succeeded. */
const build = (
  message: string,
  outcome: MalformedResponse["outcome"],
  context: CallContext,
  { body, code, issues = [], requestId }: Fields
): MalformedResponse =>
  construct(MalformedResponse, MalformedResponse.tag, {
    // It can repeat keys of the response, or the message of a defect.
    message: bounded(message),
    outcome,
    code,
    requestId: requestId ?? context.requestId,
    ...ofCall(context),
    body: canKeep(body) ? Redacted.make(body) : undefined,
    issues
  })

/** A response that is not one of the API. */
export const unreadable = (message: string, context: CallContext, fields: Fields): MalformedResponse =>
  build(message, "unknown", context, fields)

/** A success that cannot be read. */
export const unreadableSuccess = (message: string, context: CallContext, fields: Fields): MalformedResponse =>
  build(message, "ran", context, fields)
