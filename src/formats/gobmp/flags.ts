/** What can be set about this format. */
import { ROUTER_IDENTITIES, type RouterIdentity } from "./options.ts";
import { type Flag, oneOf, parseBoolean } from "../../cli/flag.ts";

export const splitAfFlag: Flag<boolean> = {
  name: "split-af",
  key: "sinks[].split_af",
  gobmpKey: "split_af",
  placeholder: "BOOL",
  default: "true",
  help: "IPv4 and IPv6 routes as messages of their own types and topics",
  parse: parseBoolean,
};

export const routerIdentityFlag: Flag<RouterIdentity> = {
  name: "router-identity",
  key: "sinks[].router_identity",
  placeholder: "SOURCE",
  default: "peer-local",
  help:
    "Where `router_ip` and `router_hash` come from: the peer's local address (peer-local), that of the session's first Peer Up as in " +
    "goBMP (first-peer-up), the TCP connection (tcp-source) or the router's name (sysname)",
  parse: oneOf(ROUTER_IDENTITIES),
};

export const extraFieldsFlag: Flag<boolean> = {
  name: "extra-fields",
  key: "sinks[].extra_fields",
  placeholder: "BOOL",
  default: "true",
  help: "Fields and records that goBMP lacks",
  parse: parseBoolean,
};
