import assert from "node:assert/strict";
import { isExempt } from "../../../provider/api/noProxy";
import { proxyFor } from "../../../provider/api/proxy";
import { refusal } from "../../refusal";

const cwp = "cwp.tencentcloudapi.com";

/** Each as Go's httpproxy decides, and curl too unless stated otherwise. */
const cases: readonly [noProxy: string, host: string, exempt: boolean, port?: number][] = [
  ["", cwp, false],
  [",, ,", cwp, false],
  ["*", cwp, true],
  ["*", "10.0.0.1", true],
  ["example.com,*", cwp, true],
  ["tencentcloudapi.com", cwp, true],
  [".tencentcloudapi.com", cwp, true],
  // curl takes no star within an entry.
  ["*.tencentcloudapi.com", cwp, true],
  ["cwp.tencentcloudapi.com", cwp, true],
  ["CWP.TencentCloudAPI.com", cwp, true],
  ["cwp.tencentcloudapi.com.", cwp, true],
  ["tencentcloudapi.com", "cwp.tencentcloudapi.com.", true],
  ["com", cwp, true],
  ["example.com, tencentcloudapi.com", cwp, true],
  // Go takes no spaces for commas.
  ["example.com tencentcloudapi.com", cwp, true],
  // curl forgets the dot.
  [".cwp.tencentcloudapi.com", cwp, false],
  ["*.cwp.tencentcloudapi.com", cwp, false],
  ["wp.tencentcloudapi.com", cwp, false],
  ["cloudapi.com", cwp, false],
  ["intl.tencentcloudapi.com", cwp, false],
  ["cwp.tencentcloudapi.com.example.com", cwp, false],
  [".", cwp, false],
  ["*.", cwp, false],
  ["bücher.example", "cwp.xn--bcher-kva.example", true],
  // curl knows no ports.
  ["tencentcloudapi.com:443", cwp, true],
  ["tencentcloudapi.com:8443", cwp, false],
  ["tencentcloudapi.com:8443", cwp, true, 8443],
  [".tencentcloudapi.com:443", cwp, true],
  ["10.0.0.1", "10.0.0.1", true],
  ["10.0.0.1", "10.0.0.10", false],
  ["0.0.1", "10.0.0.1", false],
  ["10.0.0.1:443", "10.0.0.1", true],
  ["10.0.0.1:80", "10.0.0.1", false],
  ["10.0.0.0/8", "10.255.0.1", true],
  ["10.0.0.0/8", "11.0.0.1", false],
  ["10.0.0.0/8", cwp, false],
  ["192.168.1.0/24,10.0.0.0/8", "10.1.2.3", true],
  ["10.0.0.1/32", "10.0.0.1", true],
  ["0.0.0.0/0", "10.0.0.1", true],
  ["10.0.0.0/33", "10.0.0.1", false],
  ["10.0.0.0/", "10.0.0.1", false],
  ["10.0.0.0/-1", "10.0.0.1", false],
  ["10/8", "10.0.0.1", false],
  ["10.0.0.0/8x", "10.0.0.1", false],
  ["example.com\ttencentcloudapi.com", cwp, true],
  ["tencentcloudapi.com/8", cwp, false],
  ["2001:db8::1", "[2001:db8::1]", true],
  ["[2001:db8::1]", "[2001:db8::1]", true],
  ["2001:0db8:0::0:1", "[2001:db8::1]", true],
  ["[2001:db8::1]:443", "[2001:db8::1]", true],
  ["[2001:db8::1]:8443", "[2001:db8::1]", false],
  ["2001:db8::2", "[2001:db8::1]", false],
  ["2001:db8::/32", "[2001:db8:1::5]", true],
  ["2001:db8::/32", "[2001:db9::1]", false],
  ["2001:db8::/32", "10.0.0.1", false],
  ["10.0.0.0/8", "[2001:db8::1]", false],
];

describe("NO_PROXY", () => {
  for (const [noProxy, host, exempt, port = 443] of cases) {
    it(`${JSON.stringify(noProxy)} ${exempt ? "names" : "does not name"} ${host}:${port}`, () =>
      assert.equal(isExempt(noProxy, host, port), exempt));
  }
});

