/**
 * What a failed transport means: the reason, and whether the request may have reached the server. Node, undici and fetch nest
 * the error that says so in `cause` or `errors`.
 */
import { hasProperty } from "effect/Predicate"
import { type Reason, TransportFailure } from "../TransportFailure.ts"
import { type CallContext, ofCall, outcomeIn } from "./failure.ts"

/** The documented limit of a response of the API, 50 MB. */
export const maxBodyBytes = 50 * 1024 * 1024

/** Characters of one event of a stream. Nothing is documented; the events of language models have some hundred. */
export const maxEventLength = 10 * 1024 * 1024

/** No byte of the request was sent. */
const beforeSending: ReadonlySet<Reason> = /*#__PURE__*/ new Set<Reason>([
  "DnsTemporary",
  "DnsNotFound",
  "ConnectionRefused",
  "Unreachable",
  "ConnectTimeout",
  "NotConnected",
  "ProxyRefused",
  "ProxyUnavailable",
  "TlsHandshake",
  "Certificate",
  "InvalidAddress"
])

const messages: { readonly [R in Reason]: string } = {
  DnsTemporary: "The name could not be resolved for the moment.",
  DnsNotFound: "There is no such host. Check the service and the endpoint.",
  ConnectionRefused: "The connection was refused. Check the endpoint and its port.",
  Unreachable: "The host cannot be reached from here. Check the network.",
  ConnectTimeout: "No connection was made in time.",
  NotConnected: "No connection could be made from here.",
  ProxyRefused: "The proxy refuses to pass the request on. Check its address, its user and its password.",
  ProxyUnavailable: "The proxy could not connect to the host.",
  TlsHandshake: "The connection ended in the TLS handshake.",
  Certificate: "The certificate is not valid for this host. Check the endpoint; do not send keys there.",
  InvalidAddress: "The HTTP client does not take this address. Check the endpoint and its port.",
  ConnectionLost: "The connection was lost before the response was complete. The request may have been executed.",
  AttemptTimeout: "No response came in time. The request may have been executed.",
  TruncatedBody: "The response ended early, or is damaged. The request was probably executed.",
  BodyTooLarge: `The response is larger than ${maxBodyBytes} bytes. Ask for less, for example with a smaller limit.`,
  IdleTimeout: "The stream was silent for too long. What came before was received; the action was probably executed.",
  EventTooLarge: `An event of the stream is longer than ${maxEventLength} characters. What came before was received.`,
  NotHttp: "The response is not HTTP. Check the endpoint and its port. The request may have been executed.",
  Unknown: "The request failed for a reason that is not known. It may have been executed."
}

/** Added where an attempt sent nothing, but an earlier one may have been executed. */
export const earlierAttempt = "An earlier attempt of this call may have been executed."

/** The failure of a reason, in the call around it. `code` is that of the runtime. A host that is not known is `""`. */
export const transportFailure = (
  reason: Reason,
  host: string,
  context: CallContext,
  code?: string
): TransportFailure => {
  const usual = beforeSending.has(reason) ? "notRun" : "unknown"
  const outcome = outcomeIn(usual, context)
  const place = [host, code].filter((part) => part !== undefined && part !== "").join(", ")
  const message = place === "" ? messages[reason] : `${messages[reason]} (${place})`
  return new TransportFailure({
    reason,
    outcome,
    host,
    ...(code !== undefined && { code }),
    ...ofCall(context),
    message: outcome === usual ? message : `${message} ${earlierAttempt}`
  })
}

// ---------------------------------------------------------------------------------------------------------------------
// Codes
// ---------------------------------------------------------------------------------------------------------------------

