/**
 * The metadata service of an instance: the name of its role, and temporary keys for it.
 */
import * as Result from "effect/Result"
import { defaultAccount } from "./credentials.ts"
import type { Executed, Recognizing, Written } from "./protocol.ts"
import type { State } from "./state.ts"
import { described, issueKeys } from "./temporaryKeys.ts"

const root = "/latest/meta-data/"

const roles = `${root}cam/security-credentials/`

/** How long keys are good for, and how long before their end there are new ones, in seconds. */
const lifetime = 12 * 3600
const renewal = 600

const text = (body: string): Written => ({
  body,
  headers: { "content-type": "text/plain" },
  code: undefined,
  message: undefined
})

const notFound: Written = { ...text("404 - Not Found"), status: 404 }

/** Of the instance itself. */
const sessionOf = (role: string) => ({ account: defaultAccount, role, session: role, applicant: defaultAccount })

const keysOf = (state: State, role: string, now: number): Written => {
  const known = state.instanceKeys
  const keys = known !== undefined && now < known.expiresAt - renewal * 1000
    ? known
    : state.instanceKeys = issueKeys(state, sessionOf(role), lifetime, now)
  const { credentials, expiry } = described(keys)
  return { body: JSON.stringify({ ...credentials, ...expiry, Code: "Success" }), code: undefined, message: undefined }
}

const respond = (state: State, path: string, now: number): Written => {
  const [role] = state.roles
  if (role === undefined) return notFound
  if (path === roles || `${path}/` === roles) return text(role)
  return path === `${roles}${role}` ? keysOf(state, role, now) : notFound
}

export const protocol: Recognizing = {
  serves: ({ path }) => path.startsWith(root),
  maxBodySize: 0,
  read: ({ method, path }) => ({
    action: undefined,
    parameters: new Map(),
    check: (state) =>
      method === "GET"
        ? Result.succeed({
          action: "",
          run: (now): Executed => ({ response: respond(state, path, now), executed: false })
        })
        : Result.fail({ ...text("405 - Method Not Allowed"), status: 405 })
  }),
  writeError: ({ code, message }) => ({
    body: JSON.stringify({ Code: String(code) }),
    code,
    message
  }),
  emptySuccess: () => JSON.stringify({ Code: "Success" })
}
