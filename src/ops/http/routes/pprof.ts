/** `/debug/pprof/`: profiles that `go tool pprof` opens, by the paths that it knows. */
import { type Answer, HttpError, text } from "../answer.ts";
import { cpuProfile, heapProfile, NoProfiler } from "../pprof/inspector.ts";
import type { Ask, Route } from "../route.ts";
import type { HttpSource } from "../source.ts";

const SECONDS_MAX = 120;
const CPU_SECONDS_DEFAULT = 30;
const HEAP_SECONDS_DEFAULT = 10;

const INDEX = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>/debug/pprof/</title>
<h1>/debug/pprof/</h1>
<ul>
<li><a href="profile?seconds=30">profile</a>: where processor time goes, for go tool pprof; seconds=30
<li><a href="heap?seconds=10">heap</a>: what is allocated within so many seconds and still in use, for go tool pprof; seconds=10
<li><a href="goroutine">goroutine</a>: sessions and pipelines, and what each of them waits for
</ul>
`;

const index: Route = {
  method: "GET",
  path: "/debug/pprof/",
  access: "read",
  summary: "What profiles there are",
  answer: () => ({ status: 200, type: "text/html; charset=utf-8", body: INDEX }),
};

const profile: Route = {
  method: "GET",
  path: "/debug/pprof/profile",
  access: "read",
  summary: "CPU profile of the next seconds= (30) for go tool pprof",
  answer: (ask) => profiled("profile", ask, CPU_SECONDS_DEFAULT, cpuProfile),
};

const heap: Route = {
  method: "GET",
  path: "/debug/pprof/heap",
  access: "read",
  summary:
    "What is allocated within the next seconds= (10) and in use at their end, for go tool pprof; 501 under Bun",
  answer: (ask) => profiled("heap", ask, HEAP_SECONDS_DEFAULT, heapProfile),
};

const goroutine: Route = {
  method: "GET",
  path: "/debug/pprof/goroutine",
  access: "read",
  summary: "Sessions and pipelines as text, and what each of them waits for",
  answer: (_, source) => text(waitersText(source)),
};

export const PPROF_ROUTES: readonly Route[] = [index, profile, heap, goroutine];

let isProfiling = false;

async function profiled(
  name: string,
  { query }: Ask,
  otherwise: number,
  make: (seconds: number) => Promise<Uint8Array>,
): Promise<Answer> {
  const seconds = Number(query.get("seconds") ?? otherwise);
  if (!(seconds > 0 && seconds <= SECONDS_MAX)) {
    throw new HttpError(400, `Cannot read seconds: expected more than 0, at most ${SECONDS_MAX}`);
  }
  if (isProfiling) throw new HttpError(409, "Cannot profile: another profile is under way");
  isProfiling = true;
  try {
    return {
      status: 200,
      type: "application/octet-stream",
      body: await make(seconds),
      headers: { "content-disposition": `attachment; filename="${name}.pb.gz"` },
    };
  } catch (error) {
    if (!(error instanceof NoProfiler)) throw error;
    throw new HttpError(
      501,
      `Cannot profile: ${error.message}; there are /debug/pprof/goroutine, and memory and processor time in /metrics`,
    );
  } finally {
    isProfiling = false;
  }
}

function waitersText({ sessions, sinks }: HttpSource): string {
  let text = `pipelines: ${sinks().length}\n`;
  for (const { name, type, format, waitsFor } of sinks()) {
    const waits = waitsFor === undefined
      ? "nothing, it works"
      : waitsFor === "sink"
      ? "acknowledgements of its sink"
      : "new entries in the journal";
    text += `pipeline ${JSON.stringify(name)} (${type}, ${format}) waits for ${waits}\n`;
  }
  text += `\nsessions: ${sessions.count}\n`;
  for (const { info, isWaiting, messages, bytes, partialBytes } of sessions) {
    const waits = isWaiting ? "room in the journal" : "its router";
    text += `session ${info.session} ${info.source}:${info.source_port} waits for ${waits}; ` +
      `messages ${messages}, bytes ${bytes}, of an unfinished message ${partialBytes}\n`;
  }
  return text;
}
