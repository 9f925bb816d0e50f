/**
 * The action that `call` sends: one that `effect-tencentcloud-services` describes, or one of any name.
 */
import type { Failure } from "effect-tencentcloud"
import { TencentAction } from "effect-tencentcloud/v3"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import { hasProperty, isObject } from "effect/Predicate"
import * as Schema from "effect/Schema"
import { declared } from "./declared.ts"
import { didYouMean, near } from "./near.ts"

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

const anyway = "Say the --version of the service to send it anyway."

/** With the known names that are nearly this one. */
const notDescribed = (what: string, known: Iterable<string>, name: string): NoSuchAction =>
  new NoSuchAction({ message: [what, didYouMean(near(known, name)), anyway].filter((text) => text !== "").join(" ") })

const noSuchService = (service: string) =>
  Effect.flatMap(
    declared,
    ({ services }) => notDescribed(`The service ${service} is not described.`, services, service)
  )

const noSuchAction = (service: string, name: string, actions: Actions): NoSuchAction =>
  notDescribed(`${service} has no action ${name} that is described.`, actions.keys(), name)

/**
 * The action of a service, of its main version unless `version` says otherwise; whatever the case of the letters. Only one with a
 * version can be undescribed.
 */
export const actionOf = (
  service: string,
  name: string,
  version: string | undefined
): Effect.Effect<Action, NoSuchAction, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const lower = service.toLowerCase()
    const main = yield* actionsOf(lower)
    const isMain = version === undefined || versionOf(main) === version
    const action = find(isMain ? main : yield* actionsOf(lower, version), name)
    if (action !== undefined) return action
    if (version !== undefined) return undescribed(main.size === 0 ? service : lower, name, version)
    return main.size === 0 ? yield* noSuchService(service) : yield* noSuchAction(lower, name, main)
  })
