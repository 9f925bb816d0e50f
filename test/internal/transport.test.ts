/**
 * The reason that an error of the transport tells, and what it says about the request.
 */
import { assert, describe, it } from "@effect/vitest"
import type { TransportFailure } from "effect-tencentcloud"
import { noContext } from "../../src/internal/failure.ts"
import * as transport from "../../src/internal/transport.ts"

interface Parts {
  readonly code?: unknown
  readonly syscall?: string
  readonly name?: string
  readonly message?: string
  readonly statusCode?: number
}

const errorOf = ({ message = "text", ...parts }: Parts): Error => Object.assign(new Error(message), parts)

const outcomeOf = (reason: TransportFailure.Reason) => transport.transportFailure(reason, "host", noContext).outcome

const messageOf = (reason: TransportFailure.Reason, host = "host", code?: string) =>
  transport.transportFailure(reason, host, noContext, code).message

type Row = readonly [title: string, reason: TransportFailure.Reason, outcome: "notRun" | "unknown", parts: Parts]

const code = (code: string, reason: TransportFailure.Reason, outcome: "notRun" | "unknown"): Row => [
  code,
  reason,
  outcome,
  { code }
]

const during = (
  syscall: string,
  code: string,
  reason: TransportFailure.Reason,
  outcome: "notRun" | "unknown"
): Row => [
  `${code} of ${syscall}`,
  reason,
  outcome,
  { code, syscall }
]

// ---------------------------------------------------------------------------------------------------------------------
// Rows
// ---------------------------------------------------------------------------------------------------------------------

const connecting: ReadonlyArray<Row> = [
  during("connect", "ECONNREFUSED", "ConnectionRefused", "notRun"),
  during("connect", "EHOSTUNREACH", "Unreachable", "notRun"),
  during("connect", "ENETUNREACH", "Unreachable", "notRun"),
  during("connect", "EHOSTDOWN", "Unreachable", "notRun"),
  during("connect", "ENETDOWN", "Unreachable", "notRun"),
  during("connect", "EADDRNOTAVAIL", "Unreachable", "notRun"),
  during("connect", "ETIMEDOUT", "ConnectTimeout", "notRun"),
  ...["EMFILE", "ENFILE", "EACCES", "EPERM", "ENOBUFS", "EINVAL", "EAFNOSUPPORT", "ENOENT", "ECONNRESET"].map((code) =>
    during("connect", code, "NotConnected", "notRun")
  ),
  during("bind", "EADDRINUSE", "NotConnected", "notRun"),
  // Without a phase these are of a `connect`, and the last could also be of a whole request.
  code("ECONNREFUSED", "ConnectionRefused", "notRun"),
  code("EADDRNOTAVAIL", "Unreachable", "notRun"),
  code("ETIMEDOUT", "AttemptTimeout", "unknown"),
  code("UND_ERR_CONNECT_TIMEOUT", "ConnectTimeout", "notRun"),
  code("ERR_SOCKET_CONNECTION_TIMEOUT", "ConnectTimeout", "notRun"),
  code("FailedToOpenSocket", "NotConnected", "notRun")
]

const lookUps: ReadonlyArray<Row> = [
  during("getaddrinfo", "ENOTFOUND", "DnsNotFound", "notRun"),
  during("getaddrinfo", "EAI_NODATA", "DnsNotFound", "notRun"),
  during("getaddrinfo", "EAI_NONAME", "DnsNotFound", "notRun"),
  during("getaddrinfo", "EAI_ADDRFAMILY", "DnsNotFound", "notRun"),
  during("queryA", "ENODATA", "DnsNotFound", "notRun"),
  during("queryA", "ENONAME", "DnsNotFound", "notRun"),
  during("queryAaaa", "EBADNAME", "DnsNotFound", "notRun"),
  ...["EAI_AGAIN", "EAI_FAIL", "EAI_MEMORY", "EMFILE", "EBUSY"].map((code) =>
    during("getaddrinfo", code, "DnsTemporary", "notRun")
  ),
  ...["ESERVFAIL", "ETIMEOUT", "EREFUSED", "ECONNREFUSED"].map((code) =>
    during("queryA", code, "DnsTemporary", "notRun")
  ),
  code("ENOTFOUND", "DnsNotFound", "notRun"),
  code("EAI_AGAIN", "DnsTemporary", "notRun"),
  code("EAI_FAIL", "DnsTemporary", "notRun")
]

