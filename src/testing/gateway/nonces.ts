/**
 * The used nonces. Those that could still be replayed are kept, and no older ones.
 */

/** How far a timestamp may be from the gateway's clock, in seconds, and how long a nonce is remembered: five minutes. */
export const replayWindow = 300

export interface Nonces {
  /** Uses up a nonce. Whether it was new for the secret id. All times are in seconds. */
  readonly use: (secretId: string, nonce: string, timestamp: number, now: number) => boolean
  /** How many nonces are remembered. */
  readonly size: () => number
}

export const makeNonces = (): Nonces => {
  // In the order of use, so that the oldest come first.
  const used = new Map<string, { readonly at: number; readonly until: number }>()

  // A timestamp from the future keeps its nonce alive for up to twice the window.
  const prune = (now: number): void => {
    for (const [key, { at }] of used) {
      if (at + 2 * replayWindow >= now) return
      used.delete(key)
    }
  }

  return {
    use: (secretId, nonce, timestamp, now) => {
      prune(now)
      const key = `${secretId} ${nonce}`
      const known = used.get(key)
      if (known !== undefined && now <= known.until) return false
      used.delete(key)
      used.set(key, { at: now, until: Math.max(timestamp, now) + replayWindow })
      return true
    },
    size: () => used.size
  }
}
