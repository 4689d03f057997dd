import * as fs from "node:fs";
import * as path from "node:path";
import { output } from "../../scripts/pulumiCli/programs";
import { run } from "../installed/commands";
import { Example, smallestProgram } from "./example";
import { addJavaSdk } from "./javaSdk";
import { missingGenerator, schema, sdkPath } from "./sdks";

const PULUMI = "1.36.1";
const windows = process.platform === "win32";

/** A Maven project of a program and the SDK beside it, with the dependencies of the SDK's build.gradle. */
const project = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>myproject</groupId>
  <artifactId>program</artifactId>
  <version>1</version>
  <properties>
    <maven.compiler.source>11</maven.compiler.source>
    <maven.compiler.target>11</maven.compiler.target>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency><groupId>com.pulumi</groupId><artifactId>pulumi</artifactId><version>${PULUMI}</version></dependency>
    <dependency><groupId>com.google.code.findbugs</groupId><artifactId>jsr305</artifactId><version>3.0.2</version></dependency>
  </dependencies>
</project>
`;

/** A program with the settings whose types a generator may get wrong. */
const settings = `package myproject;

import com.pulumi.tencentcloudcwp.Config;
import com.pulumi.tencentcloudcwp.MachineSync;
import com.pulumi.tencentcloudcwp.MachineSyncArgs;
import com.pulumi.tencentcloudcwp.TencentcloudcwpFunctions;
import com.pulumi.tencentcloudcwp.inputs.AssumeRoleArgs;
import com.pulumi.tencentcloudcwp.inputs.GetMachineSyncStatusArgs;

class Settings {
    void use(Config config) {
        int fromConfig = config.assumeRole().get().sessionDuration().orElse(7200);
        var role = AssumeRoleArgs.builder().roleArn("qcs::cam::uin/1:roleName/deploy").sessionDuration(fromConfig);
        var sync = new MachineSync("machines", MachineSyncArgs.builder().assumeRole(role.build()).build());
        sync.durationSeconds().applyValue(seconds -> seconds.map(Integer::doubleValue));
        TencentcloudcwpFunctions.getMachineSyncStatus(GetMachineSyncStatusArgs.builder()
            .assumeRole(role.build())
            .build());
    }
}
`;

describe("In Java, the smallest program", function () {
  this.timeout(600_000);

  let example: Example;

  before(async function () {
    const missing = (await missingGenerator()) ?? (await missingTool());
    if (missing !== undefined) {
      console.log(`      Java is left out: ${missing}.`);
      return this.skip();
    }
    example = new Example();
    await addJavaSdk(example.folder);
    fs.cpSync(path.join(example.folder, sdkPath, "src"), path.join(example.folder, "src"), {
      recursive: true,
    });
    // The files that the SDK's build.gradle writes.
    const resources = "src/main/resources/com/pulumi/tencentcloud-cwp";
    example.write(`${resources}/version.txt`, JSON.parse(schema()).version);
    example.write("src/main/java/myproject/App.java", smallestProgram("java"));
    example.write("src/main/java/myproject/Settings.java", settings);
    example.write("pom.xml", project);
  });
  after(() => example?.remove());

  it("compiles and runs", async () => {
    const classpath = path.join(example.folder, "classpath");
    const goals = ["compile", "dependency:build-classpath", `-Dmdep.outputFile=${classpath}`];
    await run("mvn", ["--batch-mode", "--no-transfer-progress", ...goals], example.folder);
    const jars = [path.join(example.folder, "target/classes"), example.read("classpath").trim()];
    example.write("Pulumi.yaml", "name: java\nruntime: java\n");
    const command = ["java", "-cp", jars.join(path.delimiter), "myproject.App"] as const;
    await example.works(() => command, ["latestEndTime", "latestStartTime"]);
  });
});

async function missingTool(): Promise<string | undefined> {
  const tools = { java: "-version", [windows ? "mvn.cmd" : "mvn"]: "--version" };
  for (const [tool, version] of Object.entries(tools)) {
    if ((await output(tool, [version])) === undefined) {
      return `there is no ${tool}`;
    }
  }
  return undefined;
}
