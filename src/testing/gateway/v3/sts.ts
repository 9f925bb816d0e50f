/**
 * The actions of `sts`, version 2018-08-13: who calls, and temporary keys for a role.
 */
import * as Result from "effect/Result"
import type { State } from "../state.ts"
import { described, issueKeys, type RoleSession } from "../temporaryKeys.ts"
import { type Action, type Call, names, type Outcome, readOnly, settle } from "./action.ts"
import { readInteger, requireText } from "./parameters.ts"
import { type Checked, fail, shown } from "./refusal.ts"

const getCallerIdentity = ({ credentials, issuedKeys }: State, { account, secretId = "" }: Call): Outcome => {
  const role = credentials.get(secretId)?.role
  const { applicant = account, session = role } = issuedKeys.get(secretId) ?? {}
  const id = role === undefined ? account : `4611686000000000001:${session}`
  return readOnly(Result.succeed({
    Type: role === undefined ? "RootAccount" : "CAMRole",
    AccountId: account,
    UserId: id,
    PrincipalId: applicant,
    Arn: role === undefined ? `qcs::cam::uin/${account}:root` : `qcs::sts:${account}:assumed-role/${id}`
  }))
}

// ---------------------------------------------------------------------------------------------------------------------
// Roles
// ---------------------------------------------------------------------------------------------------------------------

const roleArn = /^qcs::cam::uin\/(\d{1,20}):roleName\/([\w.-]{1,128})$/

const sessionName = /^[\w+=,.@-]{2,128}$/

/** The documented default and the longest time, in seconds. */
const usualTime = 7200
const longestTime = 43_200

const readRole = ({ account: applicant, parameters }: Call): Checked<RoleSession> =>
  Result.gen(function*() {
    const arn = yield* requireText(parameters, "RoleArn")
    const [, account, role] = roleArn.exec(arn) ?? []
    if (account === undefined || role === undefined) {
      return yield* fail("InvalidParameter.ParamError", `The value of \`RoleArn\` is no role: ${shown(arn)}`)
    }
    const session = yield* requireText(parameters, "RoleSessionName")
    return sessionName.test(session)
      ? { account, role, session, applicant }
      : yield* fail("InvalidParameter.ParamError", "The value of `RoleSessionName` must be 2 to 128 letters or digits.")
  })

const readDuration = ({ parameters }: Call): Checked<number> =>
  Result.flatMap(
    readInteger(parameters, "DurationSeconds", { min: 0, max: Number.MAX_SAFE_INTEGER, default: usualTime }),
    (seconds) =>
      seconds > longestTime
        ? fail("InvalidParameter.OverTimeError", `\`DurationSeconds\` is more than ${longestTime}.`)
        : Result.succeed(seconds)
  )

const assume = (state: State, session: RoleSession, seconds: number, now: number): Outcome => {
  const { credentials, expiry } = described(issueKeys(state, session, seconds, now))
  return { result: Result.succeed({ Credentials: credentials, ...expiry }), executed: true }
}

const assumeRole = (state: State, call: Call): Outcome =>
  settle(Result.gen(function*() {
    const session = yield* readRole(call)
    const seconds = yield* readDuration(call)
    return state.roles.includes(session.role)
      ? assume(state, session, seconds, call.now)
      : yield* fail("ResourceNotFound.RoleNotFound", `The role ${shown(session.role)} does not exist.`)
  }))

/** Three parts of base64url, as a token of OpenID Connect has them. Who signed it is not checked. */
const webIdentity = /^[\w-]{1,65536}\.[\w-]{1,65536}\.[\w-]{0,65536}$/

const assumeRoleWithWebIdentity = (state: State, call: Call): Outcome =>
  settle(Result.gen(function*() {
    yield* requireText(call.parameters, "ProviderId")
    const token = yield* requireText(call.parameters, "WebIdentityToken")
    if (!webIdentity.test(token)) {
      return yield* fail("InvalidParameter.WebIdentityTokenError", "The value of `WebIdentityToken` is no token.")
    }
    const session = yield* readRole(call)
    const seconds = yield* readDuration(call)
    return state.roles.includes(session.role)
      ? assume(state, session, seconds, call.now)
      : yield* fail("UnauthorizedOperation", `The role ${shown(session.role)} cannot be assumed.`)
  }))

// ---------------------------------------------------------------------------------------------------------------------
// Actions
// ---------------------------------------------------------------------------------------------------------------------

const roleNames = "RoleArn RoleSessionName DurationSeconds"

const sts = { service: "sts", version: "2018-08-13" }

export const actions = (): ReadonlyArray<Action> => [
  { ...sts, name: "GetCallerIdentity", parameters: new Set(), run: getCallerIdentity },
  {
    ...sts,
    name: "AssumeRole",
    parameters: names(`${roleNames} Policy ExternalId Tags SourceIdentity SerialNumber TokenCode`),
    run: assumeRole
  },
  {
    ...sts,
    name: "AssumeRoleWithWebIdentity",
    skipSign: true,
    parameters: names(`${roleNames} ProviderId WebIdentityToken`),
    run: assumeRoleWithWebIdentity
  }
]
