import assert from "node:assert/strict";
import { goImport, placesOf, withGoImport } from "../../scripts/places";

const url = "git+https://github.com/someone/something.git";

describe("The repository in package.json", () => {
  it("gives the addresses of the sources and of the plugin", () => {
    const places = {
      repository: "https://github.com/someone/something",
      pluginDownloadURL: "github://api.github.com/someone/something",
    };
    assert.deepEqual(placesOf({ repository: { url } }), places);
    assert.deepEqual(placesOf({ repository: { url: "git@github.com:someone/something.git" } }), places);
    assert.deepEqual(placesOf({}), {});
  });

  it("changes the import path of the Go SDK in a document, and nothing else there", () => {
    const page = 'import (\n\tcwp "example.com/some/sdk/go/before"\n\t"github.com/pulumi/sdk/go/pulumi"\n)\n';
    const manifest = { version: "2.1.0", repository: { url } };
    assert.equal(goImport(manifest), "github.com/someone/something/sdk/go/v2/tencentcloudcwp");
    assert.equal(
      withGoImport(page, manifest),
      'import (\n\tcwp "github.com/someone/something/sdk/go/v2/tencentcloudcwp"\n\t"github.com/pulumi/sdk/go/pulumi"\n)\n',
    );
  });
});
