/**
 * One pipeline of bench/crowd.ts. A worker has modules of its own, and so it shares no provider with the
 * others.
 */
const { parentPort } = require("node:worker_threads");
const { check, configure, create } = require("pulumi-tencentcloud-cwp/provider");
// The first request would load the client. A hundred pipelines do that on a hundred machines, not on one.
require("tencentcloud-sdk-nodejs-cwp/tencentcloud/services/cwp/v20180228/cwp_client");

configure({ config: { get: () => undefined } });
parentPort.once("message", async (inputs) => {
  try {
    const { outs } = await create(check({}, inputs).inputs);
    parentPort.postMessage({ start: outs.latestStartTime });
  } catch (error) {
    parentPort.postMessage({ error: error.message });
  }
});
parentPort.postMessage("ready");
