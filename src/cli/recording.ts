/** Recorded sessions that commands read: files or standard input, as a BMP stream or as a capture of packets. */
import { open } from "node:fs/promises";
import process from "node:process";
import type { Readable } from "node:stream";
import { isCapture } from "../capture/packets.ts";
import type { CaptureReader } from "../capture/sessions.ts";
import type { Log } from "../ops/log.ts";
import { fileError } from "./file_error.ts";
import { type Flag, integer } from "./flag.ts";

const MAGIC_BYTES = 4;

export const portFlag: Flag<number | undefined> = {
  name: "port",
  placeholder: "PORT",
  default: "",
  initial: undefined,
  help:
    "In a capture, only connections to this TCP port; absent: every connection whose bytes are BMP",
  parse: integer(1, 65535),
};

/** The bytes of a recording. */
export interface Recording {
  /** Whether they are a pcap or pcapng file. */
  readonly isCapture: boolean;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Opens a file, or standard input for `-`. Its bytes end early when the signal aborts.
 *
 * @throws an error that names the file, here or while the bytes are read
 */
export async function openRecording(path: string, signal: AbortSignal): Promise<Recording> {
  const chunks = readInput(path, await openInput(path), signal);
  const first: Uint8Array[] = [];
  let head = new Uint8Array(0);
  while (head.length < MAGIC_BYTES) {
    const { value, done } = await chunks.next();
    if (done === true) break;
    first.push(value);
    head = new Uint8Array([...head, ...value.subarray(0, MAGIC_BYTES)]);
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* first;
    yield* chunks;
  }
  return { isCapture: isCapture(head), chunks: all() };
}

async function openInput(path: string): Promise<Readable> {
  if (path === "-") return process.stdin;
  try {
    return (await open(path)).createReadStream();
  } catch (error) {
    throw fileError("read", path, error);
  }
}

async function* readInput(
  path: string,
  stream: Readable,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const stop = () => stream.destroy();
  signal.addEventListener("abort", stop, { once: true });
  try {
    yield* stream;
  } catch (error) {
    if (!signal.aborted) throw fileError("read", path, error);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Says what a capture had that could not be read, and when it had no session. */
export function logUnread(log: Log, path: string, { unread, sessions }: CaptureReader): void {
  for (const [reason, packets] of Object.entries(unread)) {
    if (packets > 0) log.warn("packets not read", { file: path, reason, packets });
  }
  if (sessions === 0) log.warn("no BMP session in the capture", { file: path });
}
