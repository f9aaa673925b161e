/** HTTP of the collector, as its start needs it. */
import { clearInterval, setInterval } from "node:timers";
import { errorCode, toError } from "../../runtime/error.ts";
import type { Log } from "../log.ts";
import { ProcessMetrics } from "../process_metrics.ts";
import type { HttpConfig } from "./flags.ts";
import { Readiness } from "./readiness.ts";
import { ROUTES } from "./routes.ts";
import { type HttpServer, serveHttp } from "./server.ts";
import { type HttpSource, SAMPLE_SECONDS } from "./source.ts";

export { Captures } from "./captures.ts";

export interface Http {
  /** Where it listens; undefined: the default port was busy. */
  readonly name: string | undefined;
  close(): Promise<void>;
}

/**
 * Listens, as far as the configuration wants it.
 *
 * @throws when a port that somebody named is busy, or a file cannot be read
 */
export async function openHttp(
  config: HttpConfig,
  source: Omit<HttpSource, "readySinceMs">,
  log: Log,
): Promise<Http> {
  const readiness = new Readiness(source.unreadiness, source.startedAtMs);
  const processMetrics = new ProcessMetrics(source.metrics, source.version, source.runtime);
  const own: HttpSource = {
    ...source,
    unreadiness: () => readiness.look(Date.now()),
    get readySinceMs() {
      return readiness.sinceMs;
    },
    updateMetrics() {
      source.updateMetrics();
      processMetrics.update();
    },
  };
  const sampler = setInterval(() => {
    source.live.sample(Date.now());
    readiness.look(Date.now());
  }, SAMPLE_SECONDS * 1000).unref();
  let server: HttpServer | undefined;
  try {
    server = await serveHttp(config, ROUTES, own, log);
    log.info("listening for HTTP", { address: server.name, tls: config.tlsCertFile !== "" });
  } catch (error) {
    if (config.isPortNamed || !isBusy(error)) {
      clearInterval(sampler);
      processMetrics.stop();
      throw error;
    }
    log.warn("no HTTP", { error: toError(error).message });
  }
  return {
    name: server?.name,
    async close() {
      clearInterval(sampler);
      processMetrics.stop();
      await server?.close();
    },
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && errorCode(error.cause) === "EADDRINUSE";
}
