import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/**
 * A certificate for the tests alone. It names cwp.example.com and is self-signed, so a client accepts it only
 * if it is set to.
 */
const certificate = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgc22JU9YZtdnmSnAq
H09n5k54P23VPB3Ggkc1hO7wIBChRANCAARzoy6ckDwFp8gbtGgb7ZtkpMBRJQxd
OjXWv8qg9tQ+QzeThbYNa8Z3JM5Da2MYxsFSAKzMMJE78Nk7I0yS5bZW
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIB0DCCAXegAwIBAgIUQbLRzO1Q3kwR3FvbWU19NNjBerswCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPY3dwLmV4YW1wbGUuY29tMCAXDTI2MTEyNTE4MjkyNloYDzIx
MjYxMTAxMTgyOTI2WjAaMRgwFgYDVQQDDA9jd3AuZXhhbXBsZS5jb20wWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAARzoy6ckDwFp8gbtGgb7ZtkpMBRJQxdOjXWv8qg
9tQ+QzeThbYNa8Z3JM5Da2MYxsFSAKzMMJE78Nk7I0yS5bZWo4GYMIGVMB0GA1Ud
DgQWBBS9/TdsRmtXJB8ey9NIGa0Mf15WDTAfBgNVHSMEGDAWgBS9/TdsRmtXJB8e
y9NIGa0Mf15WDTAPBgNVHRMBAf8EBTADAQH/MEIGA1UdEQQ7MDmCD2N3cC5leGFt
cGxlLmNvbYIVKi50ZW5jZW50Y2xvdWRhcGkuY29tgglsb2NhbGhvc3SHBH8AAAEw
CgYIKoZIzj0EAwIDRwAwRAIgHhbDEe91Zs70fEJNM2K+pgRK//GMGd9aas4hE6EK
ztUCIG3wSDzLpkJ5kMKtnPa/WuTKiI/4dcTlmAfYExn9zOAj
-----END CERTIFICATE-----`,
};

/** A server of a test on 127.0.0.1, which knows its connections. */
export interface StandIn {
  readonly port: number;
  /** The open connections, even if idle. */
  readonly open: ReadonlySet<Socket>;
  /** Resolves with the next connection that is made. */
  connection(): Promise<Socket>;
  stop(): Promise<void>;
}

export async function start(server: Server): Promise<StandIn> {
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.on("error", () => {}).on("close", () => open.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    open,
    connection: async () => (await once(server, "connection"))[0],
    stop: async () => {
      for (const socket of open) {
        socket.destroy();
      }
      server.close();
      await once(server, "close");
    },
  };
}

/** Stops what a test has started, after each test of a suite. */
export function standIns(): (one: Promise<StandIn>) => Promise<StandIn> {
  const started: StandIn[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((one) => one.stop()));
  });
  return async (one) => {
    started.push(await one);
    return one;
  };
}

/** Resolves once a connection is closed, by an error too. */
export function untilClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => (socket.closed ? resolve() : socket.once("close", () => resolve())));
}

/** Accepts connections and sends `first`, or nothing at all. */
export function startSilent(first = ""): Promise<StandIn> {
  return start(
    createServer((socket) => {
      socket.resume().write(first);
    }),
  );
}

/** An API without TLS. */
export function startPlain(listener: RequestListener): Promise<StandIn> {
  return start(createHttpServer(listener));
}

/** An API with TLS. `asked` gets the name that each connection asks for (SNI). */
export function startTls(
  listener: RequestListener,
  asked: (name: unknown) => void = () => {},
): Promise<StandIn> {
  const server = createHttpsServer(certificate, listener);
  server.on("secureConnection", (socket) => asked(socket.servername));
  return start(server);
}

/** A request to a proxy. */
export interface Asked {
  readonly target: string;
  readonly login?: string | undefined;
}

/** An HTTP proxy, which leads every request for a way to `port`. With `tls`, clients speak TLS with it. */
export function startConnectProxy(
  port: number,
  asked: Asked[],
  { tls = false, status = 200 } = {},
): Promise<StandIn> {
  const server = tls ? createHttpsServer(certificate) : createHttpServer();
  server.on("connect", ({ url = "", headers }, socket) => {
    const [, encoded] = /^Basic (.*)$/.exec(headers["proxy-authorization"] ?? "") ?? [];
    asked.push({ target: url, login: encoded && Buffer.from(encoded, "base64").toString() });
    if (status === 200) {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      join(socket as Socket, port);
    } else {
      socket.end(`HTTP/1.1 ${status} No\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n`);
    }
  });
  return start(server);
}

/** A SOCKS proxy of both versions, which leads every request for a way to `port`, or refuses it. */
export function startSocksProxy(
  port: number,
  asked: Asked[],
  { refuses = false, wantsLogin = false } = {},
): Promise<StandIn> {
  return start(
    createServer(async (socket) => {
      try {
        const read = reader(socket);
        const [version] = await read(1);
        const target =
          version === 4
            ? await socks4(socket, read, refuses)
            : await socks5(socket, read, { refuses, wantsLogin });
        asked.push(target);
        if (!refuses) {
          join(socket, port);
        }
      } catch {
        socket.destroy();
      }
    }),
  );
}

type Read = (length: number) => Promise<Buffer>;

async function socks4(socket: Socket, read: Read, refuses: boolean): Promise<Asked> {
  const head = await read(7);
  const user = await untilZero(read);
  const address = head.subarray(3);
  const named = address.readUInt32BE() < 256;
  const host = named ? await untilZero(read) : [...address].join(".");
  socket.write(Buffer.from([0, refuses ? 91 : 90, 0, 0, 0, 0, 0, 0]));
  return { target: `4 ${host}:${head.readUInt16BE(1)}`, login: user || undefined };
}

async function socks5(
  socket: Socket,
  read: Read,
  { refuses, wantsLogin }: { refuses: boolean; wantsLogin: boolean },
): Promise<Asked> {
  const [methods = 0] = await read(1);
  await read(methods);
  socket.write(Buffer.from([5, wantsLogin ? 2 : 0]));
  let login: string | undefined;
  if (wantsLogin) {
    await read(1);
    const user = await read((await read(1))[0] ?? 0);
    const password = await read((await read(1))[0] ?? 0);
    login = `${user}:${password}`;
    socket.write(Buffer.from([1, 0]));
  }
  const [, , , kind] = await read(4);
  const host = kind === 1 ? [...(await read(4))].join(".") : String(await read((await read(1))[0] ?? 0));
  const target = `5 ${host}:${(await read(2)).readUInt16BE()}`;
  socket.write(Buffer.from([5, refuses ? 2 : 0, 0, 1, 0, 0, 0, 0, 0, 0]));
  return { target, login };
}

async function untilZero(read: Read): Promise<string> {
  let text = "";
  for (let [byte = 0] = await read(1); byte !== 0; [byte = 0] = await read(1)) {
    text += String.fromCharCode(byte);
  }
  return text;
}

function reader(socket: Socket): Read {
  return async (length) => {
    for (;;) {
      const chunk: Buffer | null = length === 0 ? Buffer.alloc(0) : socket.read(length);
      if (chunk) {
        return chunk;
      }
      await once(socket, "readable");
    }
  };
}

function join(from: Socket, port: number): void {
  const to = connect({ port, host: "127.0.0.1" });
  from.on("error", () => to.destroy()).on("close", () => to.destroy());
  to.on("error", () => from.destroy()).on("close", () => from.destroy());
  from.pipe(to).pipe(from);
}
