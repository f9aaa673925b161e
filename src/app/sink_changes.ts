/** How two configurations of a sink differ, and what a change may take. */
import { clearTimeout, setTimeout } from "node:timers";
import type { SinkConfig } from "../cli/sink_config.ts";
import { sinkSpec } from "../sinks/registry.ts";

/** Whether its pipeline has to be another one. */
export function isReshaped(before: SinkConfig, after: SinkConfig): boolean {
  const shape = (config: SinkConfig) => {
    const { format, formatOptions, filter, batchBytes, batchMs, inFlightBytesMax, optional } =
      config;
    const { wrapped } = sinkSpec(config.type);
    return {
      format,
      formatOptions,
      filter,
      batchBytes,
      batchMs,
      inFlightBytesMax,
      optional,
      wrapped,
    };
  };
  return !isSame(shape(before), shape(after));
}

/** Whether anything about it is another. */
export function isMoved(before: SinkConfig, after: SinkConfig): boolean {
  return !isSame({ ...before, start: "" }, { ...after, start: "" });
}

/** Whether both would write to one file, so that the one has to be closed before the other is opened. */
export function isSameOutput(before: SinkConfig, after: SinkConfig): boolean {
  if (before.type !== after.type) return false;
  const output = sinkSpec(before.type).output?.(before.options);
  return output !== undefined && output === sinkSpec(after.type).output?.(after.options);
}

/** Plain data. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Calls with a signal that aborts after a time. */
export async function within<T>(ms: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), ms);
  try {
    return await call(end.signal);
  } finally {
    clearTimeout(timer);
  }
}
