import { Failure } from "./failure";

/**
 * Reads the named fields of a JSON object and refuses what does not belong there, with the codes that Tencent Cloud
 * documents: UnknownParameter for a name that is not known, InvalidParameter for a wrong type, InvalidParameterValue for
 * a value out of range, MissingParameter for a required one that is absent. A null counts as absent.
 */
export class Fields {
  readonly #values = new Map<string, unknown>();

  constructor(value: unknown, known: readonly string[]) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new Failure("InvalidParameter", "The request body is not valid: expected one JSON object.");
    }
    for (const [name, field] of Object.entries(value)) {
      if (!known.includes(name)) {
        throw new Failure(
          "UnknownParameter",
          `The parameter \`${name}\` is not recognized. Known: ${known.join(", ") || "none"}.`,
        );
      }
      if (field !== null) {
        this.#values.set(name, field);
      }
    }
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  value(name: string): unknown {
    return this.#values.get(name);
  }

  boolean(name: string): boolean | undefined {
    const value = this.#values.get(name);
    if (value === undefined || typeof value === "boolean") {
      return value;
    }
    throw wrongType(name, "true or false");
  }

  string(name: string): string | undefined {
    const value = this.#values.get(name);
    if (value === undefined || typeof value === "string") {
      return value;
    }
    throw wrongType(name, "a string");
  }

  requiredString(name: string): string {
    const value = this.string(name);
    if (value === undefined) {
      throw new Failure("MissingParameter", `The request is missing a required parameter \`${name}\`.`);
    }
    return value;
  }

  /** A finite number, not below 0. */
  number(name: string): number | undefined {
    const value = this.#values.get(name);
    if (value === undefined) {
      return undefined;
    }
    if (typeof value !== "number" || !Number.isFinite(value)) {
      throw wrongType(name, "a number");
    }
    if (value < 0) {
      throw wrongValue(name, "0 or more");
    }
    return value;
  }

  /** A whole number, not below 0 and at most `maximum`. */
  integer(name: string, maximum = Number.MAX_SAFE_INTEGER): number | undefined {
    const value = this.number(name);
    if (value !== undefined && !Number.isInteger(value)) {
      throw wrongType(name, "a whole number");
    }
    if (value !== undefined && value > maximum) {
      throw wrongValue(name, `at most ${maximum}`);
    }
    return value;
  }

  list(name: string): readonly unknown[] | undefined {
    const value = this.#values.get(name);
    if (value === undefined || Array.isArray(value)) {
      return value;
    }
    throw wrongType(name, "a list");
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.string(name);
    if (value === undefined) {
      return undefined;
    }
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) {
      throw wrongValue(name, `one of ${choices.join(", ")}`);
    }
    return choice;
  }
}

export function wrongType(name: string, expected: string): Failure {
  return new Failure(
    "InvalidParameter",
    `The value type of parameter \`${name}\` is not valid: expected ${expected}.`,
  );
}

export function wrongValue(name: string, expected: string): Failure {
  return new Failure(
    "InvalidParameterValue",
    `The value of parameter \`${name}\` is not valid: expected ${expected}.`,
  );
}
