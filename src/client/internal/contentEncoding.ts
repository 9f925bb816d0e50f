/**
 * Decompresses bodies. `fetch` does it by itself and leaves the header as it was, the other HTTP clients do not.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Sink from "effect/Sink"
import * as Stream from "effect/Stream"
// Bundlers for browsers leave these modules empty.
import * as nodeStream from "node:stream"
import * as zlib from "node:zlib"

/** What the functions of `node:zlib` have in common. */
type Decompress = (
  bytes: Uint8Array,
  options: { readonly maxOutputLength: number; readonly finishFlush: number },
  onResult: (error: Error | null, result: Uint8Array) => void
) => void

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
  ["br", () => zlib.brotliDecompress],
  ["zstd", () => zlib.zstdDecompress]
])

/** A text has no control characters but the blank ones, and what is compressed soon has. */
const isText = (bytes: Uint8Array): boolean =>
  bytes.subarray(0, 512).every((byte) => byte >= 32 || (byte >= 9 && byte <= 13))

/** The decompressor of a coding, for what is not a text already. `bytes` are the first ones. */
const decompressorOf = (coding: string, bytes: Uint8Array): Decompress | undefined =>
  isText(bytes) && !(coding === "deflate" && isZlib(bytes)) ? undefined : decompressors.get(coding)?.(bytes)

/** How each reads what is there of a body. Asked late, because in a browser there are no constants. */
const flushOf = (decompress: Decompress): number => {
  if (decompress === zlib.brotliDecompress) return zlib.constants.BROTLI_OPERATION_FLUSH
  return decompress === zlib.zstdDecompress ? zlib.constants.ZSTD_e_flush : zlib.constants.Z_SYNC_FLUSH
}

/** A body that was cut is read as far as it goes, as `fetch` does it. */
const run = (decompress: Decompress, bytes: Uint8Array, limit: number): Effect.Effect<Uint8Array, Error> =>
  Effect.callback((resume) =>
    decompress(
      bytes,
      {
        maxOutputLength: limit,
        finishFlush: flushOf(decompress)
      },
      (error, result) => resume(error === null ? Effect.succeed(result) : Effect.fail(error))
    )
  )

/** Node's code of a body that is larger than the limit when it is decompressed. */
export const isTooLarge = (error: Error): boolean => "code" in error && error.code === "ERR_BUFFER_TOO_LARGE"

/** The last of the codings of a header was applied last. */
const codingsOf = (contentEncoding: string): ReadonlyArray<string> =>
  contentEncoding.toLowerCase().split(",").map((coding) => coding.trim()).toReversed().slice(0, 5)

/**
 * The body without the codings of its `Content-Encoding` header. What is text already, and a coding that is not known, stay as they are.
 */
export const decompress = (
  bytes: Uint8Array,
  contentEncoding: string,
  limit: number
): Effect.Effect<Uint8Array, Error> =>
  codingsOf(contentEncoding).reduce<Effect.Effect<Uint8Array, Error>>(
    (decoded, coding) =>
      Effect.flatMap(decoded, (bytes) => {
        const decompressor = decompressorOf(coding, bytes)
        return decompressor === undefined ? Effect.succeed(bytes) : run(decompressor, bytes, limit)
      }),
    Effect.succeed(bytes)
  )

/** A pair of the streams of the web, whose types are not those of Node. */
const pairOf = (duplex: nodeStream.Duplex) =>
  nodeStream.Duplex.toWeb(duplex) as ReadableWritablePair<Uint8Array, Uint8Array>

/** The decompressors of bytes as they come, by those of whole bodies. */
const streaming: ReadonlyMap<Decompress, () => nodeStream.Duplex> = /*#__PURE__*/ new Map<
  Decompress,
  () => nodeStream.Duplex
>([
  [zlib.gunzip, () => zlib.createGunzip()],
  [zlib.inflate, () => zlib.createInflate()],
  [zlib.inflateRaw, () => zlib.createInflateRaw()],
  [zlib.brotliDecompress, () => zlib.createBrotliDecompress()],
  [zlib.zstdDecompress, () => zlib.createZstdDecompress()]
])

/** {@link decompress} for bytes as they come. A coding that is not known is a failure, because its events would be lost. */
export const decompressed = <E>(
  bytes: Stream.Stream<Uint8Array, E>,
  contentEncoding: string,
  onError: (error: unknown) => E
): Stream.Stream<Uint8Array, E> =>
  codingsOf(contentEncoding).reduce<Stream.Stream<Uint8Array, E>>(
    (decoded, coding) =>
      Stream.unwrap(Effect.map(Stream.peel(decoded, Sink.head<Uint8Array>()), ([first, rest]) => {
        if (Option.isNone(first)) return rest
        const all = Stream.concat(Stream.succeed(first.value), rest)
        const decompressor = decompressorOf(coding, first.value)
        if (decompressor === undefined) {
          return isText(first.value) ? all : Stream.fail(onError({ code: coding }))
        }
        return Stream.fromReadableStream<Uint8Array, E>({
          evaluate: () => Stream.toReadableStream(all).pipeThrough(pairOf(streaming.get(decompressor)!())),
          onError
        })
      })),
    bytes
  )
