#!/usr/bin/env node
/** The command pulumi-resource-tencentcloud-cwp. As oldNode.ts, Node.js 12 must be able to parse it. */
import { isTooOld, refuseCalls } from "./oldNode";

if (isTooOld(process.version)) {
  refuseCalls(process.version);
} else {
  import("./serve");
}
