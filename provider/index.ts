/**
 * What the shim in a stack's state calls, in Pulumi's provider process (sdk/shim.ts). These names stand in
 * the state of every stack, so they never change; and so do `timeouts`, `__urn`, `unfinishedRun` and `__account` in what
 * they are given.
 */
export { check, configure, create, diff, read, update } from "./dynamic/provider";
