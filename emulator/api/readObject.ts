/** Reads JSON objects by a table that has a reader for each field. */
import { Fields, within } from "./fields";
import { type Defined, omitUndefined } from "./omitUndefined";

/** Reads one field by its name. Throws a WrongField. */
export type FieldReader<Value> = (fields: Fields, name: string) => Value;

/** The object that a table of readers returns. */
type ReadBy<Readers extends Record<string, FieldReader<unknown>>> = {
  [Name in keyof Readers]: ReturnType<Readers[Name]>;
};

/** Reads an object. Leaves out absent fields. Throws a WrongField, also for a field without a reader. */
export function readObject<Readers extends Record<string, FieldReader<unknown>>>(
  value: unknown,
  readers: Readers,
): Defined<ReadBy<Readers>> {
  const fields = new Fields(value, Object.keys(readers));
  const read: ReadBy<Readers> = Object.fromEntries(
    Object.entries(readers).map(([name, reader]) => [name, reader(fields, name)] as unknown[]),
  );
  return omitUndefined(read);
}

export const text: FieldReader<string | undefined> = (fields, name) => fields.string(name);
export const requiredText: FieldReader<string> = (fields, name) => fields.requiredString(name);
export const flag: FieldReader<boolean | undefined> = (fields, name) => fields.boolean(name);
/** A finite number, not below 0. */
export const number: FieldReader<number | undefined> = (fields, name) => fields.number(name);
/** A whole number, not below 0. */
export const wholeNumber: FieldReader<number | undefined> = (fields, name) => fields.integer(name);

export function choice<const Choice extends string>(
  choices: readonly Choice[],
): FieldReader<Choice | undefined> {
  return (fields, name) => fields.oneOf(name, choices);
}

export function listOf<Item>(read: (item: unknown) => Item): FieldReader<Item[] | undefined> {
  return (fields, name) => fields.listOf(name, read);
}

/** A field that `read` reads as a whole. */
export function part<Part>(read: (value: unknown) => Part): FieldReader<Part | undefined> {
  return (fields, name) => {
    const value = fields.value(name);
    return value === undefined ? undefined : within(name, () => read(value));
  };
}