const proxies: ReadonlyArray<Row> = [
  ...([
    [407, "ProxyRefused"],
    [403, "ProxyRefused"],
    [408, "ProxyUnavailable"],
    [429, "ProxyUnavailable"],
    [503, "ProxyUnavailable"]
  ] as const).flatMap(([status, reason]): ReadonlyArray<Row> => [
    [`a tunnel of undici, ${status}`, reason, "notRun", {
      name: "AbortError",
      code: "UND_ERR_ABORTED",
      message: `Proxy response (${status}) !== 200 when HTTP Tunneling`
    }],
    [`a tunnel of node:http, ${status}`, reason, "notRun", {
      code: "ERR_PROXY_TUNNEL",
      message: `Failed to establish tunnel to 127.0.0.1:443 via http://127.0.0.1:8500: HTTP/1.1 ${status} X`,
      statusCode: status
    }],
    [`a tunnel of Bun, ${status}`, reason, "notRun", {
      code: "ERR_PROXY_TUNNEL",
      message: `Proxy refused to open a tunnel: ${status} X`
    }]
  ]),
  ["a tunnel of node:http that is closed", "ProxyUnavailable", "notRun", {
    code: "ERR_PROXY_TUNNEL",
    message: "Connection to establish proxy tunnel ended unexpectedly"
  }],
  code("UND_ERR_PRX_CONN", "ProxyUnavailable", "notRun"),
  code("UND_ERR_SOCKS5_REPLY_5", "ProxyUnavailable", "notRun"),
  code("UND_ERR_SOCKS5_AUTH_FAILED", "ProxyRefused", "notRun"),
  ["a password of undici without a tunnel", "ProxyRefused", "notRun", {
    code: "UND_ERR_INVALID_ARG",
    message: "Proxy Authentication Required (407)"
  }]
]

const tls: ReadonlyArray<Row> = [
  code("EPROTO", "ConnectionLost", "unknown"),
  ["EPROTO of a handshake", "TlsHandshake", "notRun", {
    code: "EPROTO",
    syscall: "write",
    message: "write EPROTO 40:error:0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version:a.c:918:"
  }],
  ["EPROTO of Bun", "TlsHandshake", "notRun", {
    code: "EPROTO",
    message: "EPROTO: The TLS handshake failed. Does the server speak TLS on this port?"
  }],
  ...[
    "ssl/tls alert handshake failure",
    "tlsv1 alert insufficient security",
    "tlsv1 alert no application protocol",
    "tlsv1 unrecognized name",
    "unsupported protocol",
    "no protocols available"
  ].map((words): Row => [words, "TlsHandshake", "notRun", {
    code: "ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE",
    message: `40:error:0A000410:SSL routines:ssl3_read_bytes:${words}:a.c:918:`
  }]),
  ["a clear text in the handshake", "TlsHandshake", "notRun", {
    code: "ERR_SSL_WRONG_VERSION_NUMBER",
    message: "40:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:methods/tlsany_meth.c:77:"
  }],
  code("ERR_SSL_WRONG_VERSION_NUMBER", "ConnectionLost", "unknown"),
  code("ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC", "ConnectionLost", "unknown"),
  code("ERR_TLS_HANDSHAKE_TIMEOUT", "TlsHandshake", "notRun"),
  code("OUT_OF_MEM", "TlsHandshake", "notRun"),
  ["a connection closed in the handshake", "TlsHandshake", "notRun", {
    code: "ECONNRESET",
    message: "Client network socket disconnected before secure TLS connection was established"
  }],
  ...[
    "UNABLE_TO_GET_ISSUER_CERT",
    "UNABLE_TO_GET_CRL",
    "UNABLE_TO_DECRYPT_CERT_SIGNATURE",
    "UNABLE_TO_DECRYPT_CRL_SIGNATURE",
    "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
    "CERT_SIGNATURE_FAILURE",
    "CRL_SIGNATURE_FAILURE",
    "CERT_NOT_YET_VALID",
    "CERT_HAS_EXPIRED",
    "CRL_NOT_YET_VALID",
    "CRL_HAS_EXPIRED",
    "ERROR_IN_CERT_NOT_BEFORE_FIELD",
    "ERROR_IN_CERT_NOT_AFTER_FIELD",
    "ERROR_IN_CRL_LAST_UPDATE_FIELD",
    "ERROR_IN_CRL_NEXT_UPDATE_FIELD",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "CERT_CHAIN_TOO_LONG",
    "CERT_REVOKED",
    "INVALID_CA",
    "PATH_LENGTH_EXCEEDED",
    "INVALID_PURPOSE",
    "CERT_UNTRUSTED",
    "CERT_REJECTED",
    "HOSTNAME_MISMATCH",
    "UNSPECIFIED",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "ERR_TLS_CERT_ALTNAME_FORMAT"
  ].map((name) => code(name, "Certificate", "notRun"))
]

