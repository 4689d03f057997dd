/**
 * A CWP endpoint on this machine, for tests, demos and stacks without a network: it checks signatures as
 * Tencent Cloud does, has the syncs and the hosts of an account, and has faults on demand. At the same URL it
 * replaces STS and the metadata service of a CVM instance, whose temporary credentials it accepts.
 *
 * ```ts
 * import { startEmulator } from "pulumi-tencentcloud-cwp/emulator";
 *
 * const emulator = await startEmulator({ syncSeconds: 5 });
 * emulator.addHost({ id: "ins-1" });
 * // … send requests to emulator.url, signed with emulatorAccount …
 * emulator.advance(5);
 * console.log(emulator.machines());
 * await emulator.stop();
 * ```
 *
 * @module pulumi-tencentcloud-cwp/emulator
 */

export type { ActionName } from "./api/action";
export type { Claims, RequestKind } from "./api/claims";
export type { Account } from "./api/keys";
export type { CamRole, Role } from "./api/roles";
export type { Emulator } from "./http/emulator";
export type { GatewayFault, Injection } from "./http/injectedFaults";
export { type EmulatorOptions, emulatorAccount } from "./http/options";
export type { LoggedRequest, MetadataRequest } from "./http/requestLog";
export { startEmulator } from "./http/server";
export type { Faults, ForeignSync } from "./world/faults";
export type { Host, HostView, NewHost } from "./world/hosts";
export type { Run } from "./world/status";
