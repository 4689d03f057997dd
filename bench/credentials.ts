import { createServer } from "node:net";
import { pulumiSettings } from "../provider/account/config";
import { resolveConnection } from "../provider/account/settings";
import { type Spread, spreadOf } from "./spread";

/** The time until it is clear that there are no credentials anywhere, in seconds. */
export interface AbsentFigures {
  /** On a machine on which no metadata service answers. */
  readonly refused: Spread;
  /** On a machine whose firewall drops requests to the metadata service. */
  readonly swallowed: Spread;
}

const TIMES = 5;
const nothing = pulumiSettings(() => undefined);

/** Measures the search of all places with none of them set. */
export async function measureAbsent(): Promise<AbsentFigures> {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const address = silent.address();
  const port = typeof address === "object" ? address?.port : undefined;
  try {
    return {
      refused: spreadOf(await searchAgain("http://127.0.0.1:1")),
      swallowed: spreadOf(await searchAgain(`http://127.0.0.1:${port}`)),
    };
  } finally {
    silent.close();
  }
}

async function searchAgain(metadataUrl: string): Promise<number[]> {
  const seconds: number[] = [];
  for (let time = 1; time <= TIMES; time += 1) {
    const started = performance.now();
    const { credentials } = resolveConnection({}, nothing, {
      TENCENTCLOUD_METADATA_URL: metadataUrl,
      TENCENTCLOUD_SHARED_CREDENTIALS_DIR: "no-such-folder",
    });
    await credentials.find().then(
      () => {
        throw new Error("This machine has Tencent Cloud credentials: the benchmark needs one that has none.");
      },
      () => seconds.push((performance.now() - started) / 1000),
    );
  }
  return seconds;
}
