/** Sessions behind a real listener, with a fake journal. */
import net from "node:net";
import { Log } from "../../src/ops/log.ts";
import { Metrics } from "../../src/ops/metrics.ts";
import { loadRuntime } from "../../src/runtime/mod.ts";
import type { SessionLimits } from "../../src/sessions/limits.ts";
import {
  type ListenerOptions,
  listenForRouters,
  type SessionListener,
} from "../../src/sessions/listener.ts";
import { Sessions, type SessionsOptions } from "../../src/sessions/sessions.ts";
import { FakeJournal } from "./fake_journal.ts";

export const runtime = await loadRuntime();
export const NOW_US = 1_700_000_000_000_000;

export interface Rig {
  readonly journal: FakeJournal;
  readonly metrics: Metrics;
  readonly sessions: Sessions;
  readonly listener: SessionListener;
  /** What was logged, one JSON object per line. */
  readonly lines: Record<string, unknown>[];
  /** The lines of one event. */
  events(name: string): Record<string, unknown>[];
  /** How often connections were refused for a reason. */
  refused(reason: string): number;
  /** Changes limits. */
  update(limits: Partial<SessionLimits>): void;
}

export const NO_LIMITS: SessionLimits = {
  allow: [],
  deny: [],
  allowIdentities: [],
  denyIdentities: [],
  maxSessions: 2000,
  maxSessionsPerSource: 0,
  maxMessageBytes: 4096,
  sessionMaxBytesPerSecond: 0,
  sessionMaxUnreadBytes: 1024 * 1024,
  maxPeersPerSession: 0,
  firstMessageTimeoutMs: 0,
  sessionIdleAlarmMs: 0,
  sessionIdleTimeoutMs: 0,
  proxyHeaderTimeoutMs: 5000,
};

type RigOptions =
  & Partial<SessionLimits>
  & Partial<Omit<SessionsOptions, "limits">>
  & { level?: "info" | "trace"; listen?: Partial<ListenerOptions> };

const rigs: Rig[] = [];
const sockets: net.Socket[] = [];

export async function closeRigs(): Promise<void> {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const { listener, sessions, journal } of rigs.splice(0)) {
    listener.close();
    journal.release();
    journal.failure = undefined;
    await sessions.stop();
  }
}

/** For tests with so many that keeping them counts. */
export function forgetSockets(): void {
  sockets.length = 0;
}

export async function start(options: RigOptions = {}): Promise<Rig> {
  const { level = "info", listen, partialBytesMax, ...limits } = options;
  const journal = options.journal instanceof FakeJournal ? options.journal : new FakeJournal();
  const metrics = new Metrics();
  const lines: Record<string, unknown>[] = [];
  const log = new Log(level, "json", (line) => void lines.push(JSON.parse(line)));
  let ticks = 0;
  const sessions = new Sessions({
    journal,
    log,
    metrics,
    nowUs: () => NOW_US + ticks++,
    limits: { ...NO_LIMITS, ...limits },
    sessionsMax: options.sessionsMax ?? 10_000,
    ...(partialBytesMax === undefined ? {} : { partialBytesMax }),
  });
  const listener = await listenForRouters(runtime, sessions, {
    address: "127.0.0.1",
    port: 0,
    parallel: false,
    ...listen,
  });
  const refused = metrics.counter("edgebmp_session_refused_total", "");
  const rig = {
    journal,
    metrics,
    sessions,
    listener,
    lines,
    events: (name: string) => lines.filter((line) => line["event"] === name),
    refused: (reason: string) => refused.with({ reason }).value,
    update: (changed: Partial<SessionLimits>) =>
      sessions.update({ ...NO_LIMITS, ...limits, ...changed }),
  };
  rigs.push(rig);
  return rig;
}

export function dial({ listener }: { listener: SessionListener }): net.Socket {
  const socket = net.connect(listener.port, "127.0.0.1");
  sockets.push(socket);
  socket.on("error", () => {});
  return socket;
}

/** A message of a type with `length` bytes in all, numbered in its last four. */
export function message(type: number, length = 10, number = 0): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  bytes[0] = 3;
  view.setUint32(1, length);
  bytes[5] = type;
  if (length >= 10) view.setUint32(length - 4, number);
  return bytes;
}
