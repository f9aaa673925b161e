/** What can be set about OpenBMP parsed messages. */
import { type Flag, FlagError, integer, oneOf } from "../../cli/flag.ts";
import { type GroupRule, parseGroupRule } from "./groups.ts";
import {
  HASH_POLICIES,
  type HashPolicy,
  ROUTER_NAMINGS,
  type RouterNaming,
  TIME_SOURCES,
  type TimeSource,
} from "./options.ts";
import { TOPIC_DEFAULT, TOPIC_VARIABLES } from "./topics.ts";

/** Kafka takes these characters; NATS has its own meaning for a dot at either end. */
const TOPIC_NAME = /^(?!\.)[A-Za-z0-9._-]{1,249}(?<!\.)$/;

export const parsedTopicFlag: Flag<string> = {
  name: "parsed-topic",
  key: "sinks[].topic_template",
  placeholder: "TEMPLATE",
  default: TOPIC_DEFAULT,
  help:
    "Topics of OpenBMP parsed messages; {type} has to be in it, {router_group}, {peer_group} and {peer_asn} may be",
  parse(text) {
    const name = TOPIC_VARIABLES.reduce((name, word) => name.replaceAll(`{${word}}`, "x"), text);
    if (text.includes("{type}") && TOPIC_NAME.test(name)) return text;
    throw new FlagError(
      `found "${text}", expected letters, digits, ".", "_", "-", {type}, and perhaps {router_group}, {peer_group}, {peer_asn}`,
    );
  },
};

export const parsedRouterGroupsFlag: Flag<readonly GroupRule[]> = groupsFlag(
  "parsed-router-groups",
  "sinks[].router_groups",
  "Groups of routers for topics, the first that fits: GROUP=PREFIX, or GROUP=~REGEXP for the router's name",
);

export const parsedPeerGroupsFlag: Flag<readonly GroupRule[]> = groupsFlag(
  "parsed-peer-groups",
  "sinks[].peer_groups",
  "Groups of peers for topics, the first that fits: GROUP=PREFIX or GROUP=AS64500",
);

export const parsedHashesFlag: Flag<HashPolicy> = {
  name: "parsed-hashes",
  key: "sinks[].hashes",
  placeholder: "POLICY",
  default: "compat",
  help:
    "Hashes of OpenBMP parsed messages: those of the collectors in C++ (compat), without their collisions (complete), and with routers that may move between collectors (shared). Never to be changed on a live database",
  parse: oneOf(HASH_POLICIES),
};

export const parsedRouterHashFlag: Flag<RouterNaming> = {
  name: "parsed-router-hash",
  key: "sinks[].router_hash",
  placeholder: "SOURCE",
  default: "name",
  help:
    "What the hash of a router is made from: its sysName (name; openbmpd with pat_enabled) or its address (address)",
  parse: oneOf(ROUTER_NAMINGS),
};

export const parsedTimestampsFlag: Flag<TimeSource> = {
  name: "parsed-timestamps",
  key: "sinks[].timestamps",
  placeholder: "SOURCE",
  default: "router",
  help: "Times of peers and routes: those of the router, or of receipt (collector)",
  parse: oneOf(TIME_SOURCES),
};

export const parsedResendFlag: Flag<number> = {
  name: "parsed-resend-interval",
  key: "sinks[].resend_interval_ms",
  placeholder: "MS",
  default: "600000",
  help:
    "After how long a base attribute that is still in use is sent again, in milliseconds; 0: with each message",
  parse: integer(0, 86_400_000),
};

export const parsedHeartbeatFlag: Flag<number> = {
  name: "parsed-heartbeat-interval",
  key: "sinks[].heartbeat_interval_ms",
  placeholder: "MS",
  default: "300000",
  help: "How often the collector says that it lives, in milliseconds; 0: never",
  parse: integer(0, 86_400_000),
};

export const parsedDownDelayFlag: Flag<number> = {
  name: "parsed-peer-down-delay",
  key: "sinks[].peer_down_delay_ms",
  placeholder: "MS",
  default: "3000",
  help:
    "How long the down of a peer waits after its routes were acknowledged, in milliseconds; longer than the consumer's batch time, because it writes routes later than peers",
  parse: integer(0, 600_000),
};

function groupsFlag(name: string, key: string, help: string): Flag<readonly GroupRule[]> {
  return {
    name,
    key,
    placeholder: "RULES",
    default: "",
    help,
    list: true,
    parse(text) {
      if (text === "") return [];
      return text.split(",").map((word) => {
        const rule = parseGroupRule(word.trim());
        if (rule !== undefined) return rule;
        throw new FlagError(
          `found "${word}", expected GROUP=PREFIX, GROUP=AS64500 or GROUP=~REGEXP`,
        );
      });
    },
  };
}
