/**
 * A failure as an editor shows it: the fields of its class, with the values of this instance.
 */
import type { Failure } from "effect-tencentcloud/Failure"

const fields = [
  "_tag",
  "code",
  "kind",
  "category",
  "retryClass",
  "outcome",
  "message",
  "codeDesc",
  "moduleCode",
  "requestId",
  "issues"
]

/** The text of a hover over the failure. The body is left out, as it is wherever an error is printed. */
export const hover = (failure: Failure): string => {
  const values: object = failure
  const lines = fields.flatMap((field) => {
    const value: unknown = Reflect.get(values, field)
    return value === undefined ? [] : [`  readonly ${field}: ${JSON.stringify(value)}`]
  })
  const body = failure.body === undefined ? [] : [`  readonly body: ${String(failure.body)}`]
  return [`const error: ${failure._tag} {`, ...lines, ...body, "}"].join("\n")
}
