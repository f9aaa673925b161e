/** Collectors that write to a JetStream stream. */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../ports.ts";
import { findProgram } from "./measured.ts";
import { type Server, until } from "./servers.ts";

/** How to start a nats-server; undefined where there is none. */
export function natsServer(folder: string): ((port: number) => Promise<Server>) | undefined {
  const path = findProgram("nats-server");
  if (path === undefined) return undefined;
  return async (port) => {
    const monitorPort = await freePort();
    const { stop } = await startServer(path, port, monitorPort, folder);
    return { stop, records: () => streamRecords(monitorPort) };
  };
}

async function startServer(
  path: string,
  port: number,
  monitorPort: number,
  folder: string,
): Promise<{ stop(): Promise<void> }> {
  const store = await mkdtemp(join(folder, "nats-"));
  const file = join(store, "server.conf");
  await writeFile(
    file,
    `listen: "127.0.0.1:${port}"\nhttp: "127.0.0.1:${monitorPort}"\njetstream { store_dir: "${store}" }\n`,
  );
  const child = spawn(path, ["-c", file], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
    await rm(store, { recursive: true });
  };
  try {
    await until(async () => (await fetch(`http://127.0.0.1:${monitorPort}/healthz`)).ok);
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

/** How many records the stream has taken; undefined before there is one. */
async function streamRecords(monitorPort: number): Promise<number | undefined> {
  const response = await fetch(`http://127.0.0.1:${monitorPort}/jsz?streams=true`);
  const { account_details: accounts } = await response.json();
  return accounts?.[0]?.stream_detail?.[0]?.state.last_seq;
}