// The codes of Node (libuv, OpenSSL), undici and Bun that say the same in every phase. X509 codes are those of Node, all of them.
const byCode: ReadonlyMap<string, Reason> = /*#__PURE__*/ new Map<string, Reason>([
  ["UND_ERR_CONNECT_TIMEOUT", "ConnectTimeout"],
  ["ERR_SOCKET_CONNECTION_TIMEOUT", "ConnectTimeout"],
  ["FailedToOpenSocket", "NotConnected"],
  ["ERR_TLS_HANDSHAKE_TIMEOUT", "TlsHandshake"],
  ["OUT_OF_MEM", "TlsHandshake"],
  ["UNABLE_TO_GET_ISSUER_CERT", "Certificate"],
  ["UNABLE_TO_GET_CRL", "Certificate"],
  ["UNABLE_TO_DECRYPT_CERT_SIGNATURE", "Certificate"],
  ["UNABLE_TO_DECRYPT_CRL_SIGNATURE", "Certificate"],
  ["UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY", "Certificate"],
  ["CERT_SIGNATURE_FAILURE", "Certificate"],
  ["CRL_SIGNATURE_FAILURE", "Certificate"],
  ["CERT_NOT_YET_VALID", "Certificate"],
  ["CERT_HAS_EXPIRED", "Certificate"],
  ["CRL_NOT_YET_VALID", "Certificate"],
  ["CRL_HAS_EXPIRED", "Certificate"],
  ["ERROR_IN_CERT_NOT_BEFORE_FIELD", "Certificate"],
  ["ERROR_IN_CERT_NOT_AFTER_FIELD", "Certificate"],
  ["ERROR_IN_CRL_LAST_UPDATE_FIELD", "Certificate"],
  ["ERROR_IN_CRL_NEXT_UPDATE_FIELD", "Certificate"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "Certificate"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "Certificate"],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "Certificate"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "Certificate"],
  ["CERT_CHAIN_TOO_LONG", "Certificate"],
  ["CERT_REVOKED", "Certificate"],
  ["INVALID_CA", "Certificate"],
  ["PATH_LENGTH_EXCEEDED", "Certificate"],
  ["INVALID_PURPOSE", "Certificate"],
  ["CERT_UNTRUSTED", "Certificate"],
  ["CERT_REJECTED", "Certificate"],
  ["HOSTNAME_MISMATCH", "Certificate"],
  ["UNSPECIFIED", "Certificate"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "Certificate"],
  ["ERR_TLS_CERT_ALTNAME_FORMAT", "Certificate"],
  ["ERR_INVALID_URL", "InvalidAddress"],
  ["ERR_INVALID_PROTOCOL", "InvalidAddress"],
  ["ECONNRESET", "ConnectionLost"],
  ["ECONNABORTED", "ConnectionLost"],
  ["EPIPE", "ConnectionLost"],
  ["ERR_STREAM_PREMATURE_CLOSE", "ConnectionLost"],
  ["UND_ERR_SOCKET", "ConnectionLost"],
  ["UND_ERR_CLOSED", "ConnectionLost"],
  ["UND_ERR_DESTROYED", "ConnectionLost"],
  // Of a connection, or of a whole request: only the phase tells.
  ["ETIMEDOUT", "AttemptTimeout"],
  ["UND_ERR_HEADERS_TIMEOUT", "AttemptTimeout"],
  ["UND_ERR_BODY_TIMEOUT", "AttemptTimeout"],
  ["Malformed_HTTP_Response", "NotHttp"],
  ["ZlibError", "TruncatedBody"]
])

// The codes of a `connect`. A connection that was made ends with the same ones, when packets no longer arrive.
const byConnectCode: ReadonlyMap<string, Reason> = /*#__PURE__*/ new Map<string, Reason>([
  ["ECONNREFUSED", "ConnectionRefused"],
  ["EHOSTUNREACH", "Unreachable"],
  ["ENETUNREACH", "Unreachable"],
  ["EHOSTDOWN", "Unreachable"],
  ["ENETDOWN", "Unreachable"],
  ["EADDRNOTAVAIL", "Unreachable"]
])

// The responses of a name server that a repetition does not change. Any other failure of a look-up is one for the moment.
const noSuchHost: ReadonlySet<string> = /*#__PURE__*/ new Set([
  "ENOTFOUND",
  "ENODATA",
  "ENONAME",
  "EBADNAME",
  "EAI_NODATA",
  "EAI_NONAME",
  "EAI_ADDRFAMILY"
])

