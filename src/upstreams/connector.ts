/** Opens connections to one upstream. */
import { lookup } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import type { ConnectTls, Runtime } from "../runtime/types.ts";
import { Link } from "./link.ts";
import { addressText, type UpstreamOptions, type UpstreamTls } from "./options.ts";

/** Where this collector listens for routers. */
export interface OwnListener {
  readonly address: string;
  readonly port: number;
}

/** An upstream that is this collector itself: everything would go round for ever. */
export class LoopError extends Error {
  override readonly name = "LoopError";
}

export class Connector {
  readonly #options: UpstreamOptions;
  readonly #runtime: Runtime;
  readonly #listeners: () => readonly OwnListener[];

  constructor(
    options: UpstreamOptions,
    runtime: Runtime,
    listeners: () => readonly OwnListener[],
  ) {
    this.#options = options;
    this.#runtime = runtime;
    this.#listeners = listeners;
  }

  /**
   * Refuses an upstream that can never work. A name that cannot be resolved now may be later.
   *
   * @throws {LoopError} it is one of our own listeners
   * @throws when a file of TLS cannot be read
   */
  async check(): Promise<void> {
    const { tls } = this.#options;
    if (tls !== undefined) await readTls(tls);
    for (const address of await this.#addresses().catch(() => [])) this.#refuseOwn(address);
  }

  /** @throws when no connection comes about */
  async connect(): Promise<Link> {
    const { host, port, connectTimeoutMs, sourceAddress, tls } = this.#options;
    for (const address of await this.#addresses()) this.#refuseOwn(address);
    let link: Link | undefined;
    await this.#runtime.connect(host, port, connectTimeoutMs, (connection) => {
      link = new Link(connection);
      return link;
    }, {
      localAddress: sourceAddress === "" ? undefined : sourceAddress,
      tls: tls === undefined ? undefined : await readTls(tls),
    });
    // The name may have changed its mind between.
    try {
      this.#refuseOwn(link!.remote.address);
    } catch (error) {
      link!.close();
      throw error;
    }
    return link!;
  }

  async #addresses(): Promise<string[]> {
    const { host } = this.#options;
    if (isIP(host) !== 0) return [host];
    return (await lookup(host, { all: true })).map(({ address }) => address);
  }

  #refuseOwn(address: string): void {
    const { port } = this.#options;
    const own = this.#listeners().find((listener) =>
      listener.port === port && port !== 0 && isAt(listener.address, address)
    );
    if (own === undefined) return;
    throw new LoopError(
      `Cannot use upstream "${addressText(this.#options)}": it is this collector's own listener, ${
        addressText({ host: own.address, port: own.port })
      }`,
    );
  }
}

/** Whether what listens on an address is reached by another one. */
function isAt(listening: string, address: string): boolean {
  if (listening !== "::" && listening !== "0.0.0.0") return listening === address;
  if (address.startsWith("127.") || address === "::1") return true;
  if (address === "0.0.0.0" || address === "::") return true;
  return Object.values(networkInterfaces()).flat().some((each) => each?.address === address);
}

/** Read at each connection, so that new certificates count from then on. */
async function readTls({ files, serverName, verify }: UpstreamTls): Promise<ConnectTls> {
  const [ca, cert, key] = await Promise.all(
    [files.ca, files.cert, files.key].map((path) => path === "" ? "" : readFile(path, "utf8")),
  );
  return {
    ca: ca!,
    cert: cert!,
    key: key!,
    serverName: serverName === "" ? undefined : serverName,
    verify,
  };
}
