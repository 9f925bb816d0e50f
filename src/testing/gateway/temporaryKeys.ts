/**
 * Keys that the gateway issues for a role. They are keys of both generations until they expire.
 */
import type * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import type { Credential } from "./credentials.ts"

export interface TemporaryKeys {
  readonly secretId: string
  readonly secretKey: string
  readonly token: string
  /** In milliseconds since the epoch. */
  readonly expiresAt: number
}

/** Who has the keys. */
export interface RoleSession {
  /** The account of the role. */
  readonly account: string
  readonly role: string
  readonly session: string
  /** The account that asked for the keys. */
  readonly applicant: string
}

/** What is remembered of issued keys. */
export interface Issued extends RoleSession {
  readonly expiresAt: number
}

/** The part of the state of the gateway that issuing keys needs. */
export interface Issuer {
  readonly credentials: Map<string, Credential>
  /** By secret id, in the order of issue. */
  readonly issuedKeys: Map<string, Issued>
  readonly random: typeof Random.Random.Service
}

const word = (random: typeof Random.Random.Service): string =>
  Math.floor(random.nextDoubleUnsafe() * 2 ** 32).toString(16).padStart(8, "0")

const words = (random: typeof Random.Random.Service, count: number): string =>
  Array.from({ length: count }, () => word(random)).join("")

/** How long keys are remembered that have expired, in milliseconds: whoever uses them is told that they have. */
const rememberedFor = 3_600_000

const forgetExpired = ({ credentials, issuedKeys }: Issuer, now: number): void => {
  for (const [secretId, { expiresAt }] of issuedKeys) {
    if (expiresAt + rememberedFor < now) {
      issuedKeys.delete(secretId)
      credentials.delete(secretId)
    }
  }
}

/** Issues keys for so many seconds. */
export const issueKeys = (
  issuer: Issuer,
  session: RoleSession,
  seconds: number,
  now: number
): TemporaryKeys => {
  forgetExpired(issuer, now)
  const { credentials, issuedKeys, random } = issuer
  const keys = {
    secretId: `AKID${words(random, 4)}`,
    secretKey: words(random, 4),
    token: words(random, 8),
    expiresAt: now + seconds * 1000
  }
  issuedKeys.set(keys.secretId, { ...session, expiresAt: keys.expiresAt })
  credentials.set(keys.secretId, {
    account: session.account,
    role: session.role,
    secretId: keys.secretId,
    secretKey: Redacted.make(keys.secretKey),
    token: Redacted.make(keys.token),
    tokenExpiresAt: keys.expiresAt
  })
  return keys
}

/** As the members of a response say it. */
export const described = ({ expiresAt, secretId, secretKey, token }: TemporaryKeys) => ({
  credentials: { Token: token, TmpSecretId: secretId, TmpSecretKey: secretKey },
  expiry: {
    ExpiredTime: Math.floor(expiresAt / 1000),
    Expiration: `${new Date(expiresAt).toISOString().slice(0, 19)}Z`
  }
})
