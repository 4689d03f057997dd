#!/usr/bin/env node
/** The command pulumi-resource-tencentcloud-cwp. Node.js 12 must be able to parse it, as oldNode.ts. */
import { isTooOld, refuseCalls } from "./oldNode";

if (isTooOld(process.version)) {
  refuseCalls(process.version);
} else {
  import("./serve");
}