const afterSending: ReadonlyArray<Row> = [
  ...["ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "ECONNREFUSED", "ECONNRESET"].flatMap((code) => [
    during("read", code, "ConnectionLost", "unknown"),
    during("write", code, "ConnectionLost", "unknown")
  ]),
  // Without a phase the network can have gone after the request was sent.
  ...["EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN", "ENETDOWN"].map((name) => code(name, "ConnectionLost", "unknown")),
  during("read", "EMFILE", "Unknown", "unknown"),
  ...[
    "ECONNRESET",
    "ECONNABORTED",
    "EPIPE",
    "ERR_STREAM_PREMATURE_CLOSE",
    "UND_ERR_SOCKET",
    "UND_ERR_CLOSED",
    "UND_ERR_DESTROYED"
  ].map((name) => code(name, "ConnectionLost", "unknown")),
  code("UND_ERR_HEADERS_TIMEOUT", "AttemptTimeout", "unknown"),
  code("UND_ERR_BODY_TIMEOUT", "AttemptTimeout", "unknown"),
  code("HPE_INVALID_CONSTANT", "NotHttp", "unknown"),
  code("Malformed_HTTP_Response", "NotHttp", "unknown"),
  code("Z_DATA_ERROR", "TruncatedBody", "unknown"),
  code("Z_BUF_ERROR", "TruncatedBody", "unknown"),
  code("ZlibError", "TruncatedBody", "unknown"),
  code("ESOMETHING", "Unknown", "unknown")
]

const addresses: ReadonlyArray<Row> = [
  code("ERR_INVALID_URL", "InvalidAddress", "notRun"),
  code("ERR_INVALID_PROTOCOL", "InvalidAddress", "notRun")
]

// ---------------------------------------------------------------------------------------------------------------------
// Errors without a code
// ---------------------------------------------------------------------------------------------------------------------

const deno = (phase: "Connect" | "SendRequest", words: string): string =>
  `error sending request for url (http://127.0.0.1:1234/): client error (${phase}): ${words}`

type Words = readonly [message: string, reason: TransportFailure.Reason, outcome: "notRun" | "unknown"]

