#!/usr/bin/env node
/** The command cwp-check. */
import { cwpCheck } from "./cwpCheck";

void cwpCheck(process.argv.slice(2), process).then((code) => {
  process.exitCode = code;
});
