/**
 * The action that `call` sends: one that `effect-tencentcloud-services` describes, or one of any name.
 */
import type { Failure } from "effect-tencentcloud"
import { TencentAction } from "effect-tencentcloud/v3"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { hasProperty, isObject } from "effect/Predicate"
import * as Schema from "effect/Schema"

/** An action whose request and response are JSON. */
export type Action = TencentAction.Action<unknown, unknown, Failure.Failure>

/** An action whose response can be a stream of events. */
export type StreamAction = TencentAction.StreamAction<unknown, unknown, Failure.Failure, unknown>

/** Every action of a service has the member, and those with events have a value in it. */
export const isStreamAction = (action: Action): action is StreamAction =>
  hasProperty(action, "events") && action.events !== undefined

/** There is no such action, as far as it is known. */
export class NoSuchAction extends Data.TaggedError("NoSuchAction")<{ readonly message: string }> {}

/** An action that is not described: it takes any JSON, and counts as one that changes something, whatever its name. */
const undescribed = (service: string, name: string, version: string): Action =>
  TencentAction.make(name, {
    service,
    version,
    request: Schema.Unknown,
    response: Schema.Unknown,
    idempotent: false
  })

// ---------------------------------------------------------------------------------------------------------------------
// Described actions
// ---------------------------------------------------------------------------------------------------------------------

type Actions = ReadonlyMap<string, Action>

const isAction = (value: unknown): value is Action =>
  isObject(value) && hasProperty(value, "protocol") && hasProperty(value, "version")

const isMissing = (error: unknown): boolean =>
  hasProperty(error, "code") &&
  (error.code === "ERR_MODULE_NOT_FOUND" || error.code === "ERR_PACKAGE_PATH_NOT_EXPORTED")

const none: Actions = new Map()

/** The actions of a service, or of one version of it that is not the main one. None where it is not described. */
const actionsOf = (service: string, version?: string): Effect.Effect<Actions> => {
  // It becomes a part of a path.
  if (!/^[a-z][a-z\d-]*$/.test(service)) return Effect.succeed(none)
  const name = version === undefined ? service : `${service}.${version}`
  return Effect.promise(async () => {
    try {
      const module: object = await import(`effect-tencentcloud-services/${name}`)
      return new Map(Object.entries(module).filter((entry): entry is [string, Action] => isAction(entry[1])))
    } catch (error) {
      if (isMissing(error)) return none
      throw error
    }
  })
}

const versionOf = (actions: Actions): string | undefined => [...actions.values()][0]?.version

/** An action by its name, whatever the case of its letters. */
const find = (actions: Actions, name: string): Action | undefined => {
  const lower = name.toLowerCase()
  return actions.get(name) ?? [...actions.values()].find((action) => action.name.toLowerCase() === lower)
}

/** How many letters must be put in, left out or replaced to make one name of the other. */
const distance = (a: string, b: string): number => {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (const [row, letter] of Array.from(a).entries()) {
    const current = [row + 1]
    for (let column = 1; column <= b.length; column++) {
      const replaced = above[column - 1]! + (letter === b[column - 1] ? 0 : 1)
      current.push(Math.min(replaced, above[column]! + 1, current[column - 1]! + 1))
    }
    above = current
  }
  return above[b.length]!
}

/** Names that a slip of the finger could make of this one, the nearest first. */
const near = (actions: Actions, name: string): ReadonlyArray<string> =>
  [...actions.keys()]
    .filter((known) => Math.abs(known.length - name.length) <= 3)
    .map((known) => ({ known, slips: distance(known.toLowerCase(), name.toLowerCase()) }))
    .filter(({ slips }) => slips <= 3)
    .toSorted((a, b) => a.slips - b.slips)
    .slice(0, 3)
    .map(({ known }) => known)

const noSuchAction = (service: string, name: string, actions: Actions): NoSuchAction => {
  const anyway = "Say the --version of the service to send it anyway."
  if (actions.size === 0) return new NoSuchAction({ message: `The service ${service} is not described. ${anyway}` })
  const names = near(actions, name)
  const hint = names.length === 0 ? "" : ` Did you mean ${names.join(" or ")}?`
  return new NoSuchAction({ message: `${service} has no action ${name} that is described.${hint} ${anyway}` })
}

/** The action of a service, of its main version unless `version` says otherwise. Only one with a version can be undescribed. */
export const actionOf = (
  service: string,
  name: string,
  version: string | undefined
): Effect.Effect<Action, NoSuchAction> =>
  Effect.gen(function*() {
    const main = yield* actionsOf(service)
    const isMain = version === undefined || versionOf(main) === version
    const action = find(isMain ? main : yield* actionsOf(service, version), name)
    if (action !== undefined) return action
    return version === undefined ? yield* noSuchAction(service, name, main) : undescribed(service, name, version)
  })
