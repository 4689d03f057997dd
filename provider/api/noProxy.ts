import { BlockList, isIP } from "node:net";
import { domainToASCII } from "node:url";

/**
 * Returns true if a value of NO_PROXY names a host, so that no proxy is used for it. The rules are Go's, and
 * so the Tencent Cloud provider's: `*` is every host, a domain covers its subdomains, with a dot before it
 * only its subdomains, and an entry may be an address, a range of addresses (CIDR), and may end with a port.
 * As in curl, spaces may separate entries too.
 */
export function isExempt(noProxy: string, hostname: string, port: number): boolean {
  const host = plain(hostname);
  return noProxy.split(/[\s,]+/).some((entry) => entry === "*" || isNamed(entry, host, port));
}

function isNamed(entry: string, host: string, port: number): boolean {
  if (entry.includes("/")) {
    return isInRange(entry, host);
  }
  const [, bracketed, bare, ofPort] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(entry) ?? [];
  if (ofPort !== undefined && Number(ofPort) !== port) {
    return false;
  }
  // An IPv6 address without brackets has no port.
  const name = bracketed ?? bare ?? entry;
  if (isIP(name) || isIP(host)) {
    return isInRange(`${name}/${isIP(name) === 6 ? 128 : 32}`, host);
  }
  const domain = plain(name.replace(/^\*?\./, ""));
  const onlySubdomains = /^\*?\./.test(name);
  return host.endsWith(`.${domain}`) || (host === domain && !onlySubdomains);
}

/** Returns true if a range holds a host. A text that is no range holds none, as in Go. */
function isInRange(range: string, host: string): boolean {
  const [, address = "", length] = /^(.+)\/(\d+)$/.exec(range) ?? [];
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  if (!isIP(host) || length === undefined || Number(length) > most) {
    return false;
  }
  const addresses = new BlockList();
  addresses.addSubnet(address, Number(length), family(address));
  return addresses.check(host, family(host));
}

function family(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}

/**
 * Returns a name without the brackets of an address and the dot at the end of a full name, in the letters of
 * DNS.
 */
function plain(name: string): string {
  const bare = name.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  return isIP(bare) ? bare : domainToASCII(bare) || bare.toLowerCase();
}
