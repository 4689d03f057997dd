/** The output of `cwp-check --help`. */
export const help = `Usage: cwp-check [options]

Asks CWP as a MachineSync would: who signs, whether the endpoint answers, how far the clock is off,
and which of the two CAM actions are allowed. It starts no sync, except with --observe.

Options:
  --stack NAME      use the config of this stack too (run it in the folder of Pulumi.yaml)
  --plugin          read the settings of the provider plugin, tencentcloud-cwp:secretId and so on
  --profile NAME    as the argument profile of a MachineSync
  --endpoint HOST   as the argument endpoint of a MachineSync
  --json            print one JSON object; sentences go to stderr
  --observe FILE    start two machine syncs, watch them, and write what CWP answered to FILE
  --timeout TIME    how long --observe takes at most, such as 30m or 1h30m (default 30m)
  --yes             let --observe start its syncs without a question
  --help            print this text

Exit code: 0 if all is well, 1 if not, 2 for wrong arguments.
`;
