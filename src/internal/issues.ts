/**
 * The issues of a schema as data: where, and what.
 */
import * as SchemaIssue from "effect/SchemaIssue"
import * as text from "./text.ts"

export interface Issue {
  readonly path: ReadonlyArray<string | number>
  readonly message: string
}

const format = /*#__PURE__*/ SchemaIssue.makeFormatterStandardSchemaV1()

const segment = (part: PropertyKey | { readonly key: PropertyKey }): string | number => {
  const key = typeof part === "object" ? part.key : part
  return typeof key === "number" ? key : text.label(String(key))
}

export const issuesOf = (issue: SchemaIssue.Issue): ReadonlyArray<Issue> =>
  format(issue).issues.map(({ message, path }) => ({
    message: text.message(message),
    path: (path ?? []).map(segment)
  }))

/** The first issue as text: ` at instances.0.id: Expected string`. */
export const summaryOf = (issues: ReadonlyArray<Issue>): string => {
  const first = issues[0]
  if (first === undefined) return ""
  return `${first.path.length === 0 ? "" : ` at ${first.path.join(".")}`}: ${first.message}`
}