// A failure in words only: the messages of fetch in Deno, workerd and Node. An address in them has no blanks.
const byWords: ReadonlyArray<readonly [words: RegExp, reason: Reason]> = [
  [/client error \(Connect\): dns error: .*temporary/i, "DnsTemporary"],
  [/client error \(Connect\): dns error/, "DnsNotFound"],
  [/client error \(Connect\): .*refused/, "ConnectionRefused"],
  [/client error \(Connect\): .*(?:unreachable|no route)/i, "Unreachable"],
  [/client error \(Connect\): .*timed out/, "ConnectTimeout"],
  [/client error \(Connect\): proxy authentication required/, "ProxyRefused"],
  [/client error \(Connect\): .*tunnel/, "ProxyUnavailable"],
  [/client error \(Connect\): invalid peer certificate/, "Certificate"],
  [/client error \(Connect\): (?:received|tls handshake)/, "TlsHandshake"],
  [/client error \(Connect\)/, "NotConnected"],
  [/client error \(SendRequest\): invalid HTTP/, "NotHttp"],
  [/client error \(SendRequest\)|^Connection reset|^Network connection lost/, "ConnectionLost"],
  [/^error reading a body|^unexpected end of file/, "TruncatedBody"],
  [/^bad port$|^Fetch failed: Requests to port|^Invalid URL/, "InvalidAddress"],
  [/^proxy authentication required$/, "ProxyRefused"]
]

const byName: ReadonlyMap<string, Reason> = /*#__PURE__*/ new Map<string, Reason>([
  ["HTTPParserError", "NotHttp"],
  ["TimeoutError", "AttemptTimeout"]
])

// What only a handshake ends with, in the words of OpenSSL and of Bun: the other side refuses, or what it sends is not TLS
// (`tlsany_meth` is in use until a version is agreed). Any other error of TLS can also come after the request was sent.
const handshakeOnly =
  /alert (?:handshake failure|protocol version|insufficient security|no application protocol)|unrecognized name|unsupported protocol|no protocols available|tlsany_meth|The TLS handshake failed/

// ---------------------------------------------------------------------------------------------------------------------
// From an error to its reason
// ---------------------------------------------------------------------------------------------------------------------

/** What one error says. `code` is that of the runtime, or the name of an error without one. */
interface Finding {
  readonly reason: Reason
  readonly code: string | undefined
}

const textOf = (error: object, key: "code" | "message" | "name" | "syscall"): string => {
  const value: unknown = hasProperty(error, key) ? error[key] : undefined
  return typeof value === "string" ? value : ""
}

/** Names that say nothing. */
const anyError: ReadonlySet<string> = /*#__PURE__*/ new Set(["", "Error", "TypeError", "AggregateError"])

/** A code or a name, and never an address with a signature in it. */
const isLabel = (text: string): boolean => /^[\w./-]{1,64}$/.test(text)

const labelOf = (error: object): string | undefined => {
  const [code, name] = [textOf(error, "code"), textOf(error, "name")]
  return isLabel(code) ? code : !anyError.has(name) && isLabel(name) ? name : undefined
}