const words: ReadonlyArray<Words> = [
  [
    deno("Connect", "dns error: failed to lookup address information: Name or service not known"),
    "DnsNotFound",
    "notRun"
  ],
  [
    deno("Connect", "dns error: failed to lookup address information: Temporary failure in name resolution"),
    "DnsTemporary",
    "notRun"
  ],
  [deno("Connect", "tcp connect error: Connection refused (os error 111)"), "ConnectionRefused", "notRun"],
  [deno("Connect", "tcp connect error: Network is unreachable (os error 101)"), "Unreachable", "notRun"],
  [deno("Connect", "tcp connect error: No route to host (os error 113)"), "Unreachable", "notRun"],
  [deno("Connect", "tcp connect error: Connection timed out (os error 110)"), "ConnectTimeout", "notRun"],
  [deno("Connect", "tcp connect error: Too many open files (os error 24)"), "NotConnected", "notRun"],
  [deno("Connect", "Connection reset by peer (os error 104)"), "NotConnected", "notRun"],
  [deno("Connect", "proxy authentication required"), "ProxyRefused", "notRun"],
  [deno("Connect", "unsuccessful tunnel"), "ProxyUnavailable", "notRun"],
  [deno("Connect", "unexpected eof while tunneling"), "ProxyUnavailable", "notRun"],
  [deno("Connect", "invalid peer certificate: UnknownIssuer"), "Certificate", "notRun"],
  [deno("Connect", "received corrupt message of type InvalidContentType"), "TlsHandshake", "notRun"],
  [deno("Connect", "received fatal alert: NoApplicationProtocol"), "TlsHandshake", "notRun"],
  [deno("Connect", "tls handshake eof"), "TlsHandshake", "notRun"],
  [deno("SendRequest", "invalid HTTP version parsed"), "NotHttp", "unknown"],
  [deno("SendRequest", "connection closed before message completed"), "ConnectionLost", "unknown"],
  ["Connection reset by peer (os error 104)", "ConnectionLost", "unknown"],
  ["error reading a body from connection", "TruncatedBody", "unknown"],
  ["unexpected end of file", "TruncatedBody", "unknown"],
  ["Fetch failed: Requests to port 6000 are blocked", "InvalidAddress", "notRun"],
  ["Invalid URL: 'http://127.0.0.1:99999'", "InvalidAddress", "notRun"],
  ["Network connection lost.", "ConnectionLost", "unknown"],
  ["bad port", "InvalidAddress", "notRun"],
  ["proxy authentication required", "ProxyRefused", "notRun"],
  ["Failed to fetch", "Unknown", "unknown"],
  ["http://127.0.0.1/?q=client%20error%20(Connect)", "Unknown", "unknown"]
]

// ---------------------------------------------------------------------------------------------------------------------
// Tests
// ---------------------------------------------------------------------------------------------------------------------

/** The error as HTTP clients nest it. */
const nestings: ReadonlyArray<readonly [name: string, nest: (error: Error) => unknown]> = [
  ["itself", (error) => error],
  ["a cause", (cause) => new TypeError("fetch failed", { cause })],
  ["a cause of a cause", (cause) => ({ cause: { cause: { cause } } })],
  ["a member", (error) => new AggregateError([error])],
  ["a member of a member", (error) => new AggregateError([new AggregateError([error, error])])],
  ["a cause of an unknown error with a code", (cause) => ({ cause: errorOf({ code: "OUTER" }), errors: [cause] })]
]

describe.each(nestings)("classify: %s", (_, nest) => {
  it.each([...connecting, ...lookUps, ...proxies, ...tls, ...afterSending, ...addresses])(
    "%s is %s, %s",
    (_, reason, outcome, parts) => {
      assert.strictEqual(transport.classify(nest(errorOf(parts))).reason, reason)
      assert.strictEqual(outcomeOf(reason), outcome)
    }
  )

  it.each(words)("%s is %s, %s", (message, reason, outcome) => {
    assert.strictEqual(transport.classify(nest(new Error(message))).reason, reason)
    assert.strictEqual(outcomeOf(reason), outcome)
  })
})

const wordless = (inside: object) => new TypeError("fetch failed", { cause: Object.assign(new Error(""), inside) })

describe("classify: members", () => {
  const refused = errorOf({ code: "ECONNREFUSED", syscall: "connect" })

  it.each<readonly [string, unknown]>([
    ["no words", new Error("")],
    ["words that are not known", new Error("boom")],
    ["a code that is not known", errorOf({ code: "EWEIRD" })],
    ["a name that is not known", errorOf({ name: "AbortError" })],
    ["no error", "a text"],
    ["no members", new AggregateError([])]
  ])("one with %s may have been sent, whatever the others say", (_, member) => {
    for (const members of [[refused, member], [member, refused]]) {
      for (
        const error of [
          new AggregateError(members),
          new TypeError("fetch failed", { cause: new AggregateError(members) })
        ]
      ) {
        assert.strictEqual(transport.classify(error).reason, "Unknown")
      }
    }
  })

  it("one that was lost says more than one that says nothing", () => {
    const lost = errorOf({ code: "ECONNRESET", syscall: "read" })
    const { reason } = transport.classify(new AggregateError([new Error("boom"), lost, refused]))
    assert.strictEqual(reason, "ConnectionLost")
  })

  it("a proxy is not blamed for an error without words that has a cause or members", () => {
    const lost = errorOf({ code: "ECONNRESET", syscall: "read" })
    assert.strictEqual(transport.classify(wordless({})).reason, "ProxyRefused")
    assert.strictEqual(transport.classify(wordless({ cause: lost })).reason, "ConnectionLost")
    assert.strictEqual(transport.classify(wordless({ errors: [refused, lost] })).reason, "ConnectionLost")
    assert.strictEqual(transport.classify(wordless({ errors: [refused] })).reason, "ConnectionRefused")
  })
})

