/** Reads one value of the stack's Pulumi config, decrypted, by its full name, such as `tencentcloud:secretId`. */
export type Config = (name: string) => string | undefined;

/** The environment of the process, such as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;
