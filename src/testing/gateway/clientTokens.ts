/**
 * The client tokens of purchases: with the token of an earlier one, a request is that purchase again. So a purchase whose
 * response was lost can be repeated, and is made once.
 */

/** In milliseconds: a day. No document says how long the API remembers a token. */
export const rememberedFor = 24 * 60 * 60_000

/** When there are more, the oldest are forgotten. */
export const maxTokens = 10_000

export interface ClientTokens<A> {
  /** What was remembered for a token of an account, at most {@link rememberedFor} ago. */
  readonly find: (account: string, token: string, now: number) => A | undefined
  readonly remember: (account: string, token: string, value: A, now: number) => void
}

const isOver = (at: number, now: number): boolean => now - at > rememberedFor

const keyOf = (account: string, token: string): string => JSON.stringify([account, token])

export const makeClientTokens = <A>(): ClientTokens<A> => {
  // In the order of time, so that the oldest come first.
  const remembered = new Map<string, { readonly value: A; readonly at: number }>()

  const prune = (now: number): void => {
    for (const [key, { at }] of remembered) {
      if (remembered.size <= maxTokens && !isOver(at, now)) return
      remembered.delete(key)
    }
  }

  return {
    find: (account, token, now) => {
      const known = remembered.get(keyOf(account, token))
      return known === undefined || isOver(known.at, now) ? undefined : known.value
    },
    remember: (account, token, value, now) => {
      const key = keyOf(account, token)
      remembered.delete(key)
      remembered.set(key, { value, at: now })
      prune(now)
    }
  }
}
