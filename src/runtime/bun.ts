/** The {@linkcode Runtime} on Bun. */
import { open } from "node:fs/promises";
import process from "node:process";
import { listenDualStack } from "./address.ts";
import {
  type BunSocketOptions,
  connectPlain,
  countTraffic,
  socketHandler,
} from "./bun_connection.ts";
import { lockFile, openDatagramSender } from "./bun_libc.ts";
import { errorCode, toError } from "./error.ts";
import { openWebSocket } from "./bun_websocket.ts";
import { HeldBytes } from "./held_bytes.ts";
import { listenInherited } from "./inherited.ts";
import { procFileDescriptorLimit } from "./process.ts";
import { connectBy } from "./tls_client.ts";
import { serveTls } from "./tls_server.ts";
import type { AppendFile, Runtime } from "./types.ts";

/** What is used of the global `Bun`. */
declare const Bun: {
  readonly version: string;
  listen(options: BunSocketOptions): BunListener;
};

interface BunListener {
  readonly hostname: string;
  readonly port: number;
  stop(closeActiveConnections: boolean): void;
}

/** Writes to standard output or error. */
function streamWriter(name: "stdout" | "stderr"): (bytes: Uint8Array) => Promise<void> {
  /** Of a stream whose reader is gone: Bun reports it once and takes what follows without a word. */
  let failure: Error | undefined;
  return (bytes) => {
    countTraffic(bytes.length);
    const stream = process[name];
    // Without a listener Bun spins at full speed once the reader is gone.
    if (stream.listenerCount("error") === 0) stream.on("error", () => {});
    return new Promise((resolve, reject) => {
      if (failure !== undefined) return reject(failure);
      stream.write(bytes, (error) => {
        if (errorCode(error) === "EPIPE") failure = toError(error);
        if (error) reject(error);
        else resolve();
      });
    });
  };
}

async function openAppend(path: string): Promise<AppendFile> {
  const file = await open(path, "a");
  return {
    write(bytes, offset, length) {
      countTraffic(length);
      return file.write(bytes, offset, length);
    },
    truncate: (size) => file.truncate(size),
    sync: () => file.datasync(),
    stat: () => file.stat(),
    close: () => file.close(),
  };
}

export function bunRuntime(): Runtime {
  const held = new HeldBytes();
  return {
    name: "bun",
    version: Bun.version,
    listen({ host, port, fd }, accept, onError) {
      if (fd !== undefined) return listenInherited(fd, accept, onError);
      return Promise.resolve().then(() => {
        const socket = socketHandler(held, (connection) => {
          try {
            return accept(connection);
          } catch (error) {
            onError(toError(error));
            return undefined;
          }
        });
        const listener = listenDualStack(
          host,
          (hostname) => Bun.listen({ hostname, port, allowHalfOpen: true, socket }),
        );
        return {
          address: listener.hostname,
          port: listener.port,
          close: () => listener.stop(false),
        };
      });
    },
    connect: connectBy((...to) => connectPlain(held, ...to)),
    serveTls,
    openWebSocket,
    openAppend,
    lockFile,
    openDatagramSender,
    variableNames: () => Object.keys(process.env),
    fileDescriptorLimit: procFileDescriptorLimit,
    writeStdout: streamWriter("stdout"),
    writeStderr: streamWriter("stderr"),
  };
}
