// Breaks the code in small ways, one at a time, and runs the tests that lead through the place: what no test notices is
// printed, and the share of the noticed ones by folder.
//
//   npm run -s mutants [FOLDER or FILE...]
//
// Each folder is judged by its own tests. What has not changed since the run before is not run again.
import { Stryker } from "@stryker-mutator/core";

const judges = {
  "provider/account": [
    "provider/account/**/*",
    "provider/machineSync/inputs",
    "provider/machineSync/sharedLoops",
  ],
  "provider/api": [
    "provider/{api,cwp}/*",
    "provider/account/settings",
    "provider/account/credentials/renewal",
  ],
  "provider/cwp": ["provider/cwp/*"],
  "provider/machineSync": ["provider/{machineSync,dynamic}/*", "provider/plugin/service"],
  "provider/engine": ["provider/engine/*"],
  "provider/dynamic": ["provider/dynamic/*"],
  "provider/plugin": ["provider/plugin/*"],
  sdk: ["sdk/*"],
};

const asked = process.argv.slice(2);
const scores = [];
for (const [folder, tests] of Object.entries(judges)) {
  const files = asked.filter((file) => file.startsWith(`${folder}/`));
  if (asked.length > 0 && !asked.includes(folder) && files.length === 0) {
    continue;
  }
  const mutants = await new Stryker({
    mutate: files.length > 0 ? files : [`${folder}/**/*.ts`],
    testRunner: "mocha",
    mochaOptions: { spec: tests.map((test) => `tests/${test}.test.ts`) },
    coverageAnalysis: "perTest",
    // Constants of a module: each would take a process of its own, and all tests.
    ignoreStatic: true,
    ignorers: ["prose"],
    plugins: [
      import.meta.resolve("@stryker-mutator/mocha-runner"),
      import.meta.resolve("./proseIgnorer.mjs"),
    ],
    incremental: true,
    incrementalFile: `node_modules/.cache/stryker/${folder.replace("/", "-")}.json`,
    concurrency: 1,
    timeoutMS: 5_000,
    reporters: ["progress-append-only"],
    tempDirName: "node_modules/.cache/stryker/sandbox",
  }).runMutationTest();
  const counted = mutants.filter(({ status }) => !["Ignored", "CompileError"].includes(status));
  const missed = counted.filter(({ status }) => !["Killed", "Timeout"].includes(status));
  for (const { fileName, location, mutatorName, replacement, status } of missed) {
    console.log(
      `${fileName.replace(`${process.cwd()}/`, "")}:${location.start.line}:${location.start.column} ${status} ${mutatorName}: ${replacement?.replace(/\s+/g, " ")}`,
    );
  }
  scores.push([folder, counted.length, missed.length]);
}
for (const [folder, all, missed] of scores) {
  console.log(`${folder.padEnd(22)} ${(100 * (1 - missed / all)).toFixed(1)} %   ${all - missed} of ${all}`);
}
