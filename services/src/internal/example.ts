/**
 * A walk of the compact text that makes a value of a type: the same one for the same seed.
 */
import { type Base, type Member, parse, type Type } from "./compact.ts"

export type Side = "request" | "response"

/** Types that refer to themselves end here, with lists that are empty and objects that are absent. */
const maxDepth = 4

/** Numbers between 0 and 1 (mulberry32). */
const numbers = (seed: number): () => number => {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}

class Walk {
  private readonly random: () => number
  private readonly side: Side
  constructor(seed: number, side: Side) {
    this.random = numbers(seed)
    this.side = side
  }

  object(type: Type, depth: number): { [name: string]: unknown } {
    const value: { [name: string]: unknown } = {}
    for (const member of parse(type)) {
      if (this.isPresent(member, depth)) value[member.name] = this.member(member, depth)
    }
    return value
  }

  /** A response has all its members, a request those that it needs and some others. */
  private isPresent({ item, list, required }: Member, depth: number): boolean {
    const isPicked = this.side === "response" || this.random() < 0.3
    if (this.side === "request" && required) return true
    return "type" in item ? isPicked && (list || depth < maxDepth) : isPicked && item.form !== "binary"
  }

  private member({ item, list, name }: Member, depth: number): unknown {
    const make = () => "type" in item ? this.object(item.type, depth + 1) : this.scalar(item.base, name)
    if (!list) return make()
    const isTooDeep = "type" in item && depth >= maxDepth
    return isTooDeep ? [] : Array.from({ length: 1 + this.below(2) }, make)
  }

  private below(limit: number): number {
    return Math.floor(this.random() * limit)
  }

  private scalar(base: Base, name: string): unknown {
    const day = `2026-01-${String(10 + this.below(20))}`
    const clock = `0${this.below(10)}:30:59`
    switch (base) {
      case "s":
        return `${name}-${this.below(0x10000).toString(16).padStart(4, "0")}`
      case "t":
        return `${day} ${clock}`
      case "z":
        return `${day}T${clock}+00:00`
      case "d":
        return day
      case "i":
      case "u":
        return this.below(1000)
      case "f":
        return this.below(1000) / 10
      case "b":
        return this.random() < 0.5
      case "x":
        return new Uint8Array()
    }
  }
}

/** A value of a type. It has no `Error` at its top: a response with one is a failure, whatever the action says. */
export const example = (type: Type, side: Side, seed: number): { [name: string]: unknown } => {
  const { Error: _, ...value } = new Walk(seed, side).object(type, 0)
  return value
}
