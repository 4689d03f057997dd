import type { Agent, ClientRequest, IncomingMessage } from "node:http";
import type { Endpoint } from "./connection";
import type { CwpError } from "./errors";
import { explainRedirect } from "./explain";

/** What Node.js calls on an agent for each request. Its types leave it out. */
interface TakesRequests {
  addRequest(request: ClientRequest, options: unknown): void;
}

/**
 * One request and its answer. The SDK's HTTP library follows redirects with the token and the body, so the
 * agent that it is given lets one request pass and refuses the next.
 */
export class Exchange {
  /** Why the answer must not be used; undefined if nothing is wrong with it. */
  refusal: CwpError | undefined;
  private readonly end = new AbortController();
  private isSent = false;
  private answer: IncomingMessage | undefined;

  constructor(private readonly endpoint: Endpoint) {}

  /** Aborts when the request is given up. */
  get signal(): AbortSignal {
    return this.end.signal;
  }

  giveUp(): void {
    this.end.abort();
  }

  /** An agent for this request alone. It uses the connections of `agent`. */
  agentFrom(agent: Agent): Agent {
    const addRequest = (request: ClientRequest, options: unknown) => {
      if (this.isSent) {
        throw this.refusal ?? new Error("refused");
      }
      this.isSent = true;
      request.once("response", (answer) => this.watch(answer));
      (agent as Agent & TakesRequests).addRequest(request, options);
    };
    return Object.create(agent, { addRequest: { value: addRequest } });
  }

  /** Ends the exchange: no connection is left that waits for the rest of an answer. */
  close(): void {
    if (this.answer?.complete) {
      this.answer.unpipe().resume();
    } else {
      this.end.abort();
    }
  }

  private watch(answer: IncomingMessage): void {
    this.answer = answer;
    const { statusCode = 0, headers } = answer;
    if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
      // The request is not given up here: its library would leave a rejection that nothing handles.
      this.refusal = explainRedirect(this.endpoint, statusCode, headers.location);
    }
  }
}