/** The status that a proxy responds with when it opens no tunnel. undici says it in words only. */
const tunnelStatus = (error: object): string | undefined =>
  hasProperty(error, "statusCode") && typeof error.statusCode === "number"
    ? String(error.statusCode)
    : /(?:\(|HTTP\/1\.\d |tunnel: )(\d{3})\b/.exec(textOf(error, "message"))?.[1]

/** A proxy between here and the host: it was asked for a tunnel, and nothing of the request was sent. */
const proxyFinding = (error: object): Finding | undefined => {
  const [code, message] = [textOf(error, "code"), textOf(error, "message")]
  if (code === "UND_ERR_PRX_CONN" || code.startsWith("UND_ERR_SOCKS5")) {
    return { reason: code.includes("AUTH") ? "ProxyRefused" : "ProxyUnavailable", code }
  }
  const isTunnel = code === "ERR_PROXY_TUNNEL" || (code === "UND_ERR_ABORTED" && message.startsWith("Proxy response"))
  if (isTunnel) {
    const status = tunnelStatus(error)
    const passes = status === undefined || status === "408" || status === "429" || Number(status) >= 500
    return { reason: passes ? "ProxyUnavailable" : "ProxyRefused", code: status ?? code }
  }
  const isPassword = code === "UND_ERR_INVALID_ARG" && message.startsWith("Proxy Authentication Required")
  // The fetch of Node makes an error without a word of the status 407.
  const { cause } = error as { readonly cause?: unknown }
  const isWordless = message === "fetch failed" && cause instanceof Error && cause.message === "" &&
    labelOf(cause) === undefined && cause.cause === undefined && !hasProperty(cause, "errors")
  return isPassword || isWordless ? { reason: "ProxyRefused", code: "407" } : undefined
}

const reasonOf = (error: object): Reason | undefined => {
  const [code, message, syscall] = [textOf(error, "code"), textOf(error, "message"), textOf(error, "syscall")]
  if (code === "") return byName.get(textOf(error, "name")) ?? byWords.find(([words]) => words.test(message))?.[1]
  // The phase decides whether anything was sent, whatever the code is.
  const isLookUp = syscall.startsWith("getaddrinfo") || syscall.startsWith("query") || code.startsWith("EAI_")
  if (isLookUp || code === "ENOTFOUND") return noSuchHost.has(code) ? "DnsNotFound" : "DnsTemporary"
  if (syscall === "connect" || syscall === "bind") {
    return code === "ETIMEDOUT" ? "ConnectTimeout" : byConnectCode.get(code) ?? "NotConnected"
  }
  // Node reports a connection that closed during the handshake as a reset, and only the message tells the two apart.
  if (code === "ECONNRESET" && message.includes("before secure TLS connection")) return "TlsHandshake"
  if (code === "EPROTO" || code.startsWith("ERR_SSL_")) {
    return handshakeOnly.test(message) ? "TlsHandshake" : "ConnectionLost"
  }
  if (code.startsWith("HPE_")) return "NotHttp"
  if (code.startsWith("Z_")) return "TruncatedBody"
  // Without a phase the codes of a network that is away can be those of a connection that was made.
  if (syscall === "" && (!byConnectCode.has(code) || code === "ECONNREFUSED" || code === "EADDRNOTAVAIL")) {
    return byCode.get(code) ?? byConnectCode.get(code)
  }
  return code === "ETIMEDOUT" || byConnectCode.has(code) ? "ConnectionLost" : byCode.get(code) ?? "Unknown"
}

/** More than an error has. A cycle of causes, or a chain without end, ends here. */
const maxCauses = 100

interface Findings {
  /** Of errors that say why, nearest first. */
  readonly known: Array<Finding>
  /** The nearest code there is. */
  code: string | undefined
  /** Not all causes were looked at. */
  cut: boolean
}

const find = (error: unknown): Findings => {
  const found: Findings = { known: [], code: undefined, cut: false }
  const seen = new Set<object>()
  const visit = (u: unknown): void => {
    if (typeof u !== "object" || u === null || seen.has(u)) return
    if (seen.size === maxCauses) {
      found.cut = true
      return
    }
    seen.add(u)
    found.code ??= labelOf(u)
    const proxy = proxyFinding(u)
    // What ended the tunnel, such as a closed connection, would be taken for the end of the request.
    if (proxy !== undefined) return void found.known.push(proxy)
    const errors: unknown = hasProperty(u, "errors") ? u.errors : undefined
    const members = Array.isArray(errors) ? errors : []
    // An AggregateError has the code of its first member.
    const reason = members.length === 0 ? reasonOf(u) : undefined
    if (reason !== undefined) found.known.push({ reason, code: labelOf(u) })
    if (hasProperty(u, "cause")) visit(u.cause)
    for (const member of members) {
      if (seen.has(member)) continue
      const before = found.known.length
      visit(member)
      // Each member is a failure of its own. One that says nothing may have been sent.
      if (found.known.length === before) found.known.push({ reason: "Unknown", code: found.code })
    }
  }
  visit(error)
  return found
}

/**
 * The reason, and the code of the error that told it. Nothing was sent only if no error says otherwise. The error itself is
 * dropped: it can hold the signed address.
 */
export const classify = (error: unknown): Finding => {
  const { code, cut, known } = find(error)
  const sent = known.filter(({ reason }) => !beforeSending.has(reason))
  // One that is known says more.
  const worst = sent.find(({ reason }) => reason !== "Unknown") ?? sent[0]
  if (worst !== undefined) return worst
  return known[0] === undefined || cut ? { reason: "Unknown", code } : known[0]
}

/** The failure that an error makes of a request. `hasHead`: the response had begun. */
export const failureOf = (
  error: unknown,
  { context, hasHead, host }: { readonly host: string; readonly context: CallContext; readonly hasHead: boolean }
): TransportFailure => {
  const { code, reason } = classify(error)
  return transportFailure(hasHead && reason !== "AttemptTimeout" ? "TruncatedBody" : reason, host, context, code)
}
