/**
 * Decompresses bodies. `fetch` does it by itself and leaves the header as it was, the other HTTP clients do not.
 */
import * as Effect from "effect/Effect"
import * as zlib from "node:zlib"

type Decompress = typeof zlib.gunzip

/** A stream of zlib begins with two bytes that are a multiple of 31. */
const isZlib = ([first = 0, second = 0]: Uint8Array): boolean =>
  (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0

const decompressors: ReadonlyMap<string, (bytes: Uint8Array) => Decompress> = /*#__PURE__*/ new Map<
  string,
  (bytes: Uint8Array) => Decompress
>([
  ["gzip", () => zlib.gunzip],
  ["x-gzip", () => zlib.gunzip],
  // Some servers send it without the head of zlib.
  ["deflate", (bytes) => isZlib(bytes) ? zlib.inflate : zlib.inflateRaw],
  ["br", () => zlib.brotliDecompress]
])

/** A text has no control characters but the blank ones, and what is compressed soon has. */
const isText = (bytes: Uint8Array): boolean =>
  bytes.subarray(0, 512).every((byte) => byte >= 32 || (byte >= 9 && byte <= 13))

/** A body that was cut is read as far as it goes, as `fetch` does it. */
const run = (decompress: Decompress, bytes: Uint8Array, limit: number): Effect.Effect<Uint8Array, Error> =>
  Effect.callback((resume) =>
    decompress(
      bytes,
      {
        maxOutputLength: limit,
        finishFlush: decompress === zlib.brotliDecompress
          ? zlib.constants.BROTLI_OPERATION_FLUSH
          : zlib.constants.Z_SYNC_FLUSH
      },
      (error, result) => resume(error === null ? Effect.succeed(result) : Effect.fail(error))
    )
  )

/** Node's code of a body that is larger than the limit when it is decompressed. */
export const isTooLarge = (error: Error): boolean => "code" in error && error.code === "ERR_BUFFER_TOO_LARGE"

/**
 * The body without the codings of its `Content-Encoding` header, the last of which was applied last. What is text already, and
 * a coding that is not known, stay as they are.
 */
export const decompress = (
  bytes: Uint8Array,
  contentEncoding: string,
  limit: number
): Effect.Effect<Uint8Array, Error> => {
  const codings = contentEncoding.toLowerCase().split(",").map((coding) => coding.trim()).toReversed()
  return codings.slice(0, 5).reduce<Effect.Effect<Uint8Array, Error>>(
    (decoded, coding) =>
      Effect.flatMap(decoded, (bytes) => {
        const decompressor = decompressors.get(coding)?.(bytes)
        return decompressor === undefined || (isText(bytes) && !(coding === "deflate" && isZlib(bytes)))
          ? Effect.succeed(bytes)
          : run(decompressor, bytes, limit)
      }),
    Effect.succeed(bytes)
  )
}
