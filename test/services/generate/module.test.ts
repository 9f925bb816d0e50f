import { assert, describe, it } from "@effect/vitest"
import { read } from "../../../services/generate/description.ts"
import { declarations, javascript } from "../../../services/generate/module.ts"

const text = `service demo 2020-01-01

kind exists
  InvalidThing.Exists

action Chat sse
  response Note Note

action ChatMore sse

action CreateThing clientToken
  request Thing Thing!, Note Note
  response ThingId int64*, Thing Thing
  errors InvalidParameter InvalidThing.Exists

action DescribleThings readOnly offline
  response Image Image, Trees Tree[]?

action ListImages readOnly
  request Offset string, Limit string
  response Page Page
  pages Page.Images Page.Total offset Offset Limit

action Upload multipart skipSign
  request File binary!

type Image: Format string(png|jpg)
type Note: Text string-
type Page: Images Image[], Total int64
type Thing: Name string!, Count uint64
type Tree: Trees Tree[], upload bool
type Upload: A string
`

describe("the files of a module", () => {
  const description = read(text.replace("Image Image", "Image Image, Upload Upload"), "demo.api")

  it("are, in JavaScript, a compact text for each type and each action", () => {
    assert.strictEqual(
      javascript("demo", description),
      `// Made from api/demo.api by the build.
import { action, type } from "../internal/action.js"
const at = ["demo", "2020-01-01"]
const Image$ = /*#__PURE__*/ type("Format")
const Note$ = /*#__PURE__*/ type("Text")
const Page$ = /*#__PURE__*/ type("Images:0[],Total:i", () => [Image$])
const Thing$ = /*#__PURE__*/ type("Name!,Count:u")
const Tree$ = /*#__PURE__*/ type("Trees:0[],upload:b", () => [Tree$])
const Upload$ = /*#__PURE__*/ type("A")
export const Chat = /*#__PURE__*/ action(at, "Chat", "", "Note:0", "", () => [Note$], { stream: true })
export const ChatMore = /*#__PURE__*/ action(at, "ChatMore", "", "", "", undefined, { stream: true })
export const CreateThing = /*#__PURE__*/ action(at, "CreateThing", "Thing:0!,Note:1", "ThingId:i,Thing:0", "exists InvalidThing.Exists", () => [Thing$, Note$], { clientToken: true })
export const DescribleThings = /*#__PURE__*/ action(at, "DescribleThings", "", "Image:0,Upload:1,Trees:2[]", "", () => [Image$, Upload$, Tree$], { idempotent: true })
export const ListImages = /*#__PURE__*/ action(at, "ListImages", "Offset,Limit", "Page:0", "", () => [Page$], { pages: "Page.Images Page.Total offset Offset Limit text" })
export const Upload = /*#__PURE__*/ action(at, "Upload", "File:x!", "", "", undefined, { skipSign: true, body: "multipart" })
`
    )
  })

  it("are, in declarations, an interface for each type and what each action is", () => {
    assert.strictEqual(
      declarations("demo", description),
      `// Made from api/demo.api by the build.
import type { TencentAction, TencentError } from "effect-tencentcloud/v3"
import type { Extra } from "../internal/action.js"
export interface ImageType {
  readonly Format?: "png" | "jpg" | (string & {})
}
export interface Note {
  /** @deprecated Disabled. */
  readonly Text?: string | undefined
}
export interface Page {
  readonly Images?: ReadonlyArray<ImageType>
  readonly Total?: number
}
export interface Thing {
  readonly Name?: string
  readonly Count?: number
}
export interface ThingInRequest {
  readonly Name: string
  readonly Count?: number | undefined
}
export interface Tree {
  readonly Trees?: ReadonlyArray<Tree>
  readonly upload?: boolean
}
export interface UploadType {
  readonly A?: string
}
export interface ChatRequest extends Extra {}
export interface ChatResponse {
  readonly Note?: Note
  readonly RequestId: string
}
export interface ChatEvent {
  readonly Note?: Note
}
export type ChatError = TencentError.TencentError
export declare const Chat: TencentAction.StreamAction<ChatRequest, ChatResponse, ChatError, ChatEvent>
export interface ChatMoreRequest extends Extra {}
export interface ChatMoreResponse {
  readonly RequestId: string
}
export type ChatMoreError = TencentError.TencentError
export declare const ChatMore: TencentAction.StreamAction<ChatMoreRequest, ChatMoreResponse, ChatMoreError, unknown>
export interface CreateThingRequest extends Extra {
  readonly Thing: ThingInRequest
  readonly Note?: Note | undefined
}
export interface CreateThingResponse {
  readonly ThingId?: number | bigint
  readonly Thing?: Thing
  readonly RequestId: string
}
export type CreateThingError = TencentError.TencentError<TencentError.Errors<{
  exists: "InvalidThing.Exists"
}>>
export declare const CreateThing: TencentAction.Action<CreateThingRequest, CreateThingResponse, CreateThingError>
export interface DescribleThingsRequest extends Extra {}
export interface DescribleThingsResponse {
  readonly Image?: ImageType
  readonly Upload?: UploadType
  readonly Trees?: ReadonlyArray<Tree>
  readonly RequestId: string
}
export type DescribleThingsError = TencentError.TencentError
/** @deprecated Offline. */
export declare const DescribleThings: TencentAction.Action<DescribleThingsRequest, DescribleThingsResponse, DescribleThingsError>
export interface ListImagesRequest extends Extra {
  readonly Offset?: string | undefined
  readonly Limit?: string | undefined
}
export interface ListImagesResponse {
  readonly Page?: Page
  readonly RequestId: string
}
export type ListImagesError = TencentError.TencentError
export declare const ListImages: TencentAction.PagedAction<ListImagesRequest, ListImagesResponse, ListImagesError, ImageType, "Offset">
export interface UploadRequest extends Extra {
  readonly File: Uint8Array
}
export interface UploadResponse {
  readonly RequestId: string
}
export type UploadError = TencentError.TencentError
export declare const Upload: TencentAction.Action<UploadRequest, UploadResponse, UploadError>
`
    )
  })

  it("are not made where two interfaces would have one name", () => {
    const twins =
      "service demo 2020-01-01\n\naction Thing\n  response A Thing, B ThingType\n\ntype Thing:\ntype ThingType:\n"
    assert.throws(() => declarations("demo", read(twins, "demo.api")), /two interfaces would have the name ThingType/)
  })

  it("keep two types apart that differ in case only", () => {
    const twins =
      "service demo 2020-01-01\n\naction Get\n  response A Db, B DB\n\ntype DB: X string\ntype Db: Y string\n"
    const text = declarations("demo", read(twins, "demo.api"))
    assert.include(text, "export interface DB {\n  readonly X")
    assert.include(text, "export interface DbType {\n  readonly Y")
    assert.include(text, "  readonly A?: DbType\n  readonly B?: DB\n")
  })
})
