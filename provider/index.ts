/** What the shim in a stack's state calls, in Pulumi's provider process. See sdk/shim.ts. */
export { check, configure, create, diff, read, readStatus, update } from "./dynamic/door";