describe("classify: the code", () => {
  it.each<readonly [string, unknown, string | undefined]>([
    ["that of the error that told the reason", { code: "OUTER", cause: errorOf({ code: "EPIPE" }) }, "EPIPE"],
    ["the nearest where none is known", { code: "OUTER", cause: errorOf({ code: "ESOMETHING" }) }, "OUTER"],
    [
      "the name where there is no code",
      new TypeError("fetch failed", { cause: errorOf({ name: "HTTPParserError" }) }),
      "HTTPParserError"
    ],
    ["the status of a proxy", errorOf({ code: "ERR_PROXY_TUNNEL", statusCode: 407 }), "407"],
    [
      "that of a proxy that says no status",
      errorOf({ code: "ERR_PROXY_TUNNEL", message: "no words" }),
      "ERR_PROXY_TUNNEL"
    ],
    ["no name that every error has", new TypeError("text"), undefined],
    ["never a number", errorOf({ code: -104 }), undefined],
    ["never an address", errorOf({ code: "https://host/?Signature=abc", name: "at https://host/" }), undefined]
  ])("%s", (_, error, expected) => assert.strictEqual(transport.classify(error).code, expected))
})

describe("classify: errors without a code", () => {
  it("a timeout of a signal is one of the attempt", () => {
    const error = new DOMException("The operation was aborted due to timeout", "TimeoutError")
    assert.deepStrictEqual(transport.classify(error), { reason: "AttemptTimeout", code: "TimeoutError" })
  })

  it("a response that a parser of HTTP refuses", () => {
    const error = errorOf({ name: "HTTPParserError", message: "Expected HTTP/" })
    assert.deepStrictEqual(transport.classify(error), { reason: "NotHttp", code: "HTTPParserError" })
  })

  it("the status 407 in the fetch of Node has no words", () => {
    const error = new TypeError("fetch failed", { cause: new Error() })
    assert.deepStrictEqual(transport.classify(error), { reason: "ProxyRefused", code: "407" })
  })

  it.each<readonly [string, unknown]>([
    ["nothing", undefined],
    ["text", "ECONNRESET"],
    ["null", null],
    ["a number", 7],
    ["a cause that is null", { cause: null }],
    ["a cause that is text", { cause: "ECONNREFUSED" }],
    ["members that are no list", { errors: "ECONNREFUSED" }],
    ["members that are no errors", { errors: [null, undefined, "ECONNREFUSED"] }],
    ["an error without a code", new Error("x")],
    ["a fetch that failed for an error with words", new TypeError("fetch failed", { cause: new Error("x") })],
    ["another error for an error without words", new TypeError("x", { cause: new Error() })]
  ])("%s is unknown", (_, error) => {
    assert.deepStrictEqual(transport.classify(error), { reason: "Unknown", code: undefined })
  })
})

