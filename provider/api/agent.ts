/** The HTTP agents, one for each endpoint and proxy. */
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
    // Only a loopback address is spoken to without TLS, and no proxy can reach that one.
    const { Agent } = await import("node:http");
    return sayingWhy(new Agent({ ...attempt, keepAlive: true }));
  }
  const proxy = proxyFor(host, process.env);
  if (proxy) {
    const { ProxyAgent } = await import("./proxyAgent");
    return new ProxyAgent(proxy);
  }
  const { Agent } = await import("node:https");
  return sayingWhy(new Agent({ ...attempt, keepAlive: true }));
}

/** The SDK passes on no more than an error's message, so one without a message gets its own here. */
function sayingWhy(agent: Agent): Agent {
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
