/** Memory and start-up: what the collector needs when sinks stall, when sessions are many, and when nothing happens. */
import { spawn, spawnSync } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import net from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GENERATE_DEFAULTS } from "../../src/generate/options.ts";
import { generateSession } from "../../src/generate/session.ts";
import type { Contestant } from "./contestants.ts";
import type { Measured } from "./measured.ts";
import { median } from "./report.ts";
import { listening, type Load, makePlaces, send, start } from "./run.ts";

const SESSIONS = 1000;
const WARM_UP_SESSIONS = 100;
const STARTS = 9;
/** Sessions of the full table against a stalled sink: more than the journal holds. */
const STALLED_SESSIONS = 3;

/** Peak memory in bytes while nobody reads what goes out, and when it has then been read to its end. */
export interface StalledPeaks {
  readonly stalled: number;
  readonly drained: number;
}

/** While more full tables come in than the journal holds. */
export function stalledSink(
  contestant: Contestant,
  load: Load,
  folder: string,
): Promise<StalledPeaks> {
  return withStalledSink(contestant, load.path, STALLED_SESSIONS, folder);
}

/** What a collector of ours with a spool may take at most while full tables come in and the broker is away: 160 MB measured. */
export const BROKER_AWAY_BYTES_MAX = 200e6;

/** Peak memory while full tables come in and the broker is away; of a collector that is to send to port `{port2}`. */
export async function brokerAway(
  contestant: Contestant,
  load: Load,
  folder: string,
): Promise<number> {
  const out = join(folder, "out");
  try {
    return await withCollector(contestant, load.path, out, folder, async (program, port) => {
      const sessions = Array.from({ length: STALLED_SESSIONS }, () => send(load.path, port));
      await Promise.all(sessions);
      await program.idle(() => 0);
      return program.sample().peakBytes;
    });
  } finally {
    await rm(`${out}.spool`, { recursive: true, force: true });
  }
}

/** Peak memory with 1,000 sessions of 100-byte messages at once. */
export async function smallMessages(contestant: Contestant, folder: string): Promise<number> {
  const path = await writeSmallMessages(folder);
  return await withCollector(contestant, path, "/dev/null", folder, async (program, port) => {
    await Promise.all(Array.from({ length: SESSIONS }, () => send(path, port)));
    await program.idle(() => 0);
    return program.sample().peakBytes;
  });
}

/** The same while nobody reads what goes out. */
export async function stalledSmallMessages(
  contestant: Contestant,
  folder: string,
): Promise<StalledPeaks> {
  return await withStalledSink(contestant, await writeSmallMessages(folder), SESSIONS, folder);
}

async function writeSmallMessages(folder: string): Promise<string> {
  const path = join(folder, "small.bmp");
  await writeFile(path, smallMessageSession(1000));
  return path;
}

/** Resident memory per session that has sent its Initiation and a Peer Up and is then silent. */
export function idleSession(contestant: Contestant, folder: string): Promise<number> {
  const greeting = smallMessageSession(0);
  return withCollector(contestant, "", join(folder, "out"), folder, async (program, port) => {
    const sockets: net.Socket[] = [];
    async function residentWith(sessions: number): Promise<number> {
      const more = Array.from({ length: sessions - sockets.length }, () => connect(port));
      for (const socket of await Promise.all(more)) {
        socket.write(greeting);
        sockets.push(socket);
      }
      await program.idle(() => 0);
      return program.sample().residentBytes;
    }
    // The first ones also pay for code that is compiled and pools that are filled once.
    const before = await residentWith(WARM_UP_SESSIONS);
    const after = await residentWith(WARM_UP_SESSIONS + SESSIONS);
    for (const socket of sockets) socket.destroy();
    return (after - before) / SESSIONS;
  });
}

/** Median time from the start of a process to its first accepted connection, in milliseconds. */
export async function startUp(contestant: Contestant, folder: string): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const places = await makePlaces("", folder);
    const startedAt = performance.now();
    const program = await start(contestant, places, folder);
    let socket: net.Socket | undefined;
    while (socket === undefined && program.isRunning) {
      socket = await connect(places.port).catch(() => undefined);
      if (socket === undefined) await sleep(1);
    }
    times.push(performance.now() - startedAt);
    socket?.destroy();
    await program.stop();
    await rm(places.out, { force: true });
  }
  return median(times);
}

async function withStalledSink(
  contestant: Contestant,
  path: string,
  sessions: number,
  folder: string,
): Promise<StalledPeaks> {
  const fifo = join(folder, "fifo");
  spawnSync("mkfifo", [fifo]);
  // Open for both directions, so that neither end waits for the other; nothing is ever read here.
  const end = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
  const stop = new AbortController();
  try {
    return await withCollector(contestant, path, fifo, folder, async (program, port) => {
      const senders = Promise.allSettled(
        Array.from({ length: sessions }, () => send(path, port, stop.signal)),
      );
      await program.idle(() => 0);
      const stalled = program.sample().peakBytes;
      const reader = spawn("cat", [fifo], { stdio: ["ignore", "ignore", "inherit"] });
      await program.idle(() => 0);
      const drained = program.sample().peakBytes;
      reader.kill();
      stop.abort();
      // What is left could not drain: there is nobody to drain to.
      program.kill("SIGKILL");
      await senders;
      return { stalled, drained };
    });
  } finally {
    closeSync(end);
    await rm(fifo, { force: true });
  }
}

async function withCollector<T>(
  contestant: Contestant,
  file: string,
  out: string,
  folder: string,
  measure: (program: Measured, port: number) => Promise<T>,
): Promise<T> {
  const places = { ...await makePlaces(file, folder), out };
  const program = await start(contestant, places, folder);
  try {
    await listening(program, places.port);
    return await measure(program, places.port);
  } finally {
    await program.stop();
    if (out !== "/dev/null") await rm(out, { force: true });
  }
}

export function connect(port: number, localAddress = "127.0.0.1"): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: "127.0.0.1", port, localAddress });
    socket.once("connect", () => {
      socket.off("error", reject);
      socket.on("error", () => {});
      resolve(socket);
    });
    socket.once("error", reject);
  });
}

/** Initiation, one Peer Up, then Route Monitoring messages of 100 bytes with one prefix each. */
export function smallMessageSession(messages: number): Uint8Array {
  const head = Buffer.concat(
    [...generateSession({ ...GENERATE_DEFAULTS, prefixesV4: 0, prefixesV6: 0 })].map((chunk) =>
      Buffer.from(chunk)
    ),
  );
  const peerUp = head.readUInt32BE(1);
  const peerHeader = head.subarray(peerUp + 6, peerUp + 48);
  const attributes = Buffer.from(
    "40010100" + "40020a0202" + "0000fc01" + "00000d1c" + "400304c6130001",
    "hex",
  );
  const update = Buffer.concat([
    Buffer.alloc(16, 0xff),
    Buffer.from([0, 52, 2, 0, 0, 0, attributes.length]),
    attributes,
    Buffer.from([25, 0, 0, 0, 0]),
  ]);
  const frame = Buffer.concat([Buffer.from([3, 0, 0, 0, 100, 0]), peerHeader, update]);
  const stream = Buffer.concat([head, ...Array.from({ length: messages }, () => frame)]);
  for (let i = 0; i < messages; i++) {
    stream.writeUInt32BE(0x14000000 + i * 128, head.length + (i + 1) * 100 - 4);
  }
  return stream;
}
