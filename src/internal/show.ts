/**
 * What an error of a call shows of itself, and which of its fields make two errors equal.
 */
import * as Equal from "effect/Equal"
import * as Hash from "effect/Hash"
import type * as ErrorKind from "../ErrorKind.ts"
import { isLine, printable } from "./text.ts"

/** An error of a call, as far as it is printed. */
export interface Printable {
  readonly _tag: string
  readonly message: string
  readonly kind: ErrorKind.ErrorKind
  readonly outcome: ErrorKind.Outcome
  readonly code?: number | string
  readonly requestId?: string
  readonly action?: string
}

/** `4400, cvm.RunInstances, request r-1`, as far as it is known. */
const origin = ({ action, code, requestId }: Printable): string => {
  let known = code === undefined ? "" : String(code)
  if (action !== undefined && action !== "") known += known === "" ? action : `, ${action}`
  if (requestId !== undefined && requestId !== "") known += `${known === "" ? "" : ", "}request ${requestId}`
  return known
}

const lines = (tag: string, message: string, known: string): string => {
  const headline = message === "" ? tag : `${tag}: ${message}`
  return known === "" ? headline : `${headline}\n[${known}]`
}

/** {@link show} for an error whose texts were made safe when they were read. */
export const showRead = (error: Printable): string =>
  isLine(error.message) ? lines(error._tag, error.message, origin(error)) : show(error)

/** The two lines that stand for a stack trace. */
export const show = (error: Printable): string => {
  const known = origin(error)
  return lines(error._tag, printable(error.message), printable(known))
}

/** The body stays out: it can be large, and it can hold a customer's data. */
export const toJSON = <A extends Printable>(
  error: A,
  fields: ReadonlyArray<keyof A & string>
): Record<string, unknown> => {
  const out: Record<string, unknown> = { _tag: error._tag, kind: error.kind }
  for (const field of fields) {
    if (error[field] !== undefined) out[field] = error[field]
  }
  return out
}

/** Whether two errors of one class agree in the given fields. */
export const isEqualIn = <A>(fields: ReadonlyArray<keyof A>, self: A, that: A): boolean =>
  fields.every((field) => Equal.equals(self[field], that[field]))

/** Equal errors have equal hashes: only fields that always count are in it. */
export const hash = ({ _tag, code, message, requestId }: Printable): number =>
  Hash.array([_tag, code, message, requestId])
