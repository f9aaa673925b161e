/** OpenBMP parsed messages as a format to be configured. */
import type { FormatSpec } from "../spec.ts";
import {
  parsedDownDelayFlag,
  parsedHashesFlag,
  parsedHeartbeatFlag,
  parsedPeerGroupsFlag,
  parsedResendFlag,
  parsedRouterGroupsFlag,
  parsedRouterHashFlag,
  parsedTimestampsFlag,
  parsedTopicFlag,
} from "./flags.ts";
import { ParsedFormatter } from "./mod.ts";
import type { ParsedOptions } from "./options.ts";
import { knownTopics } from "./topics.ts";

export const OPENBMP_PARSED: FormatSpec<Omit<ParsedOptions, "collector">> = {
  name: "openbmp-parsed",
  flags: [
    parsedTopicFlag,
    parsedRouterGroupsFlag,
    parsedPeerGroupsFlag,
    parsedHashesFlag,
    parsedRouterHashFlag,
    parsedTimestampsFlag,
    parsedResendFlag,
    parsedHeartbeatFlag,
    parsedDownDelayFlag,
  ],
  lines: false,
  options: (values) => ({
    topic: values.get(parsedTopicFlag),
    routerGroups: values.get(parsedRouterGroupsFlag),
    peerGroups: values.get(parsedPeerGroupsFlag),
    hashes: values.get(parsedHashesFlag),
    routerNaming: values.get(parsedRouterHashFlag),
    times: values.get(parsedTimestampsFlag),
    resendMs: values.get(parsedResendFlag),
    heartbeatMs: values.get(parsedHeartbeatFlag),
    downDelayMs: values.get(parsedDownDelayFlag),
  }),
  topics: ({ topic }) => knownTopics(topic),
  heartbeatMs: ({ heartbeatMs }) => heartbeatMs,
  holds: true,
  // Its consumer expects no headers.
  lacksIdentity: () => false,
  create: (options, collector) => new ParsedFormatter({ ...options, collector }),
};
