/**
 * The functions that the shim in a stack's state calls, in Pulumi's provider process (sdk/shim.ts). These
 * names are in the state of every stack, so they never change; nor do `timeouts`, `__urn`, `unfinishedRun`
 * and `__account` in their arguments.
 */
export { check, configure, create, diff, read, update } from "./dynamic/provider";
