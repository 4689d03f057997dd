/** This package's folder in the user's cache. It need not exist. */
export function userCache(env?: NodeJS.ProcessEnv, platform?: NodeJS.Platform): string;
