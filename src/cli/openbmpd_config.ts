/** From the configuration file of openbmpd, the collector in C++, to one of ours, and what has no counterpart here. */
import { parseGroupRule } from "../formats/openbmp_parsed/groups.ts";
import { ROW_TYPES } from "../formats/openbmp_parsed/topics.ts";
import { ConfigError } from "./config_error.ts";
import { parseYaml } from "./config_file.ts";

type Values = Readonly<Record<string, unknown>>;

/** Why a key is left out; of others nothing is known. */
const WITHOUT_COUNTERPART: Readonly<Record<string, string>> = {
  "base.buffers.router":
    "all routers share one journal (limits.journal_max_bytes), or a spool on disk (spool.dir)",
  "base.startup.max_concurrent_routers": "a full journal holds routers back; none has to wait",
  "base.startup.initial_router_time": "as above",
  "base.startup.calculate_baseline": "as above",
  "kafka.receive.message.max.bytes": "nothing is consumed",
  "kafka.queue.buffering.max.messages": "max_in_flight_bytes bounds what is under way",
  "kafka.queue.buffering.max.kbytes": "max_in_flight_bytes bounds what is under way",
  "kafka.message.send.max.retries": "records are sent again until they are acknowledged",
  "kafka.retry.backoff.ms": "waits grow from 250 ms to 30 s",
  "debug.general": "--log-level=debug",
  "debug.bmp": "--log-level=debug",
  "debug.bgp": "--log-level=debug",
  "debug.msgbus": "--log-level=debug",
};

const DEFAULT_NAMES: Values = {
  ...Object.fromEntries(ROW_TYPES.map((type) => [type, `{root}.{parsed}.${type}`])),
  bmp_raw: "{root}.{raw}",
};
const DEFAULT_VARIABLES: Values = { root: "openbmp", raw: "bmp_raw", parsed: "parsed" };
const MINUTE_MS = 60_000;

/** The text of our file for openbmpd's. @throws {ConfigError} when it is no such file */
export function importOpenbmpd(text: string, name: string): string {
  let file: unknown;
  try {
    file = parseYaml(text);
  } catch (error) {
    throw new ConfigError(`Cannot read "${name}": ${(error as Error).message.split("\n", 1)[0]}`);
  }
  if (!isValues(file) || !("base" in file || "kafka" in file)) {
    throw new ConfigError(`Cannot read "${name}": expected openbmpd's keys "base" and "kafka"`);
  }
  return new Import(file).text();
}

class Import {
  readonly #file: Values;
  /** Keys that have been read. */
  readonly #read = new Set<string>();
  readonly #left: string[] = [];

  constructor(file: Values) {
    this.#file = flatten(file);
  }

