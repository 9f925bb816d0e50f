/**
 * What codes mean to an action: those it declares, and the common ones.
 */
import type * as ErrorKind from "../../ErrorKind.ts"
import * as ErrorCode from "../ErrorCode.ts"

/**
 * The kinds that a code can have.
 *
 * @category models
 */
export type CodeKind = Exclude<ErrorKind.ErrorKind, "transport" | "malformed">

/**
 * Codes by what they mean, for one action or one service: lists of codes in a value, unions of codes in a type.
 *
 * @category models
 */
export type CodesByKind<Codes> = {
  readonly [K in keyof Codes]: K extends CodeKind ? string | ReadonlyArray<string>
    : `${K & string} is not a kind of a code`
}

export interface Meaning {
  readonly kind: ErrorKind.ErrorKind
  /** Of a call whose earlier attempts ran nothing. */
  readonly outcome: ErrorKind.Outcome
}

export const meaning = (code: string, kind: ErrorKind.ErrorKind): Meaning => ({
  kind,
  outcome: ErrorCode.outcomeOf(code, kind)
})

const common: ReadonlyMap<string, Meaning> =
  /*#__PURE__*/ (() => new Map(ErrorCode.catalogue.map(({ code, kind }) => [code, meaning(code, kind)])))()

/** What a code means that nobody declared. */
export const undeclared = (code: string): Meaning => common.get(code) ?? meaning(code, ErrorCode.kindOf(code))

/** What a code means that is common or declared. */
export type Meanings = (code: string) => Meaning | undefined

/** A declared code has its declared kind, also where it is a common one. */
export const meaningsOf = (
  codes: { readonly [kind: string]: string | ReadonlyArray<string> } | undefined
): Meanings => {
  const declared = new Map<string, Meaning>()
  for (const [kind, list] of Object.entries(codes ?? {})) {
    for (const code of typeof list === "string" ? [list] : list) {
      declared.set(code, meaning(code, kind as CodeKind))
    }
  }
  return declared.size === 0 ? (code) => common.get(code) : (code) => declared.get(code) ?? common.get(code)
}