describe("classify: several errors", () => {
  const refused = errorOf({ code: "ECONNREFUSED", syscall: "connect" })
  const late = errorOf({ code: "UND_ERR_HEADERS_TIMEOUT" })
  const lost = errorOf({ code: "ECONNRESET", syscall: "read" })

  it.each<readonly [string, unknown, TransportFailure.Reason]>([
    ["a member after a refused one that may have been sent", new AggregateError([refused, late]), "AttemptTimeout"],
    ["a lost connection after a refused one", new AggregateError([refused, lost]), "ConnectionLost"],
    ["a member before a refused one", new AggregateError([late, refused]), "AttemptTimeout"],
    [
      "a cause of a refused connection",
      Object.assign(errorOf({ code: "ECONNREFUSED" }), { cause: lost }),
      "ConnectionLost"
    ],
    ["a cause beside members", Object.assign(new AggregateError([refused]), { cause: lost }), "ConnectionLost"],
    ["only refused ones", new AggregateError([refused, refused]), "ConnectionRefused"]
  ])("the worst decides: %s", (_, error, reason) => assert.strictEqual(transport.classify(error).reason, reason))

  it("the code of an AggregateError is that of a member, so the members decide", () => {
    const timeout = errorOf({ code: "ETIMEDOUT", syscall: "connect" })
    const error = Object.assign(new AggregateError([timeout, refused]), { code: "ETIMEDOUT" })
    assert.deepStrictEqual(transport.classify(error), { reason: "ConnectTimeout", code: "ETIMEDOUT" })
  })

  it("a host with many addresses that all refuse", () => {
    const errors = Array.from({ length: 60 }, () => errorOf({ code: "ECONNREFUSED", syscall: "connect" }))
    assert.strictEqual(transport.classify(new AggregateError(errors)).reason, "ConnectionRefused")
  })

  it("what ended the tunnel of a proxy does not count", () => {
    const error = Object.assign(errorOf({ code: "UND_ERR_PRX_CONN" }), { cause: errorOf({ code: "UND_ERR_SOCKET" }) })
    assert.deepStrictEqual(transport.classify({ cause: error }), {
      reason: "ProxyUnavailable",
      code: "UND_ERR_PRX_CONN"
    })
  })

  it("a cycle ends", () => {
    const a: { cause?: unknown; readonly code: string } = { code: "A" }
    a.cause = { cause: a, errors: [a, lost] }
    assert.strictEqual(transport.classify(a).reason, "ConnectionLost")
  })

  it("a chain of 100 is read to its end, and one that is longer is unknown", () => {
    let chain: unknown = refused
    for (let i = 1; i < 100; i++) chain = { cause: chain }
    assert.strictEqual(transport.classify(chain).reason, "ConnectionRefused")
    assert.strictEqual(transport.classify({ cause: chain }).reason, "Unknown")
    assert.strictEqual(transport.classify(new AggregateError([refused, chain])).reason, "Unknown")
  })
})

describe("transportFailure", () => {
  it("names the code of the runtime only where there is one", () => {
    assert.isTrue(messageOf("ConnectionLost", "host", "EPIPE").endsWith(" (host, EPIPE)"))
    assert.isTrue(messageOf("ConnectionLost").endsWith(" (host)"))
    assert.isTrue(messageOf("ConnectionLost", "").endsWith("executed."))
  })

  it.each(["NotHttp", "InvalidAddress"] as const)("%s: check the endpoint and the port", (reason) => {
    assert.include(messageOf(reason), "Check the endpoint and its port.")
  })

  it.each(
    [
      ...new Set(
        [...connecting, ...lookUps, ...proxies, ...tls, ...addresses].flatMap(([, reason, outcome]) =>
          outcome === "notRun" ? [reason] : []
        )
      )
    ]
  )("%s: the message says nothing of an execution", (reason) => assert.notInclude(messageOf(reason), "executed"))

  it("an earlier attempt may have run", () => {
    const failure = transport.transportFailure("ConnectionRefused", "host", { ...noContext, earlierMayHaveRun: true })
    assert.strictEqual(failure.outcome, "unknown")
    assert.include(failure.message, "An earlier attempt of this call may have been executed.")
  })

  it.each(
    [
      ["Certificate", "never"],
      ["ProxyRefused", "never"],
      ["InvalidAddress", "never"],
      ["BodyTooLarge", "never"],
      ["ProxyUnavailable", "transient"],
      ["NotConnected", "transient"],
      ["NotHttp", "transient"]
    ] as const
  )("%s is retried as %s", (reason, retryClass) => {
    assert.strictEqual(transport.transportFailure(reason, "host", noContext).retryClass, retryClass)
  })
})
