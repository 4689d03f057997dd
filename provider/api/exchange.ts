import type { Agent, ClientRequest, IncomingMessage } from "node:http";
import type { Endpoint } from "./connection";
import type { CwpError } from "./errors";
import { explainCompression, explainCut, explainNoJson, explainRedirect, explainSize } from "./explain";

/** The most bytes of an answer. CWP's longest, a page of 100 machines, has some 200 000. */
export const MOST_BYTES = 10_000_000;

/** The method of an agent that Node.js calls for each request. Its types leave it out. */
interface TakesRequests {
  addRequest(request: ClientRequest, options: unknown): void;
}

/**
 * One request and its answer. The SDK's HTTP library follows redirects with the token and the body, reads
 * answers of any size, and waits for ever for the rest of an answer that was cut. So the agent lets one
 * request pass, refuses the next, and watches the answer at the socket.
 */
export class Exchange {
  /** The reason why the answer must not be used; undefined if it may be used. */
  refusal: CwpError | undefined;
  private isSent = false;
  private answer: IncomingMessage | undefined;

  /** `end` aborts when the request is given up, and is aborted here if the answer must not be read on. */
  constructor(
    private readonly endpoint: Endpoint,
    private readonly end: AbortController,
  ) {}

  /** Aborts when the request is given up. */
  get signal(): AbortSignal {
    return this.end.signal;
  }

  /** Makes an agent for this request alone. It uses the connections of `agent`. */
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
    const { location, "content-type": type, "content-encoding": encoding = "identity" } = headers;
    if (statusCode >= 300 && statusCode < 400 && location !== undefined) {
      // The request continues here: its library would leave a rejection that nothing handles.
      this.refusal = explainRedirect(this.endpoint, statusCode, location);
    } else if (statusCode === 200) {
      if (encoding !== "identity") {
        // A few bytes can expand to gigabytes, and the request has asked for no compression.
        this.refuse(explainCompression(this.endpoint.host));
      }
      if (type === "text/event-stream") {
        // The SDK would read it without an end, and with errors that nothing handles.
        this.refuse(explainNoJson(this.endpoint.host));
      }
      this.watchBody(answer);
    }
  }

  private watchBody(answer: IncomingMessage): void {
    let bytes = 0;
    answer.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) {
        this.refuse(explainSize(this.endpoint.host));
      }
    });
    answer.once("close", () => {
      if (!answer.complete) {
        this.refuse(explainCut(this.endpoint.host));
      }
    });
  }

  private refuse(reason: CwpError): void {
    if (!this.signal.aborted) {
      this.refusal = reason;
      this.end.abort();
    }
  }
}
