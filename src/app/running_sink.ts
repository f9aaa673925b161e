/** A sink that runs, and the line of those that wait for one another in its place. */
import type { SinkConfig } from "../cli/sink_config.ts";
import { formatSpec } from "../formats/registry.ts";
import type { Pipeline } from "../pipeline/pipeline.ts";
import type { Sink } from "../sinks/sink.ts";
import { isReshaped, isSameOutput, within } from "./sink_changes.ts";
import type { SinkSlot } from "./sink_slot.ts";

/** A sink that must be reachable by then, or else the reload is refused. */
const OPEN_TIMEOUT_MS = 10_000;

export interface Running {
  config: SinkConfig;
  readonly slot: SinkSlot;
  readonly pipeline: Pipeline;
  /** Ends it alone. */
  readonly retired: AbortController;
  run: Promise<void>;
  /** The one before it, until it has begun itself: its sink is open. */
  before: Running | undefined;
}

export function running(config: SinkConfig, slot: SinkSlot, pipeline: Pipeline): Running {
  const retired = new AbortController();
  return { config, slot, pipeline, retired, run: Promise.resolve(), before: undefined };
}

/** A sink, and those before it while it has not begun. */
export function lineOf(last: Running): Running[] {
  const line: Running[] = [];
  for (let each: Running | undefined = last; each !== undefined; each = each.before) {
    line.push(each);
  }
  return line;
}

/** Whether one of its line writes to the output of another configuration. */
export function hasOutput(last: Running, config: SinkConfig): boolean {
  return lineOf(last).some((each) => isSameOutput(each.config, config));
}

/**
 * Whether a change needs a pipeline of its own: also where that of the last change has not begun, whose place is not free yet; and where
 * the sink may hold records back whose batches it has given back: another sink could not get those, but a spool still has them.
 */
export function needsPipeline(
  { config, before }: Pick<Running, "config" | "before">,
  after: SinkConfig,
  isDurable: boolean,
): boolean {
  const holds = formatSpec(config.format).holds ?? false;
  return before !== undefined || isReshaped(config, after) || (isDurable && holds);
}

/** @throws when the sink cannot be opened, or not in time; it is closed then */
export async function openInTime(sink: Sink): Promise<void> {
  const opening = sink.open();
  opening.catch(() => {});
  try {
    await within(OPEN_TIMEOUT_MS, (signal) => Promise.race([opening, rejected(signal, sink)]));
  } catch (error) {
    void sink.close(AbortSignal.abort()).catch(() => {});
    throw error;
  }
}

function rejected(signal: AbortSignal, { name }: Sink): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => {
      reject(
        new Error(
          `Cannot open sink "${name}": found no end of it within ${OPEN_TIMEOUT_MS / 1000} s`,
        ),
      );
    }, { once: true });
  });
}