  text(): string {
    const general = this.#general();
    const sinks = this.#sinks();
    for (const key of Object.keys(this.#file)) {
      if (this.#read.has(key)) continue;
      this.#left.push(`${key}: ${WITHOUT_COUNTERPART[key] ?? "not known"}`);
    }
    const notes = this.#left.length === 0
      ? []
      : ["# Without counterpart:", ...this.#left.map((note) => `#   ${note}`)];
    return [...notes, "version: 1", ...general, "sinks:", ...sinks, ""].join("\n");
  }

  #get(key: string): unknown {
    this.#read.add(key);
    return this.#file[key] ?? undefined;
  }

  #general(): string[] {
    const adminId = this.#get("base.admin_id");
    const mode = this.#get("base.listen_mode") ?? "v4";
    const ipv4 = this.#get("base.listen_ipv4") ?? "0.0.0.0";
    const ipv6 = this.#get("base.listen_ipv6") ?? "::";
    const address = mode === "v4" ? ipv4 : ipv6;
    const port = this.#get("base.listen_port") ?? 5000;
    return [
      // Its word for the name of the machine, which is our default.
      ...(adminId === undefined || adminId === "hostname" ? [] : [`admin_id: ${quoted(adminId)}`]),
      "listen:",
      `  - { address: ${quoted(address)}, port: ${Number(port)} }`,
    ];
  }

  #sinks(): string[] {
    const brokers = [this.#get("kafka.brokers") ?? "localhost:9092"].flat().join(",");
    const kafka: (readonly [string, string, (value: unknown) => unknown])[] = [
      ["kafka.message.max.bytes", "record_batch_bytes", Number],
      ["kafka.socket.timeout.ms", "request_timeout_ms", Number],
      ["kafka.queue.buffering.max.ms", "batch_ms", Number],
      ["kafka.compression.codec", "compression", String],
    ];
    const common = ["    type: kafka", `    brokers: ${quoted(brokers)}`];
    for (const [key, ours, convert] of kafka) {
      const value = this.#get(key);
      if (value !== undefined) common.push(`    ${ours}: ${convert(value)}`);
    }
    const minutes = Number(this.#get("base.heartbeat.interval") ?? 5);
    // Documented in one place, read in the other.
    const isNamed = ["base.pat_enabled", "base.startup.pat_enabled"]
      .map((key) => this.#get(key)).includes(true);
    const names = this.#topics();
    const raw = names.get("bmp_raw");
    return [
      "  - name: openbmp",
      ...common,
      "    format: openbmp-parsed",
      `    topic_template: ${quoted(this.#template(names))}`,
      `    router_hash: ${isNamed ? "name" : "address"}`,
      `    heartbeat_interval_ms: ${minutes * MINUTE_MS}`,
      ...this.#groups("router_group", "router_groups"),
      ...this.#groups("peer_group", "peer_groups"),
      ...(raw === undefined ? [] : [
        "  - name: openbmp-raw",
        ...common,
        "    format: openbmp-raw",
        "    profile: text",
        `    topic: ${quoted(raw)}`,
      ]),
    ];
  }

  /** Names of topics with the user's variables put in, without those that are switched off. */
  #topics(): Map<string, string> {
    const names = new Map<string, string>();
    const variables: Record<string, string> = {};
    for (const [name, value] of Object.entries({ ...DEFAULT_VARIABLES, ...this.#variables() })) {
      variables[name] = String(value);
    }
    for (const [type, wanted] of Object.entries(DEFAULT_NAMES)) {
      const key = `kafka.topics.names.${type}`;
      const found = key in this.#file ? this.#get(key) ?? "" : wanted;
      const name = String(found).replace(/\{(\w+)\}/g, (all, word) => variables[word] ?? all);
      if (name !== "") names.set(type, name);
      else if (type !== "bmp_raw") this.#left.push(`${key}: switched off; here all kinds are sent`);
    }
    return names;
  }

  #variables(): Values {
    const prefix = "kafka.topics.variables.";
    const keys = Object.keys(this.#file).filter((key) => key.startsWith(prefix));
    return Object.fromEntries(keys.map((key) => [key.slice(prefix.length), this.#get(key)]));
  }

  /** One template for all kinds: that of unicast_prefix; who has another one is told of. */
  #template(names: ReadonlyMap<string, string>): string {
    const model = names.get("unicast_prefix") ?? "openbmp.parsed.unicast_prefix";
    const template = model.replace("unicast_prefix", "{type}");
    if (!template.includes("{type}")) {
      this.#left.push(
        `kafka.topics.names.unicast_prefix: found ${model}, expected the kind of rows in it`,
      );
      return `${model}.{type}`;
    }
    for (const [type, name] of names) {
      if (type === "bmp_raw" || template.replace("{type}", type) === name) continue;
      this.#left.push(
        `kafka.topics.names.${type}: found ${name}, here it is ${template.replace("{type}", type)}`,
      );
    }
    return template;
  }

  #groups(key: string, ours: string): string[] {
    const groups = this.#get(`mapping.groups.${key}`);
    if (!Array.isArray(groups)) return [];
    const isPeers = key === "peer_group";
    const rules: string[] = [];
    // openbmpd goes through them by the alphabet.
    const byName = groups.filter(isValues)
      .sort((a, b) => String(a["name"]) < String(b["name"]) ? -1 : 1);
    for (const group of byName) {
      const list = (field: string) => [group[field] ?? []].flat().map(String);
      const wanted = [
        ...list("regexp_hostname").map((text) => `~${text}`),
        ...list("prefix_range"),
        ...list("asn").map((asn) => `AS${asn}`),
      ];
      for (const test of wanted) {
        const rule = `${group["name"]}=${test}`;
        const isUsable = parseGroupRule(rule) !== undefined && !rule.includes(",") &&
          !(isPeers && test.startsWith("~"));
        if (isUsable) rules.push(rule);
        else {
          const why = isPeers && test.startsWith("~") ? "peers have no names here" : "not a rule";
          this.#left.push(`mapping.groups.${key}: ${rule}: ${why}`);
        }
      }
    }
    if (rules.length === 0) return [];
    return [`    ${ours}:`, ...rules.map((rule) => `      - ${quoted(rule)}`)];
  }
}

function isValues(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Settings by their path; lists stay whole. */
function flatten(values: Values, path = ""): Values {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      const key = `${path}${name}`;
      return isValues(value) ? Object.entries(flatten(value, `${key}.`)) : [[key, value]];
    }),
  );
}

/** A YAML string. */
function quoted(value: unknown): string {
  return JSON.stringify(String(value));
}
