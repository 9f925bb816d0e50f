/**
 * The actions are in a module for each service, `effect-tencentcloud-services/cvm`. This entry has what they have in common.
 */
export * as Description from "./Description.ts"
