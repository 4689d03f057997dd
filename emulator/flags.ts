import { parseArgs } from "node:util";
import { type EmulatorOptions, emulatorAccount } from "./server";

export const help = `Usage: cwp-emulator [options]

A Tencent Cloud CWP endpoint on this machine that knows SyncMachines and DescribeMachines.
It prints its URL, then one line for each request, until it is interrupted.

Options:
  --port N            TCP port on 127.0.0.1 (default 0: any that is free)
  --sync-seconds S    how long a machine sync takes (default 2)
  --secret-id ID      SecretId to accept (default ${emulatorAccount.secretId})
  --secret-key KEY    SecretKey to accept (default ${emulatorAccount.secretKey})
  --token T           session token to ask for (default: none)
  --role-arn ARN      role that STS, at the same URL, lets one assume (default: none)
  --quiet             print the URL only
  --help              print this text

Paths of its own, JSON without a signature:
  POST   /_emulator/hosts         {"id": "ins-1"} or a list: add hosts; CWP shows them after the next sync
  GET    /_emulator/hosts         all hosts, with whether CWP shows them
  GET    /_emulator/requests      the API requests so far
  DELETE /_emulator/requests      forget them
  POST   /_emulator/faults        {"neverEnds": 1}: misbehave; {}: be healthy; {"inject": {"http": 503}, "times": 2}
  POST   /_emulator/advance       {"seconds": 60}: move the emulated clock forward
  POST   /_emulator/foreign-sync  {"seconds": 5}: somebody else starts a sync
`;

/** A flag that cannot be used; the message says what was expected. */
export class BadFlag extends Error {}

/** What the command was told to do: print the help, or serve with these options. */
export type Order =
  | { readonly help: true }
  | { readonly help: false; readonly quiet: boolean; readonly options: EmulatorOptions };

/** Reads the command line. Throws a BadFlag. */
export function readFlags(args: readonly string[]): Order {
  const {
    port = "0",
    "sync-seconds": syncSeconds = "2",
    token,
    quiet = false,
    help,
    ...others
  } = parse(args);
  const { "secret-id": secretId, "secret-key": secretKey, "role-arn": roleArn } = others;
  if (help) {
    return { help };
  }
  if (!/^\d+$/.test(port) || Number(port) > 65535) {
    throw new BadFlag(`--port ${port} is not a port: expected a whole number from 0 to 65535.`);
  }
  if (!/^\d+(\.\d+)?$/.test(syncSeconds)) {
    throw new BadFlag(`--sync-seconds ${syncSeconds} is not a duration: expected seconds, such as 2 or 0.5.`);
  }
  if ((secretId === undefined) !== (secretKey === undefined)) {
    throw new BadFlag("--secret-id and --secret-key belong together: give both or neither.");
  }
  const account = {
    secretId: secretId ?? emulatorAccount.secretId,
    secretKey: secretKey ?? emulatorAccount.secretKey,
    ...(token !== undefined && { token }),
  };
  return {
    help: false,
    quiet,
    options: {
      port: Number(port),
      syncSeconds: Number(syncSeconds),
      accounts: [account],
      ...(roleArn !== undefined && { roles: [{ arn: roleArn }] }),
    },
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: "string" },
        "sync-seconds": { type: "string" },
        "secret-id": { type: "string" },
        "secret-key": { type: "string" },
        token: { type: "string" },
        "role-arn": { type: "string" },
        quiet: { type: "boolean" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    // Node explains at length; its first sentence says it.
    const [sentence] = (error instanceof Error ? error.message : String(error)).split(/\.\s/);
    throw new BadFlag(`${sentence}. See cwp-emulator --help.`);
  }
}
