/** The flags of the command, and its help. */
import { parseArgs } from "node:util";
import { emulatorAccount } from "../http/options";
import { UsageError } from "./usageError";

/** The text of `cwp-emulator --help`. */
export const help = `Usage: cwp-emulator [options]

A Tencent Cloud CWP endpoint on this machine that knows SyncMachines and DescribeMachines, and of
STS AssumeRole, GetCallerIdentity and others. It prints its URL, then one line for each request,
until it is interrupted.

Options:
  --port N            TCP port on 127.0.0.1 (default 0: any that is free)
  --hosts IDS         instance ids with commas between, listed after the next sync (default: none)
  --sync-seconds S    how long a machine sync takes (default 2)
  --scenario FILE     a JSON file: accounts, roles and hosts, sync time and faults
  --faults JSON       its faults alone, each as POST /_emulator/faults takes it; repeatable
  --secret-id ID      SecretId to accept (default ${emulatorAccount.secretId})
  --secret-key KEY    SecretKey to accept (default ${emulatorAccount.secretKey})
  --token T           session token to ask for (default: none)
  --role-arn ARN      role that STS, at the same URL, lets a client assume (default: none)
  --quiet             print the URL only
  --help              print this text

Example: syncs of 5 s, answers up to 3 s old, one host, and the answer to the first request that
starts a sync is lost.
  cwp-emulator --port 8080 --scenario lost.json

  lost.json:
  {
    "syncSeconds": 5,
    "faults": { "staleSeconds": 3 },
    "inject": [{ "inject": { "loseAnswer": true }, "on": "start" }],
    "hosts": [{ "id": "ins-web" }]
  }

  The same faults without a file:
  cwp-emulator --faults '{"staleSeconds": 3}' \\
    --faults '{"inject": {"loseAnswer": true}, "on": "start"}'

Faults of CWP, which last ("faults"). A start is a request with "Sync": true.
  startLagSeconds: 4        a sync begins so much later than its start
  staleSeconds: 3           answers are up to so old; with staleAlways: true, exactly
  forgets: true             NOTASK in place of FINISHED
  emptyTimes: true          no times
  laggingTimesSeconds: 3    the times change so much later than the state
  laggingStateSeconds: 3    the state changes so much later than the times
  neverEnds: 1              so many syncs never end; true: none does
  deafTriggers: 1           so many starts have no effect
  busyTrigger: "FailedOperation"   a start during a sync is refused (or "ResourceInUse", "join")
  unknownState: "PAUSED"    this State, whatever the true one
  foreignSyncs: [{"inSeconds": 9, "seconds": 5}]   another pipeline starts syncs
  backToBackSeconds: 8      another pipeline syncs without a pause, so long each time
  laggingListSeconds: 3     DescribeMachines knows of a finished sync so much later
  looseFilters: true        its filters match a part of an id, a name or an address, too
  deniedActions: ["DescribeMachines"]   the keys have no permission for these actions

Faults of single requests ("inject"): {"inject": FAULT, "times": 1, "after": 0, "on": "any"}.
"on" is start (or trigger), read, sts, any, the name of an action, or metadata. FAULT is one of
  error: "RequestLimitExceeded", http: 502, body: "…", html: true, empty: true
                            that in place of an answer; the request is not carried out
  reset: true, hang: true   the connection breaks, or no answer; not carried out either
  loseAnswer: true, truncate: true
                            carried out, but the answer is lost, or breaks off in the middle
  delaySeconds: 3           carried out, answered so much later

Paths of its own, JSON without a signature:
  POST   /_emulator/hosts         {"id": "ins-1"} or a list: add hosts, listed after the next sync
  GET    /_emulator/hosts         all hosts; "visible" if CWP lists them
  GET    /_emulator/requests      the API requests so far
  DELETE /_emulator/requests      forget them
  POST   /_emulator/faults        {"neverEnds": 1}: have this fault; {}: be healthy; {"inject": …}
  POST   /_emulator/advance       {"seconds": 60}: move the emulated clock forward
  POST   /_emulator/foreign-sync  {"seconds": 5}: another pipeline starts a sync
`;

/** Reads the flags as text, not yet their meaning. Throws a UsageError. */
export function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: "string" },
        hosts: { type: "string" },
        "sync-seconds": { type: "string" },
        scenario: { type: "string" },
        faults: { type: "string", multiple: true },
        "secret-id": { type: "string" },
        "secret-key": { type: "string" },
        token: { type: "string" },
        "role-arn": { type: "string" },
        quiet: { type: "boolean" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    // Node's first sentence is enough.
    const [sentence] = (error instanceof Error ? error.message : String(error)).split(/\.\s/);
    throw new UsageError(`${sentence}. See cwp-emulator --help.`);
  }
}
