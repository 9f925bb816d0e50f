/**
 * Writes the bodies of responses: the members of a success or an error, beside the id of the request.
 */
import { eventTexts } from "../../events.ts"
import type { EventStream } from "../injectedResponses.ts"
import type { Head, Written } from "../protocol.ts"
import type { Failure } from "./refusal.ts"

export type Members = { readonly [key: string]: unknown }

export const emptySuccess = ({ requestId }: Head): string => JSON.stringify({ Response: { RequestId: requestId } })

/** Long enough for the ids that SDKs make. */
const maxTraceIdLength = 128

/** The trace id of a request comes back with its response. */
const traced = ({ headers }: Head): { readonly [name: string]: string } => {
  const traceId = headers["x-tc-traceid"]
  return traceId === undefined ? {} : { "x-tc-traceid": traceId.slice(0, maxTraceIdLength) }
}

export const writeSuccess = (members: Members, head: Head): Written => ({
  body: JSON.stringify({ Response: { ...members, RequestId: head.requestId } }),
  headers: traced(head),
  code: 0,
  message: undefined
})

export const writeFailure = ({ body, code, message }: Failure, head: Head): Written => ({
  body: JSON.stringify({ Response: { Error: { ...body, Code: code, Message: message }, RequestId: head.requestId } }),
  headers: traced(head),
  code,
  message
})

/** The id of the request of a stream is in the head of the response. */
export const writeStream = (stream: EventStream, head: Head): Written => ({
  body: eventTexts(stream.events).join(""),
  headers: { ...traced(head), "x-tc-requestid": head.requestId },
  stream,
  code: 0,
  message: undefined
})
