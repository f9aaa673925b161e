/** What the error codes of Kafka's protocol mean for a producer, and errors as text. */

/**
 * What to do about a batch:
 *
 * - `ok`: it is in the log
 * - `retry`: send it again; also whatever is not listed here
 * - `identity`: the broker does not know what came before: send it again under a new producer id
 * - `record`: one of its records will never be taken: divide it until that one is alone
 * - `topic`: none of its records will ever be taken
 */
export type Verdict = "ok" | "retry" | "identity" | "record" | "topic";

/** https://kafka.apache.org/protocol#protocol_error_codes, as far as producers meet them. */
const CODES: Readonly<Record<number, readonly [name: string, verdict: Verdict]>> = {
  [-1]: ["UNKNOWN_SERVER_ERROR", "retry"],
  0: ["NONE", "ok"],
  2: ["CORRUPT_MESSAGE", "retry"],
  3: ["UNKNOWN_TOPIC_OR_PARTITION", "retry"],
  5: ["LEADER_NOT_AVAILABLE", "retry"],
  6: ["NOT_LEADER_OR_FOLLOWER", "retry"],
  7: ["REQUEST_TIMED_OUT", "retry"],
  10: ["MESSAGE_TOO_LARGE", "record"],
  14: ["COORDINATOR_LOAD_IN_PROGRESS", "retry"],
  15: ["COORDINATOR_NOT_AVAILABLE", "retry"],
  17: ["INVALID_TOPIC_EXCEPTION", "topic"],
  18: ["RECORD_LIST_TOO_LARGE", "record"],
  19: ["NOT_ENOUGH_REPLICAS", "retry"],
  20: ["NOT_ENOUGH_REPLICAS_AFTER_APPEND", "retry"],
  29: ["TOPIC_AUTHORIZATION_FAILED", "topic"],
  31: ["CLUSTER_AUTHORIZATION_FAILED", "retry"],
  32: ["INVALID_TIMESTAMP", "record"],
  35: ["UNSUPPORTED_VERSION", "retry"],
  36: ["TOPIC_ALREADY_EXISTS", "ok"],
  37: ["INVALID_PARTITIONS", "retry"],
  38: ["INVALID_REPLICATION_FACTOR", "retry"],
  40: ["INVALID_CONFIG", "retry"],
  41: ["NOT_CONTROLLER", "retry"],
  42: ["INVALID_REQUEST", "retry"],
  43: ["UNSUPPORTED_FOR_MESSAGE_FORMAT", "topic"],
  44: ["POLICY_VIOLATION", "topic"],
  45: ["OUT_OF_ORDER_SEQUENCE_NUMBER", "identity"],
  // The broker has the batch already: an answer was lost.
  46: ["DUPLICATE_SEQUENCE_NUMBER", "ok"],
  47: ["INVALID_PRODUCER_EPOCH", "identity"],
  49: ["INVALID_PRODUCER_ID_MAPPING", "identity"],
  53: ["TRANSACTIONAL_ID_AUTHORIZATION_FAILED", "retry"],
  56: ["KAFKA_STORAGE_ERROR", "retry"],
  58: ["SASL_AUTHENTICATION_FAILED", "retry"],
  59: ["UNKNOWN_PRODUCER_ID", "identity"],
  72: ["LISTENER_NOT_FOUND", "retry"],
  74: ["FENCED_LEADER_EPOCH", "retry"],
  76: ["UNSUPPORTED_COMPRESSION_TYPE", "topic"],
  87: ["INVALID_RECORD", "record"],
  89: ["THROTTLING_QUOTA_EXCEEDED", "retry"],
  90: ["PRODUCER_FENCED", "identity"],
};

export const NONE = 0;
export const UNKNOWN_TOPIC_OR_PARTITION = 3;
export const MESSAGE_TOO_LARGE = 10;
export const TOPIC_ALREADY_EXISTS = 36;
/** Brokers before 2.8 want a cluster permission of idempotent producers; answered to the request for a producer id. */
export const CLUSTER_AUTHORIZATION_FAILED = 31;

export function verdictOf(code: number): Verdict {
  return CODES[code]?.[1] ?? "retry";
}

/** E.g. `MESSAGE_TOO_LARGE`. */
export function codeName(code: number): string {
  return CODES[code]?.[0] ?? `KAFKA_ERROR_${code}`;
}

/** An answer with an error code where there is nothing but success or failure. */
export class KafkaError extends Error {
  override readonly name = "KafkaError";

  constructor(readonly code: number, message?: string | null) {
    super(message ? `${codeName(code)}: ${message}` : codeName(code));
  }
}

const DEPTH_MAX = 8;

/**
 * The message at the root of an error. The library wraps: what went wrong stands at the end of a chain of causes and of lists of
 * errors, below messages like "Cannot connect to any broker".
 */
export function rootMessage(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return String(error);
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  if (inner instanceof Error && depth < DEPTH_MAX) {
    const root = rootMessage(inner, depth + 1);
    // What the library says about certain failures is clearer than what the system says.
    return isTelling(error) ? `${error.message.replace(/\.$/, "")} (${root})` : root;
  }
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (error.message === "") return code || error.name;
  const message = error.message.replace(/\.$/, "");
  return /^E[A-Z_]+$/.test(code) && !message.includes(code) ? `${code}: ${message}` : message;
}

function isTelling({ message }: Error): boolean {
  return /^(?:SASL authentication failed|Cannot find a suitable SASL|TLS handshake failed)/.test(
    message,
  );
}
