/** What an upstream is given of the collector. */
import type { Journal } from "../journal/types.ts";
import type { Log } from "../ops/log.ts";
import type { Metrics } from "../ops/metrics.ts";
import type { Runtime } from "../runtime/types.ts";
import type { OwnListener } from "./connector.ts";

export interface UpstreamContext {
  readonly journal: Journal;
  readonly runtime: Runtime;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Where this collector listens; what routers connect to is no upstream. */
  readonly listeners: () => readonly OwnListener[];
  /** Closes the session of a router; false: it is not open. */
  readonly resetSession: (session: string, detail: string) => boolean;
  /** Bytes of the journal that sessions without a connection, and what may have to be written again, may hold. */
  readonly heldBytesMax: () => number;
  /** Whether sessions may be open already, of which it has had nothing. */
  readonly isAdded: boolean;
}
