import * as DateTime from "effect/DateTime"
import * as Headers from "effect/http/Headers"
import * as Result from "effect/Result"

/** The time of the server by its `Date` header, in milliseconds since the epoch. */
export const dateOf = (headers: Headers.Headers): number | undefined => {
  const date = Headers.parseHttpDate(headers["date"] ?? "")
  return Result.isSuccess(date) ? DateTime.toEpochMillis(date.success) : undefined
}
