import { randomUUID } from "node:crypto";
import { Failure } from "../world/failure";
import type { Action, Call, Note, Services } from "./action";
import { type Answer, failureAnswer, successAnswer } from "./answer";
import { type Api, apis } from "./apis";
import { readJsonBody } from "./json";
import type { Key } from "./keys";
import { RateLimit } from "./rateLimit";
import { type HttpRequest, parseAuthorization, verifySignature } from "./signature";

/** The largest body that a TC3-signed POST may have. */
export const MAXIMUM_BODY_BYTES = 10 * 1024 * 1024;

/**
 * The API gateway before CWP and STS: checks a request, then carries out its action. `realTime` answers
 * milliseconds since the epoch.
 */
export class Gateway {
  private readonly rateLimit = new RateLimit();

  constructor(
    private readonly services: Services,
    private readonly realTime: () => number,
  ) {}

  answer(request: HttpRequest): Answer {
    const requestId = randomUUID();
    const notes: string[] = [];
    try {
      return successAnswer(
        this.carryOut(request, (text) => notes.push(text)),
        requestId,
        notes,
      );
    } catch (error) {
      return failureAnswer(error, requestId, notes);
    }
  }

  /**
   * Each check needs the result of the check before: readable headers, the signer, the action, the rate
   * limit, and only then the parameters of the action.
   */
  private carryOut(request: HttpRequest, note: Note): object {
    checkReadable(request);
    const actionName = requiredHeader(request, "X-TC-Action");
    const version = requiredHeader(request, "X-TC-Version");
    if (!/^\d+$/.test(requiredHeader(request, "X-TC-Timestamp"))) {
      throw new Failure(
        "InvalidParameter",
        "X-TC-Timestamp is not valid: expected whole seconds since the epoch.",
      );
    }
    const isUnsigned = requiredHeader(request, "Authorization") === "SKIP" && canBeUnsigned(actionName);
    const signer = isUnsigned ? undefined : this.authenticate(request);
    const { action, api } = findAction(actionName, version);
    if (api.needsRegion) {
      requiredHeader(request, "X-TC-Region");
    }
    this.limit(action, signer);
    this.checkPermission(action, api, signer);
    const call: Call = { parameters: readJsonBody(request.body), signer, note };
    return action.carryOut(call, this.services);
  }

  private limit({ name, requestsPerSecond }: Action, signer: Key | undefined): void {
    const key = `${signer?.account ?? ""} ${name}`;
    const { allowed, requests } = this.rateLimit.count(key, requestsPerSecond, this.realTime());
    if (!allowed) {
      throw new Failure(
        "RequestLimitExceeded",
        `Your current request times equals to \`${requests}\` in a second, which exceeds the frequency limit \`${requestsPerSecond}\` for a second. Please reduce the frequency of calls.`,
      );
    }
  }

  /** The refusal of CAM, whose code and words are the same in every API. */
  private checkPermission({ name }: Action, { service }: Api, signer: Key | undefined): void {
    const { deniedActions = [] } = signer === undefined ? {} : this.services.worldOf(signer.account).faults;
    if (deniedActions.includes(name)) {
      throw new Failure(
        "AuthFailure.UnauthorizedOperation",
        `you are not authorized to perform operation (${service.toLowerCase()}:${name})\nresource (*) has no permission`,
      );
    }
  }

  private authenticate(request: HttpRequest): Key {
    const { keys } = this.services;
    const { secretId } = parseAuthorization(request.headers.authorization ?? "");
    const key = keys.find(secretId);
    if (key === undefined) {
      throw new Failure(
        "AuthFailure.SecretIdNotFound",
        "The SecretId is not found, please ensure that your SecretId is correct.",
      );
    }
    verifySignature(request, key.secretKey, this.realTime());
    const token = request.headers["x-tc-token"] || undefined;
    if (key.token === undefined && token !== undefined) {
      throw new Failure(
        "AuthFailure.TokenFailure",
        "This SecretId is permanent: X-TC-Token must not be set with it.",
      );
    }
    if (token !== key.token) {
      throw new Failure(
        "AuthFailure.TokenFailure",
        "This SecretId is temporary, and its X-TC-Token is missing or wrong.",
      );
    }
    if (keys.hasEnded(key)) {
      throw new Failure("AuthFailure.TokenFailure", "This SecretId is temporary, and it has expired.");
    }
    return key;
  }
}

function checkReadable({ method, body }: HttpRequest): void {
  if (method !== "POST") {
    throw new Failure("UnsupportedProtocol", `The emulator takes POST requests only; this was a ${method}.`);
  }
  if (body.length > MAXIMUM_BODY_BYTES) {
    throw new Failure("RequestSizeLimitExceeded", "The request is larger than 10 MB.");
  }
}

function canBeUnsigned(actionName: string): boolean {
  return apis.some(({ actions }) => actions.some(({ name, unsigned }) => name === actionName && unsigned));
}

function findAction(actionName: string, version: string): { api: Api; action: Action } {
  const api = apis.find((candidate) => candidate.version === version);
  if (api === undefined) {
    const known = apis.map((one) => `${one.version} (${one.service})`).join(" and ");
    throw new Failure("NoSuchVersion", `There is no API version \`${version}\`. The emulator has ${known}.`);
  }
  const action = api.actions.find(({ name }) => name === actionName);
  if (action === undefined) {
    const known = api.actions.map(({ name }) => name).join(", ");
    throw new Failure(
      "InvalidAction",
      `The request action=\`${actionName}\` is invalid. Of ${api.service} ${version}, the emulator knows ${known}.`,
    );
  }
  return { api, action };
}

function requiredHeader({ headers }: HttpRequest, name: string): string {
  const value = headers[name.toLowerCase()];
  if (value === undefined || value === "") {
    throw new Failure("MissingParameter", `The request is missing a required parameter \`${name}\`.`);
  }
  return value;
}
