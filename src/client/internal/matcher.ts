/**
 * Finds one secret in a row of bytes.
 */

/** From the first character of a text to the one after its last. */
export interface Range {
  readonly start: number
  end: number
}

const isWordByte = (byte: number): boolean =>
  (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122)

const equalsSign = 61

/** For each length of a beginning: that of the longest shorter beginning that it ends with. */
const fallbacksOf = (pattern: ArrayLike<number>): Int32Array => {
  const fallbacks = new Int32Array(pattern.length + 1)
  let matched = 0
  for (let i = 1; i < pattern.length; i++) {
    const byte = pattern[i]
    while (matched > 0 && pattern[matched] !== byte) matched = fallbacks[matched]!
    if (pattern[matched] === byte) matched++
    fallbacks[i + 1] = matched
  }
  return fallbacks
}

export class Matcher {
  private readonly pattern: ArrayLike<number>
  private readonly minCut: number
  private readonly isPadded: boolean
  private readonly fallbacks: Int32Array
  /** Where the writings of the last bytes begin, as many as the pattern has. */
  private readonly starts: Int32Array
  private readonly found: Array<Range> = []
  private read = 0
  private matched = 0
  private lastEnd = 0
  /** Directly after the secret, where its padding may be. */
  private isAfter = false

  /**
   * A beginning of the pattern of at least `minCut` bytes is found too, where no letter or digit follows: there the text was cut.
   * `isPadded`: any number of `=` after the pattern are a part of it.
   */
  constructor(
    pattern: ArrayLike<number>,
    { isPadded, minCut }: { readonly minCut: number; readonly isPadded: boolean }
  ) {
    this.pattern = pattern
    this.minCut = minCut
    this.isPadded = isPadded
    this.fallbacks = fallbacksOf(pattern)
    this.starts = new Int32Array(pattern.length)
  }

  /** The next byte, and where its writing begins and ends. */
  next(byte: number, start: number, end: number): void {
    const { fallbacks, pattern, starts } = this
    if (this.isAfter && byte === equalsSign) this.found.at(-1)!.end = end
    else this.isAfter = false

    if (this.matched > 0 && pattern[this.matched] !== byte) {
      if (!isWordByte(byte)) this.findCut()
      do this.matched = fallbacks[this.matched]!
      while (this.matched > 0 && pattern[this.matched] !== byte)
    }
    if (pattern[this.matched] === byte) this.matched++
    starts[this.read++ % starts.length] = start
    this.lastEnd = end
    if (this.matched === pattern.length) {
      this.find()
      this.matched = fallbacks[this.matched]!
      this.isAfter = this.isPadded
    }
  }

  /** All that was found. Nothing follows. */
  end(): ReadonlyArray<Range> {
    this.findCut()
    return this.found
  }

  private find(): void {
    const start = this.starts[(this.read - this.matched) % this.starts.length]!
    this.found.push({ start, end: this.lastEnd })
  }

  private findCut(): void {
    if (this.matched >= this.minCut) this.find()
  }
}
