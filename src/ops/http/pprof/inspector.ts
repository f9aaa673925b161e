/** Profiles of the process by its own inspector (`node:inspector`). */
import { setTimeout } from "node:timers";
import { type CallFrame, encodeProfile, type Sample } from "./encode.ts";

/** What this runtime cannot profile. */
export class NoProfiler extends Error {
  override readonly name = "NoProfiler";
}

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: CallFrame;
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** Microseconds. */
  readonly timeDeltas: readonly number[];
}

interface HeapNode {
  readonly callFrame: CallFrame;
  readonly selfSize: number;
  readonly children: readonly HeapNode[];
}

/** Where processor time goes within the next seconds. @throws {NoProfiler} */
export async function cpuProfile(seconds: number): Promise<Uint8Array> {
  const startMs = Date.now();
  const { profile } = await profiled<{ profile: CpuProfile }>(
    ["Profiler.enable", "Profiler.start"],
    seconds,
    "Profiler.stop",
  );
  return encodeProfile({
    types: [{ type: "samples", unit: "count" }, { type: "cpu", unit: "nanoseconds" }],
    samples: cpuSamples(profile),
    timeMs: startMs,
    durationMs: Date.now() - startMs,
    period: 1_000_000,
  });
}

/** What is allocated within the next seconds and in use at their end. @throws {NoProfiler} */
export async function heapProfile(seconds: number): Promise<Uint8Array> {
  const startMs = Date.now();
  const { profile } = await profiled<{ profile: { head: HeapNode } }>(
    ["HeapProfiler.enable", "HeapProfiler.startSampling"],
    seconds,
    "HeapProfiler.stopSampling",
  );
  return encodeProfile({
    types: [{ type: "inuse_space", unit: "bytes" }],
    samples: heapSamples(profile.head, []),
    timeMs: startMs,
    durationMs: Date.now() - startMs,
    period: 32 * 1024,
  });
}

/** Starts, waits, and returns what the last command answers. */
async function profiled<T>(
  starts: readonly string[],
  seconds: number,
  stop: string,
): Promise<T> {
  // Loaded late: few ask for it.
  const { Session } = await import("node:inspector");
  let session;
  try {
    session = new Session();
    session.connect();
  } catch (cause) {
    throw new NoProfiler("the inspector is not to be had (Deno: --allow-sys)", { cause });
  }
  const post = (method: string) =>
    new Promise<T>((resolve, reject) => {
      session.post(method, (error: Error | null, result?: object) => {
        if (error === null || error === undefined) resolve(result as T);
        else reject(new NoProfiler(`the runtime has no ${method}`, { cause: error }));
      });
    });
  try {
    for (const method of starts) await post(method);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    return await post(stop);
  } finally {
    session.disconnect();
  }
}

function* cpuSamples({ nodes, samples, timeDeltas }: CpuProfile): Iterable<Sample> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map<number, number>();
  for (const { id, children = [] } of nodes) for (const child of children) parents.set(child, id);
  const sums = new Map<number, { count: number; nanoseconds: number }>();
  for (const [i, id] of samples.entries()) {
    const sum = sums.get(id) ?? { count: 0, nanoseconds: 0 };
    sum.count++;
    sum.nanoseconds += Math.max(0, timeDeltas[i] ?? 0) * 1000;
    sums.set(id, sum);
  }
  for (const [leaf, { count, nanoseconds }] of sums) {
    const stack: CallFrame[] = [];
    for (let id: number | undefined = leaf; id !== undefined; id = parents.get(id)) {
      const frame = byId.get(id)?.callFrame;
      if (frame !== undefined && frame.functionName !== "(root)") stack.push(frame);
    }
    yield { stack, values: [count, nanoseconds] };
  }
}

/** @param callers innermost first */
function* heapSamples(node: HeapNode, callers: readonly CallFrame[]): Iterable<Sample> {
  const { callFrame, selfSize, children } = node;
  const stack = callFrame.functionName === "(root)" ? callers : [callFrame, ...callers];
  if (selfSize > 0) yield { stack, values: [selfSize] };
  for (const child of children) yield* heapSamples(child, stack);
}
