/** The JetStream stream that takes the records: made if there is none; an existing one gets the subjects that it lacks, no more. */
import type { NatsLink } from "./link.ts";

export const RETENTIONS = ["interest", "limits", "workqueue"] as const;
export type Retention = typeof RETENTIONS[number];

export interface StreamOptions {
  readonly name: string;
  readonly retention: Retention;
  readonly maxAgeMs: number;
  readonly replicas: number;
  readonly duplicateWindowMs: number;
}

interface StreamConfig {
  readonly subjects?: readonly string[];
  readonly [setting: string]: unknown;
}

interface Answer {
  readonly error?: { readonly err_code?: number; readonly description?: string };
  readonly config?: StreamConfig;
}

const TIMEOUT_MS = 5_000;
const NS_PER_MS = 1_000_000;

const STREAM_NOT_FOUND = 10059;
/** Another stream takes some of the subjects, and so acknowledges the records on them. */
const SUBJECTS_OVERLAP = 10065;
/** Somebody else has made it at the same moment, with other settings. */
const STREAM_NAME_EXISTS = 10058;

/**
 * Sees to it that the stream takes these subjects.
 *
 * @returns the subjects that it cannot take, each with the server's words
 * @throws when there is no JetStream, no answer or no permission to ask, or the stream cannot be made
 */
export async function ensureStream(
  link: Pick<NatsLink, "request">,
  options: StreamOptions,
  subjects: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await call(link, "INFO", options.name, {});
  if (found.error?.err_code === STREAM_NOT_FOUND) {
    const made = await call(link, "CREATE", options.name, settingsOf(options, subjects));
    if (made.error === undefined) return new Map();
    if (made.error.err_code !== STREAM_NAME_EXISTS) throw errorOf(made, "make", options.name);
    return await ensureStream(link, options, subjects);
  }
  if (found.config === undefined) throw errorOf(found, "look up", options.name);
  return await addSubjects(link, options.name, found.config, subjects);
}

function settingsOf(options: StreamOptions, subjects: readonly string[]): StreamConfig {
  return {
    name: options.name,
    subjects,
    retention: options.retention,
    storage: "file",
    discard: "old",
    max_age: options.maxAgeMs * NS_PER_MS,
    max_msgs: -1,
    max_bytes: -1,
    max_msg_size: -1,
    max_consumers: -1,
    num_replicas: options.replicas,
    duplicate_window: options.duplicateWindowMs * NS_PER_MS,
  };
}

async function addSubjects(
  link: Pick<NatsLink, "request">,
  name: string,
  config: StreamConfig,
  subjects: readonly string[],
): Promise<Map<string, string>> {
  const refused = new Map<string, string>();
  const known = config.subjects ?? [];
  const missing = subjects.filter((subject) => !known.some((other) => covers(other, subject)));
  if (missing.length === 0) return refused;
  const update = (more: readonly string[], before: readonly string[]) =>
    call(link, "UPDATE", name, { ...config, subjects: merge(before, more) });
  if ((await update(missing, known)).error === undefined) return refused;
  // One of them is the reason: each for itself, so that the others get in.
  let taken: readonly string[] = known;
  for (const subject of missing) {
    const { error } = await update([subject], taken);
    if (error === undefined) taken = merge(taken, [subject]);
    else if (error.err_code !== SUBJECTS_OVERLAP) refused.set(subject, textOf(error));
  }
  return refused;
}

/** A stream's subjects must not overlap, so one that is part of a new one goes. */
function merge(known: readonly string[], more: readonly string[]): string[] {
  const kept = known.filter((subject) => !more.some((other) => covers(other, subject)));
  return [...kept, ...more];
}

/** Whether all subjects that `subject`, perhaps with wildcards, stands for are among those of `pattern`. */
export function covers(pattern: string, subject: string): boolean {
  const tokens = subject.split(".");
  const wanted = pattern.split(".");
  for (let i = 0; i < wanted.length; i++) {
    if (wanted[i] === ">") return tokens.length > i;
    if (tokens[i] === undefined || tokens[i] === ">") return false;
    if (wanted[i] !== "*" && wanted[i] !== tokens[i]) return false;
  }
  return tokens.length === wanted.length;
}

async function call(
  link: Pick<NatsLink, "request">,
  verb: string,
  name: string,
  body: object,
): Promise<Answer> {
  const text = await link.request(
    `$JS.API.STREAM.${verb}.${name}`,
    JSON.stringify(body),
    TIMEOUT_MS,
  );
  return JSON.parse(text) as Answer;
}

function errorOf({ error }: Answer, what: string, name: string): Error {
  return new Error(
    `Cannot ${what} stream "${name}": ${error === undefined ? "found no settings" : textOf(error)}`,
  );
}

function textOf(error: NonNullable<Answer["error"]>): string {
  return `${error.description ?? "refused"} (${error.err_code ?? 0})`;
}