describe("The proxy of the environment", () => {
  const chosen = (env: Record<string, string>, host = cwp) => {
    const proxy = proxyFor(host, env);
    return proxy && `${proxy.variable} ${proxy.url.href}`;
  };

  const choices: readonly [env: Record<string, string>, proxy: string | undefined][] = [
    [{}, undefined],
    [{ HTTPS_PROXY: "http://a:1" }, "HTTPS_PROXY http://a:1/"],
    [{ https_proxy: "http://a:1" }, "https_proxy http://a:1/"],
    [{ ALL_PROXY: "http://a:1" }, "ALL_PROXY http://a:1/"],
    [{ all_proxy: "socks5://a:1" }, "all_proxy socks5://a:1"],
    [{ HTTPS_PROXY: "http://a:1", ALL_PROXY: "socks5://b:2" }, "HTTPS_PROXY http://a:1/"],
    [{ HTTPS_PROXY: "", ALL_PROXY: "socks5://b:2" }, "ALL_PROXY socks5://b:2"],
    [{ HTTPS_PROXY: " ", https_proxy: " b:2 " }, "https_proxy http://b:2/"],
    [{ HTTPS_PROXY: "http://a:1", https_proxy: "http://b:2" }, "HTTPS_PROXY http://a:1/"],
    [{ HTTP_PROXY: "http://a:1", http_proxy: "http://a:1" }, undefined],
    [{ npm_config_https_proxy: "http://a:1", npm_config_proxy: "http://a:1" }, undefined],
    [{ HTTPS_PROXY: "proxy.example.com:3128" }, "HTTPS_PROXY http://proxy.example.com:3128/"],
    [{ HTTPS_PROXY: "proxy.example.com" }, "HTTPS_PROXY http://proxy.example.com/"],
    [{ HTTPS_PROXY: "HTTPS://Proxy.example.com" }, "HTTPS_PROXY https://proxy.example.com/"],
    [{ HTTPS_PROXY: "http://a:1", NO_PROXY: "tencentcloudapi.com" }, undefined],
    [{ ALL_PROXY: "socks5://a:1", no_proxy: "tencentcloudapi.com" }, undefined],
    [{ HTTPS_PROXY: "http://a:1", NO_PROXY: "", no_proxy: "*" }, undefined],
    [{ HTTPS_PROXY: "http://a:1", NO_PROXY: "example.com", no_proxy: "*" }, "HTTPS_PROXY http://a:1/"],
    [{ https_proxy: "http://a:1", ALL_PROXY: "socks5://b:2" }, "https_proxy http://a:1/"],
    [{ ALL_PROXY: "http://a:1", all_proxy: "http://b:2" }, "ALL_PROXY http://a:1/"],
    [{ HTTPS_PROXY: "not a proxy", NO_PROXY: "*" }, undefined],
  ];
  for (const [env, proxy] of choices) {
    it(`is ${proxy ?? "none"} of ${JSON.stringify(env)}`, () => assert.equal(chosen(env), proxy));
  }

  it("is chosen by the endpoint's own port", () => {
    const env = { HTTPS_PROXY: "http://a:1", NO_PROXY: "tencentcloudapi.com:8443" };
    assert.equal(chosen(env, `${cwp}:8443`), undefined);
    assert.equal(chosen(env, cwp), "HTTPS_PROXY http://a:1/");
  });

  for (const host of ["localhost", "localhost:8443", "127.0.0.1:8443", "127.1.2.3", "[::1]:8443"]) {
    it(`is none for ${host}, which no proxy can reach`, () => {
      for (const HTTPS_PROXY of ["http://a:1", "socks5://a:1", "not a proxy"]) {
        assert.equal(chosen({ HTTPS_PROXY }, host), undefined);
      }
    });
  }

  it("is used for a host whose name only begins like a loopback address", () => {
    for (const host of ["localhost.example.com", "127.0.0.1.example.com"]) {
      assert.equal(chosen({ HTTPS_PROXY: "http://a:1" }, host), "HTTPS_PROXY http://a:1/");
    }
  });

  const unusable = [
    "http://alice:opensesame@no host:80",
    "http://alice:opensesame@proxy.example.com:port",
    "http://alice:opensesame%@proxy.example.com",
    "ftp://alice:opensesame@proxy.example.com",
    "socks6://alice:opensesame@proxy.example.com",
    "://opensesame",
    "socks5://",
    "alice:opensesame@:80",
  ];
  for (const value of unusable) {
    it(`cannot be ${value}, which names the variable and shows no password`, async () => {
      const error = await refusal(() => proxyFor(cwp, { all_proxy: value }), "opensesame");
      assert.match(error.message, /^The proxy in all_proxy cannot be used: it must be a URL such as/);
      assert.deepEqual(
        [Reflect.get(error, "code"), Reflect.get(error, "topic")],
        ["InvalidSettings", "endpoint"],
      );
    });
  }
});
