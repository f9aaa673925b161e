/** What the routes know of the collector. */
import type { LiveView } from "../../pipeline/live/live_view.ts";
import type { Tail } from "../../pipeline/live/tail.ts";
import type { Session } from "../../sessions/session.ts";
import type { Resets } from "../../sessions/resets.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import type { Captures } from "./captures.ts";

/** Between samples of the rates. */
export const SAMPLE_SECONDS = 10;

export interface SinkState {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  /** Where it goes, for people; without secrets. */
  readonly output: string;
  /** See `Pipeline.waitsFor`. */
  readonly waitsFor: string | undefined;
  /** See `Sink.lastError`. */
  readonly lastError: string | undefined;
}

export interface UpstreamState {
  readonly name: string;
  /** Where it is, for people. */
  readonly output: string;
  /** See `Upstream.waitsFor`. */
  readonly waitsFor: string | undefined;
}

export interface OpenSessions extends Iterable<Session> {
  readonly count: number;
}

export interface HttpSource {
  readonly version: string;
  /** E.g. `deno 2.9.5`. */
  readonly runtime: string;
  /** Name of the collector. */
  readonly collector: string;
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
  readonly metrics: Metrics;
  /** Brings the metrics up to date. */
  updateMetrics(): void;
  /** Why no router can be accepted; empty: one can. */
  unreadiness(): readonly string[];
  /** Since when that is so, or is not so; milliseconds since 1970. */
  readonly readySinceMs: number;
  readonly sessions: OpenSessions;
  readonly live: LiveView;
  readonly tail: Tail;
  sinks(): readonly SinkState[];
  upstreams(): readonly UpstreamState[];
  readonly resets: Resets;
  readonly captures: Captures;
  /** Reads the configuration again and changes to it. @throws when it is wrong; nothing has changed then */
  reload(): Promise<{ readonly changes: readonly string[]; readonly restart: readonly string[] }>;
  readonly log: Log;
}
