/**
 * What a failed transport means: the reason, and whether the request may have reached the server. Node, undici and fetch nest
 * the error that says so in `cause` or `errors`.
 */
import { hasProperty } from "effect/Predicate"
import { type Reason, TransportFailure } from "../TransportFailure.ts"
import { type CallContext, outcomeIn } from "./failure.ts"

/** The documented limit of a response of the API, 50 MB. */
export const maxBodyBytes = 50 * 1024 * 1024

// Error codes of Node (libuv, OpenSSL) and undici.
const byCode: ReadonlyMap<string, Reason> = /*#__PURE__*/ new Map<string, Reason>([
  ["EAI_AGAIN", "DnsTemporary"],
  ["ENOTFOUND", "DnsNotFound"],
  ["ECONNREFUSED", "ConnectionRefused"],
  ["EHOSTUNREACH", "Unreachable"],
  ["ENETUNREACH", "Unreachable"],
  ["EHOSTDOWN", "Unreachable"],
  ["ENETDOWN", "Unreachable"],
  ["EADDRNOTAVAIL", "Unreachable"],
  ["ETIMEDOUT", "ConnectTimeout"],
  ["UND_ERR_CONNECT_TIMEOUT", "ConnectTimeout"],
  ["ERR_TLS_HANDSHAKE_TIMEOUT", "TlsHandshake"],
  ["CERT_HAS_EXPIRED", "Certificate"],
  ["CERT_NOT_YET_VALID", "Certificate"],
  ["CERT_REVOKED", "Certificate"],
  ["CERT_UNTRUSTED", "Certificate"],
  ["CERT_REJECTED", "Certificate"],
  ["CERT_SIGNATURE_FAILURE", "Certificate"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "Certificate"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "Certificate"],
  ["UNABLE_TO_GET_ISSUER_CERT", "Certificate"],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "Certificate"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "Certificate"],
  ["INVALID_CA", "Certificate"],
  ["HOSTNAME_MISMATCH", "Certificate"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "Certificate"],
  ["ECONNRESET", "ConnectionLost"],
  ["ECONNABORTED", "ConnectionLost"],
  ["EPIPE", "ConnectionLost"],
  ["ERR_STREAM_PREMATURE_CLOSE", "ConnectionLost"],
  ["UND_ERR_SOCKET", "ConnectionLost"],
  ["UND_ERR_CLOSED", "ConnectionLost"],
  ["UND_ERR_DESTROYED", "ConnectionLost"],
  ["UND_ERR_HEADERS_TIMEOUT", "AttemptTimeout"],
  ["UND_ERR_BODY_TIMEOUT", "AttemptTimeout"]
])

/** No byte of the request was sent. */
const beforeSending: ReadonlySet<Reason> = /*#__PURE__*/ new Set<Reason>([
  "DnsTemporary",
  "DnsNotFound",
  "ConnectionRefused",
  "Unreachable",
  "ConnectTimeout",
  "TlsHandshake",
  "Certificate"
])

const messages: { readonly [R in Reason]: string } = {
  DnsTemporary: "The name could not be resolved for the moment.",
  DnsNotFound: "There is no such host. Check the service and the endpoint.",
  ConnectionRefused: "The connection was refused. Check the endpoint and its port.",
  Unreachable: "The host cannot be reached from here. Check the network.",
  ConnectTimeout: "No connection was made in time.",
  TlsHandshake: "The connection ended in the TLS handshake.",
  Certificate: "The certificate is not valid for this host. Check the endpoint; do not send keys there.",
  ConnectionLost: "The connection was lost before the response was complete. The request may have been executed.",
  AttemptTimeout: "No response came in time. The request may have been executed.",
  TruncatedBody: "The response ended early. The request was probably executed.",
  BodyTooLarge: `The response is larger than ${maxBodyBytes} bytes. Ask for less, for example with a smaller limit.`,
  Unknown: "The request failed for a reason that is not known. It may have been executed."
}

/** Added where an attempt sent nothing, but an earlier one may have been executed. */
export const earlierAttempt = "An earlier attempt of this call may have been executed."

/** The failure of a reason, in the call around it. `code` is that of the runtime. */
export const transportFailure = (
  reason: Reason,
  host: string,
  context: CallContext,
  code?: string
): TransportFailure => {
  const usual = beforeSending.has(reason) ? "notRun" : "unknown"
  const outcome = outcomeIn(usual, context)
  const message = `${messages[reason]} (${host}${code === undefined ? "" : `, ${code}`})`
  return new TransportFailure({
    reason,
    outcome,
    host,
    ...(code !== undefined && { code }),
    ...(context.action !== undefined && { action: context.action }),
    message: outcome === usual ? message : `${message} ${earlierAttempt}`
  })
}

/** A cycle of causes, or a very long chain, ends here. */
const maxCauses = 10

/** The error and its causes, nearest first. */
const causes = (error: unknown): ReadonlyArray<object> => {
  const found: Array<object> = []
  const visit = (u: unknown): void => {
    if (typeof u !== "object" || u === null || found.includes(u) || found.length === maxCauses) return
    found.push(u)
    if (hasProperty(u, "cause")) visit(u.cause)
    if (hasProperty(u, "errors") && Array.isArray(u.errors)) u.errors.forEach(visit)
  }
  visit(error)
  return found
}

const textOf = (error: object, key: "code" | "message" | "syscall"): string => {
  const value: unknown = hasProperty(error, key) ? error[key] : undefined
  return typeof value === "string" ? value : ""
}

const connecting: ReadonlySet<Reason | undefined> = /*#__PURE__*/ new Set<Reason>([
  "ConnectionRefused",
  "Unreachable",
  "ConnectTimeout"
])

// What only a handshake ends with, in the words of OpenSSL: the other side refuses, or what it sends is not TLS (`tlsany_meth` is
// in use until a version is agreed). Any other error of TLS can also come after the request was sent.
const handshakeOnly =
  /alert (?:handshake failure|protocol version|insufficient security|no application protocol)|unrecognized name|unsupported protocol|no protocols available|tlsany_meth/

const reasonOf = (error: object): Reason | undefined => {
  const code = textOf(error, "code")
  const message = textOf(error, "message")
  // Node reports a connection that closed during the handshake as a reset, and only the message tells the two apart.
  if (code === "ECONNRESET" && message.includes("before secure TLS connection")) return "TlsHandshake"
  if (code === "EPROTO" || code.startsWith("ERR_SSL_")) {
    return handshakeOnly.test(message) ? "TlsHandshake" : "ConnectionLost"
  }
  const reason = byCode.get(code)
  const syscall = textOf(error, "syscall")
  // A connection that was made ends with the same codes, when packets no longer arrive.
  const wasMade = syscall !== "" && syscall !== "connect" && syscall !== "bind"
  return wasMade && connecting.has(reason) ? "ConnectionLost" : reason
}

/** The reason, and the code of the error that told it. The error itself is dropped: it can hold the signed address. */
export const classify = (error: unknown): { readonly reason: Reason; readonly code: string | undefined } => {
  const chain = causes(error)
  for (const cause of chain) {
    const reason = reasonOf(cause)
    if (reason !== undefined) return { reason, code: textOf(cause, "code") }
  }
  const code = chain.map((cause) => textOf(cause, "code")).find((code) => code !== "")
  return { reason: "Unknown", code }
}
