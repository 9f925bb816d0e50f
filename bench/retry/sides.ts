/** All sides of the comparison, by name. */
import * as library from "./library.ts"
import * as peers from "./peers.ts"
import type { Side } from "./simulate.ts"

export const ours = library.side()

/** The same, with one store of turns for all its processes. */
export const sharing = library.side({ name: "effect-tencentcloud, one quota store", quotaStore: true })

export const none = peers.side(peers.none)

export const others: ReadonlyArray<Side> = peers.all.map(peers.side)

/** Enough to see where ours stands. */
export const few: ReadonlyArray<Side> = [peers.none, peers.fixed, peers.awsStandard2026, peers.grpc].map(peers.side)
