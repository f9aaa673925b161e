/** What can be set about what a sink gets, and when. All of it stands in files only, as keys of `sinks`. */
import { familyKeyOf } from "../bgp/families.ts";
import { type Flag, FlagError, integer, listOf, oneOf, parseBoolean, size } from "../cli/flag.ts";
import { FORMATS } from "../formats/registry.ts";
import { ipPrefix } from "../wire/ip.ts";
import { MESSAGE_WORDS, VIEW_WORDS } from "./filter.ts";

export const sinkFormat: Flag<string> = {
  name: "sinks[].format",
  key: "sinks[].format",
  placeholder: "FORMAT",
  default: "gobmp",
  help: "How records are written",
  parse: oneOf(FORMATS.map((spec) => spec.name)),
};

export const batchBytes: Flag<number> = {
  name: "sinks[].batch_bytes",
  key: "sinks[].batch_bytes",
  placeholder: "SIZE",
  default: "256KiB",
  help: "A batch is delivered once it is this large",
  parse: size(1024, 64 * 1024 * 1024),
};

export const batchMs: Flag<number> = {
  name: "sinks[].batch_ms",
  key: "sinks[].batch_ms",
  placeholder: "MS",
  default: "0",
  help: "A batch that is not full waits this long for more; 0: not at all",
  parse: integer(0, 60_000),
};

export const maxInFlightBytes: Flag<number> = {
  name: "sinks[].max_in_flight_bytes",
  key: "sinks[].max_in_flight_bytes",
  placeholder: "SIZE",
  default: "16MiB",
  help: "Bytes of batches that are delivered but not acknowledged; a larger batch goes alone",
  parse: size(64 * 1024, 1024 * 1024 * 1024),
};

export const optionalSink: Flag<boolean> = {
  name: "sinks[].optional",
  key: "sinks[].optional",
  placeholder: "BOOL",
  default: "false",
  help:
    "Never holds back the routers: when the journal is full, this sink loses the oldest instead",
  parse: parseBoolean,
};

export const START_WORDS = ["oldest", "newest"] as const;
export type StartWord = typeof START_WORDS[number];

export const sinkStart: Flag<StartWord> = {
  name: "sinks[].start",
  key: "sinks[].start",
  placeholder: "WHERE",
  default: "oldest",
  help:
    "Where a sink begins that the spool does not know yet: with the oldest entry, or the newest",
  parse: oneOf(START_WORDS),
};

export const filterRouters: Flag<readonly string[]> = {
  name: "sinks[].filter.routers",
  key: "sinks[].filter.routers",
  list: true,
  placeholder: "PREFIX,...",
  default: "",
  help: "Only sessions from these addresses or prefixes",
  parse: listOf(parsePrefix),
};

export const filterPeers: Flag<readonly string[]> = {
  name: "sinks[].filter.peers",
  key: "sinks[].filter.peers",
  list: true,
  placeholder: "PREFIX,...",
  default: "",
  help: "Only messages of peers with these addresses or prefixes, and those of no peer",
  parse: listOf(parsePrefix),
};

export const filterFamilies: Flag<readonly string[]> = {
  name: "sinks[].filter.families",
  key: "sinks[].filter.families",
  list: true,
  placeholder: "FAMILY,...",
  default: "",
  help: "Of Route Monitoring, only these address families, e.g. ipv4-unicast or afi-1-safi-1",
  parse: listOf((text) => {
    if (familyKeyOf(text) !== undefined) return text;
    throw new FlagError(
      `found "${text}", expected an address family such as ipv4-unicast, l2vpn-evpn or afi-1-safi-1`,
    );
  }),
};

export const filterMessages: Flag<readonly string[]> = {
  name: "sinks[].filter.messages",
  key: "sinks[].filter.messages",
  list: true,
  placeholder: "TYPE,...",
  default: "",
  help: `Only these messages: ${Object.keys(MESSAGE_WORDS).join(", ")}`,
  parse: listOf(oneOf(Object.keys(MESSAGE_WORDS))),
};

export const filterViews: Flag<readonly string[]> = {
  name: "sinks[].filter.views",
  key: "sinks[].filter.views",
  list: true,
  placeholder: "VIEW,...",
  default: "",
  help: `Of Route Monitoring and statistics, only these RIBs: ${
    Object.keys(VIEW_WORDS).join(", ")
  }`,
  parse: listOf(oneOf(Object.keys(VIEW_WORDS))),
};

export const PIPELINE_SETTINGS: readonly Flag[] = [
  sinkFormat,
  batchBytes,
  batchMs,
  maxInFlightBytes,
  optionalSink,
  sinkStart,
  filterRouters,
  filterPeers,
  filterFamilies,
  filterMessages,
  filterViews,
];

function parsePrefix(text: string): string {
  if (ipPrefix(text) !== undefined) return text;
  throw new FlagError(`found "${text}", expected an address or a prefix such as 192.0.2.0/24`);
}
