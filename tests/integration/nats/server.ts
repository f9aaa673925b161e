/** A real nats-server with a stream on disk, on free ports of 127.0.0.1; it can be killed and started again. */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../ports.ts";
import { findProgram, type Found, Program, waitFor } from "../programs.ts";

export function findNatsServer(): Found {
  const path = findProgram("nats-server");
  return path === undefined
    ? { skip: "nats-server is not installed (Debian package nats-server)" }
    : { path };
}

export interface NatsServerOptions {
  readonly path: string;
  /** TLS on both ports; clients have to show a certificate of the same authority. */
  readonly certificates?: Certificates;
  /** More lines of its configuration. */
  readonly config?: string;
  /** Without JetStream. */
  readonly core?: boolean;
}

export class NatsServer {
  readonly port: number;
  readonly webSocketPort: number;
  readonly folder: string;
  readonly #path: string;
  #program: Program | undefined = undefined;

  private constructor(path: string, folder: string, ports: readonly number[]) {
    this.#path = path;
    this.folder = folder;
    [this.port, this.webSocketPort] = ports as [number, number];
  }

  /** Writes the configuration of a server that is not started yet. */
  static async prepare(options: NatsServerOptions): Promise<NatsServer> {
    const folder = await mkdtemp(join(tmpdir(), "edgebmp-nats-"));
    const server = new NatsServer(options.path, folder, [await freePort(), await freePort()]);
    const { certificates } = options;
    const tls = certificates === undefined
      ? ""
      : `tls { ${certificates.serverConfig}, verify: true }`;
    await writeFile(
      join(folder, "server.conf"),
      [
        `listen: "127.0.0.1:${server.port}"`,
        options.core ? "" : `jetstream { store_dir: "${join(folder, "store")}" }`,
        `websocket { listen: "127.0.0.1:${server.webSocketPort}", ${tls || "no_tls: true"} }`,
        tls,
        options.config ?? "",
      ].join("\n"),
    );
    return server;
  }

  static async start(options: NatsServerOptions): Promise<NatsServer> {
    const server = await NatsServer.prepare(options);
    await server.run();
    return server;
  }

  /** Starts the server, or starts it again with what it has on disk. */
  async run(): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), "edgebmp-nats-run-"));
    const command = [this.#path, "-c", join(this.folder, "server.conf")];
    const program = new Program("nats-server", command, folder);
    this.#program = program;
    await waitFor("nats-server ready", () => program.log.includes("Server is ready"), [program]);
  }

  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#program?.signal(name);
  }

  /** Ends it as a crash does. */
  async kill(): Promise<void> {
    await this.#program?.kill();
    this.#program = undefined;
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Certificates of one authority for `localhost` and 127.0.0.1, and one of another authority. */
export class Certificates {
  private constructor(readonly folder: string) {}

  /** @throws when openssl fails */
  static async make(): Promise<Certificates> {
    const folder = await mkdtemp(join(tmpdir(), "edgebmp-certificates-"));
    const openssl = (...args: string[]) => {
      const { status, stderr, error } = spawnSync("openssl", args, {
        cwd: folder,
        encoding: "utf8",
      });
      if (status !== 0) throw new Error(`openssl ${args[0]}: ${error?.message ?? stderr}`);
    };
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    await writeFile(join(folder, "names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
    for (const authority of ["ca", "other"]) {
      const out = ["-keyout", `${authority}.key`, "-out", `${authority}.pem`];
      openssl("req", "-x509", ...key, "-days", "2", "-subj", `/CN=${authority}`, ...out);
    }
    for (const [name, authority] of [["server", "ca"], ["client", "ca"], ["stranger", "other"]]) {
      openssl(
        "req",
        ...key,
        "-subj",
        `/CN=${name}`,
        "-keyout",
        `${name}.key`,
        "-out",
        `${name}.csr`,
      );
      const from = ["-CA", `${authority}.pem`, "-CAkey", `${authority}.key`, "-CAcreateserial"];
      const more = ["-days", "2", "-extfile", "names", "-out", `${name}.pem`];
      openssl("x509", "-req", "-in", `${name}.csr`, ...from, ...more);
    }
    return new Certificates(folder);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  get serverConfig(): string {
    const [cert, key, ca] = ["server.pem", "server.key", "ca.pem"].map((name) => this.path(name));
    return `cert_file: "${cert}", key_file: "${key}", ca_file: "${ca}"`;
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
