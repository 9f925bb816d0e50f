/**
 * `call <service> <Action>`: sends one action of API 3.0, signed and retried, and prints its response or the events of its stream.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import type { Failure } from "effect-tencentcloud"
import { TencentClient } from "effect-tencentcloud/client"
import type { Language } from "effect-tencentcloud/ErrorKindText"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { credentialsLayer, regionOf } from "./account.ts"
import { type Action, actionOf, isStreamAction } from "./action.ts"
import { end, endWith } from "./exit.ts"
import { jsonFlag } from "./flags.ts"
import { languageFlag } from "./language.ts"
import { json, print } from "./output.ts"
import { makeProgress, type Progress } from "./progress.ts"
import { failureLines, reportOf } from "./report.ts"
import { readRequest } from "./request.ts"
import { words } from "./words.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Flags
// ---------------------------------------------------------------------------------------------------------------------

const version = Flag.String("version").pipe(
  Flag.filter((text) => /^\d{4}-\d{2}-\d{2}$/.test(text), () => "A version is a date, such as 2017-03-12"),
  Flag.optional,
  Flag.withMetavar("date"),
  Flag.withDescription("The version of the service, such as 2017-03-12, by default its main one")
)

/** A host alone is served over HTTPS, as the vendor's tools take it. */
const endpointOf = (text: string): URL | undefined => {
  const url = URL.parse(text.includes("://") ? text : `https://${text}`)
  return url === null || !/^https?:$/.test(url.protocol) ? undefined : url
}

const endpoint = Flag.String("endpoint").pipe(
  Flag.filterMap((text) => Option.fromUndefinedOr(endpointOf(text)), (text) => `${text} is neither a URL nor a host`),
  Flag.optional,
  Flag.withMetavar("url"),
  Flag.withDescription("Where the request goes, by default to the public host of the service")
)

// ---------------------------------------------------------------------------------------------------------------------
// Calling
// ---------------------------------------------------------------------------------------------------------------------

/** Prints a failure, as data on stdout or for people on stderr, and ends with an exit code that says whether anything may have run. */
const fail = (error: Failure.Failure, language: Language, asJson: boolean) =>
  Effect.gen(function*() {
    const report = reportOf(error, language)
    yield* asJson
      ? print("stdout", [json({ error: report })])
      : print("stderr", failureLines("stderr", report, language))
    return yield* end(report.outcome === "notRun" ? "failure" : "mayHaveRun")
  })

/** Sends a request and prints the response. Of an action that has events, each is printed as it comes, on a line of its own. */
const send = (action: Action, request: unknown, { received }: Progress, indent: number | undefined) =>
  TencentClient.TencentClient.use((client) =>
    isStreamAction(action)
      ? Stream.runForEach(
        client.stream(action, request),
        (event) => Effect.andThen(received, print("stdout", [json(event)]))
      )
      : Effect.flatMap(
        client.call(action, request),
        (response) => Effect.andThen(received, print("stdout", [json(response, indent)]))
      )
  )

export const call = Command.make("call", {
  service: Argument.String("service").pipe(Argument.withDescription("The service, such as cvm")),
  action: Argument.String("action").pipe(Argument.withDescription("The action, such as DescribeZones")),
  request: Flag.String("request").pipe(
    Flag.withDefault("{}"),
    Flag.withMetavar("json|@file|-"),
    Flag.withDescription("The request: JSON, @ and the name of a file, or - for stdin; by default {}")
  ),
  version,
  region: Flag.String("region").pipe(
    Flag.optional,
    Flag.withDescription("The region, by default TENCENTCLOUD_REGION or that of the profile")
  ),
  profile: Flag.String("profile").pipe(
    Flag.optional,
    Flag.withDescription("A profile of the vendor's tools, by default TCCLI_PROFILE or default")
  ),
  endpoint,
  lang: languageFlag,
  json: jsonFlag
}, ({ json: asJson, lang, ...flags }) =>
  Effect.gen(function*() {
    const request = yield* readRequest(flags.request)
    const profile = Option.getOrUndefined(flags.profile)
    const action = yield* actionOf(flags.service, flags.action, Option.getOrUndefined(flags.version))
    const region = yield* regionOf({ region: Option.getOrUndefined(flags.region), profile }).pipe(
      Effect.catch((error) => fail(error, lang, asJson))
    )
    const progress = yield* makeProgress(action)
    // The requests for keys of a role are none of the call.
    const http = Layer.effect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, progress.counted))
    const live = TencentClient.layer({
      region,
      endpoint: Option.getOrUndefined(flags.endpoint),
      // The services have no Korean messages.
      language: lang === "zh" ? "zh-CN" : "en-US"
    }).pipe(
      Layer.provide([http, credentialsLayer(profile)]),
      Layer.provide(NodeHttpClient.layerUndici)
    )
    const sent = send(action, request, progress, asJson ? undefined : 2).pipe(Effect.provide(live))
    yield* progress.show(sent).pipe(
      Effect.onInterrupt(() => print("stderr", [words[lang].interrupted[progress.interrupted()]])),
      Effect.catch((error) => fail(error, lang, asJson))
    )
  }).pipe(
    Effect.catchTags({
      NoSuchAction: ({ message }) => endWith("usage", message),
      NotARequest: ({ message }) => endWith("usage", `The request cannot be sent. ${message}`),
      NoInput: ({ message }) => endWith("usage", message)
    })
  )).pipe(
    Command.withDescription(
      "Sends one action of API 3.0, signed and retried, and prints its response. The request of an action that is described is " +
        "checked first, and it is repeated as its description allows. Any other action needs --version, takes any JSON object, " +
        "and counts as one that changes something, so it is repeated only where nothing ran. Exits with 0 for a success, 1 for a " +
        "failure after which nothing ran, 3 for one after which the action ran or may have run."
    ),
    Command.withShortDescription("Sends one action of API 3.0"),
    Command.withExamples([
      {
        command: "effect-tencentcloud-cli call cvm DescribeZones --region ap-guangzhou",
        description: "No parameters"
      },
      {
        command: "effect-tencentcloud-cli call cvm RunInstances --request @order.json",
        description: "A request in a file"
      },
      {
        command: "effect-tencentcloud-cli call sts GetCallerIdentity --json",
        description: "As data, also the failure"
      }
    ])
  )
