import { CwpError } from "../api/errors";

/**
 * On a refresh that does not run the program, Pulumi gives the provider the config that the state holds, from
 * the last `up`. So replaced keys are refused, or found missing, though the config has the new keys.
 */
export function withRefreshAdvice(error: unknown): unknown {
  if (!(error instanceof CwpError) || !/^(AuthFailure|InvalidSettings)\b/.test(error.code)) {
    return error;
  }
  const advice =
    'A refresh reads the config of the last "pulumi up": if it has changed since, run "pulumi refresh --run-program".';
  return error.withMessage(`${error.message} ${advice}`);
}
