/** Reads the fields of JSON objects, of a request or of a file that a person wrote. */
import { Failure } from "../world/failure";

/**
 * A field that cannot be used. The message is for the client that sent a request, in the words of Tencent
 * Cloud; `field` and `problem` are for the person who wrote the JSON.
 */
export class WrongField extends Failure {
  constructor(
    code: string,
    message: string,
    /** Its place in the JSON: `foreignSyncs[0].seconds`; "" for the whole. */
    readonly field: string,
    /** The problem and the expected value: `is not valid: expected a number`. */
    readonly problem: string,
  ) {
    super(code, message);
  }
}

/**
 * Reads a part of something larger, so that a WrongField names its place in the whole: a name, or `[0]` in a
 * list.
 */
export function within<Part>(place: string, read: () => Part): Part {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof WrongField)) {
      throw error;
    }
    const { code, message, field, problem } = error;
    const joint = field === "" || field.startsWith("[") ? "" : ".";
    throw new WrongField(code, message, `${place}${joint}${field}`, problem);
  }
}

/** Reads each item of a list. */
export function readEach<Item>(list: readonly unknown[], read: (item: unknown) => Item): Item[] {
  return list.map((item, index) => within(`[${index}]`, () => read(item)));
}

/**
 * Reads the named fields of a JSON object and refuses others, with the codes that Tencent Cloud documents:
 * UnknownParameter for an unknown name, InvalidParameter for a wrong type, InvalidParameterValue for a value
 * out of range, MissingParameter for a required field that is absent. A null counts as absent. Each is a
 * WrongField.
 */
export class Fields {
  private readonly values = new Map<string, unknown>();

  constructor(value: unknown, known: readonly string[]) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new WrongField(
        "InvalidParameter",
        "The request body is not valid: expected one JSON object.",
        "",
        "is not valid: expected one JSON object",
      );
    }
    for (const [name, field] of Object.entries(value)) {
      if (!known.includes(name)) {
        throw new WrongField(
          "UnknownParameter",
          `The parameter \`${name}\` is not recognized. Known: ${known.join(", ") || "none"}.`,
          name,
          `is not known: expected one of ${known.join(", ")}`,
        );
      }
      if (field !== null) {
        this.values.set(name, field);
      }
    }
  }

  value(name: string): unknown {
    return this.values.get(name);
  }

  boolean(name: string): boolean | undefined {
    const value = this.values.get(name);
    if (value === undefined || typeof value === "boolean") {
      return value;
    }
    throw wrongType(name, "true or false");
  }

  string(name: string): string | undefined {
    const value = this.values.get(name);
    if (value === undefined || typeof value === "string") {
      return value;
    }
    throw wrongType(name, "a string");
  }

  requiredString(name: string): string {
    const value = this.string(name);
    if (value === undefined) {
      throw new WrongField(
        "MissingParameter",
        `The request is missing a required parameter \`${name}\`.`,
        name,
        "is missing: expected a string",
      );
    }
    return value;
  }

  /** A finite number, not below 0. */
  number(name: string): number | undefined {
    const value = this.values.get(name);
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
    const value = this.values.get(name);
    if (value === undefined || Array.isArray(value)) {
      return value;
    }
    throw wrongType(name, "a list");
  }

  /** A list, each item read by `read`. */
  listOf<Item>(name: string, read: (item: unknown) => Item): Item[] | undefined {
    const list = this.list(name);
    return list && within(name, () => readEach(list, read));
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

/** A parameter that STS refuses. */
export function wrongParameter(name: string, expected: string): Failure {
  return new Failure("InvalidParameter.ParamError", `The ${name} is not valid: expected ${expected}.`);
}

export function wrongType(name: string, expected: string): WrongField {
  return new WrongField(
    "InvalidParameter",
    `The value type of parameter \`${name}\` is not valid: expected ${expected}.`,
    name,
    `is not valid: expected ${expected}`,
  );
}

export function wrongValue(name: string, expected: string): WrongField {
  return new WrongField(
    "InvalidParameterValue",
    `The value of parameter \`${name}\` is not valid: expected ${expected}.`,
    name,
    `is not valid: expected ${expected}`,
  );
}
