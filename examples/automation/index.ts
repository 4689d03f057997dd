import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { ConcurrentUpdateError, LocalWorkspace } from "@pulumi/pulumi/automation";
import * as cwp from "pulumi-tencentcloud-cwp";

/**
 * Runs `pulumi up` with these hosts. Resolves to the times of the sync and the quuid of each host, and rejects
 * with the error that is the cause.
 */
async function syncAfter(hosts: string[]): Promise<object> {
  const program = async () => {
    const { latestStartTime, latestEndTime, machines } = new cwp.MachineSync("machines", { hosts });
    const quuids = machines.apply((all) =>
      Object.fromEntries(all.map(({ instanceId, quuid }) => [instanceId, quuid])),
    );
    return { LatestStartTime: latestStartTime, LatestEndTime: latestEndTime, quuids };
  };
  const stack = await LocalWorkspace.createOrSelectStack(
    { projectName: "automation", stackName: "dev", program },
    // Here the provider process finds its packages, wherever the service was started.
    { workDir: __dirname },
  );
  const errors: string[] = [];
  try {
    const { outputs } = await stack.up({
      onOutput: (text) => process.stdout.write(text),
      onEvent: ({ diagnosticEvent: said }) => {
        if (said?.severity === "error") {
          errors.push(said.message.trim());
        }
      },
    });
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  } catch (error) {
    // The message of the error itself is everything that Pulumi has printed. The first error event is the
    // cause.
    throw errors[0] === undefined ? error : new Error(errors[0]);
  }
}

const server = createServer(async (request, response) => {
  const answer = (status: number, body: object) =>
    response.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify(body)}\n`);
  try {
    const hosts = await json(request).catch(() => undefined);
    if (Array.isArray(hosts)) {
      answer(200, await syncAfter(hosts));
    } else {
      answer(400, { error: 'Expected a JSON list of host ids, such as ["ins-web"].' });
    }
  } catch (error) {
    if (error instanceof ConcurrentUpdateError) {
      // Not queued: this request's hosts may be new to the sync in progress, so the client has to ask again.
      answer(409, { error: "Another request is being served. Ask again in a moment." });
    } else {
      answer(500, { error: error instanceof Error ? error.message : String(error) });
    }
  }
});

server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () =>
  console.log("Listening", server.address()),
);
