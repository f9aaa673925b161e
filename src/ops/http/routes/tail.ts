/**
 * `/api/v1/tail`: records as they go to a sink, as server-sent events.
 *
 * ```
 * data: {"topic":"gobmp.parsed.peer","record":{…}}
 *
 * event: dropped
 * data: {"skipped":12000,"dropped":3}
 * ```
 *
 * `skipped`: not looked at, because too much passes; `dropped`: they fit the filter, but the client is too slow, or wants too many.
 */
import type { Buffer } from "node:buffer";
import { clearInterval, setInterval } from "node:timers";
import type { ServerResponse } from "node:http";
import type { Onlooker, Tail, TailFilter } from "../../../pipeline/live/tail.ts";
import { escapeHtml, HttpError } from "../answer.ts";
import type { Route } from "../route.ts";

const CLIENTS_MAX = 8;
/** Bytes that wait for one client. */
const QUEUE_BYTES_MAX = 256 * 1024;
/** More a second nobody reads. */
const RECORDS_PER_SECOND_MAX = 200;
const TELL_MS = 1000;
/** Without a word for so long, a proxy may take the connection for dead. */
const SILENT_TELLS_MAX = 15;
const TEXTS_MAX = 8;
const TEXT_MAX = 256;

export const tail: Route = {
  method: "GET",
  path: "/api/v1/tail",
  access: "read",
  summary:
    "Records as they go to a sink, as server-sent events; topic= part of the topic, session= of one session, q= text in the record, may be given several times",
  answer({ query }, { tail }) {
    const filter = filterOf(query);
    if (tail.size >= CLIENTS_MAX) {
      throw new HttpError(503, `Cannot show records: ${CLIENTS_MAX} others look on already`, {
        "retry-after": "10",
      });
    }
    return {
      type: "text/event-stream",
      start: (response) => void new Client(response, tail, filter),
    };
  },
};

export const TAIL_ROUTES: readonly Route[] = [tail];

function filterOf(query: URLSearchParams): TailFilter {
  const texts = query.getAll("q").filter((text) => text !== "");
  const topic = query.get("topic") ?? "";
  const session = query.get("session") ?? "";
  if (
    texts.length > TEXTS_MAX || [...texts, topic, session].some((text) => text.length > TEXT_MAX)
  ) {
    throw new HttpError(
      400,
      `Cannot filter: expected at most ${TEXTS_MAX} texts of ${TEXT_MAX} characters`,
    );
  }
  return { topic, session, texts };
}

class Client implements Onlooker {
  readonly filter: TailFilter;
  readonly #response: ServerResponse;
  #sent = 0;
  #skipped = 0;
  #dropped = 0;
  #silentTells = 0;

  constructor(response: ServerResponse, tail: Tail, filter: TailFilter) {
    this.filter = filter;
    this.#response = response;
    tail.add(this);
    const timer = setInterval(() => this.#tell(), TELL_MS).unref();
    response.on("close", () => {
      clearInterval(timer);
      tail.remove(this);
    });
    response.write(": records follow\n\n");
  }

  take(topic: string, record: Buffer): void {
    if (
      this.#sent >= RECORDS_PER_SECOND_MAX || this.#response.writableLength >= QUEUE_BYTES_MAX
    ) {
      this.#dropped++;
      return;
    }
    this.#sent++;
    this.#response.write(
      `data: {"topic":${JSON.stringify(topic)},"record":${
        escapeHtml(record.toString("utf8"))
      }}\n\n`,
    );
  }

  skipped(count: number): void {
    this.#skipped += count;
  }

  #tell(): void {
    const response = this.#response;
    const isSilent = this.#sent === 0;
    this.#sent = 0;
    if (response.writableLength >= QUEUE_BYTES_MAX) return;
    if (this.#skipped + this.#dropped > 0) {
      const told = JSON.stringify({ skipped: this.#skipped, dropped: this.#dropped });
      response.write(`event: dropped\ndata: ${told}\n\n`);
      this.#skipped = 0;
      this.#dropped = 0;
    } else if (isSilent && ++this.#silentTells >= SILENT_TELLS_MAX) {
      this.#silentTells = 0;
      response.write(": nothing new\n\n");
    }
  }
}
