import type { Agent } from "node:http";
import { attempt } from "./attempt";
import { causeOf } from "./cause";
import { proxyFor } from "./proxy";

/**
 * The agent for all requests to an endpoint: it keeps connections alive between two polls, and it uses the
 * proxy that the environment names. Without an agent, the SDK would read `http_proxy` alone and ignore
 * NO_PROXY. Throws SettingsError.
 */
export async function openAgent(protocol: "http:" | "https:", host: string): Promise<Agent> {
  if (protocol === "http:") {
    // Only a loopback address has no TLS, and no proxy can reach it.
    const { Agent } = await import("node:http");
    return nameCauses(new Agent({ ...attempt, keepAlive: true }));
  }
  const proxy = proxyFor(host, process.env);
  if (proxy) {
    const { ProxyAgent } = await import("./proxyAgent");
    return new ProxyAgent(proxy);
  }
  const { Agent } = await import("node:https");
  return nameCauses(new Agent({ ...attempt, keepAlive: true }));
}

/** Gives an error without a message its cause as the message, since the SDK passes on nothing else. */
function nameCauses(agent: Agent): Agent {
  const createConnection = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = createConnection(options, callback);
    socket?.prependOnceListener("error", (error) => {
      error.message ||= causeOf(error);
    });
    return socket;
  };
  return agent;
}
