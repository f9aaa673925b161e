/** What can be set about OpenBMP raw messages. */
import { type Flag, FlagError, oneOf } from "../../cli/flag.ts";
import { utf8 } from "../../wire/writer.ts";
import { RAW_KEYS, RAW_PROFILES, type RawKey, type RawProfile } from "./options.ts";

export const rawProfileFlag: Flag<RawProfile> = {
  name: "raw-profile",
  key: "sinks[].profile",
  placeholder: "PROFILE",
  default: "gobmp",
  help:
    "Which OpenBMP raw messages: goBMP's (gobmp), those of RouteViews' collectors (openbmp), or with the text header of the collectors in C++ (text)",
  parse: oneOf(RAW_PROFILES),
};

/** Kafka takes these characters; NATS has its own meaning for a dot at either end. */
const TOPIC_NAME = /^(?!\.)[A-Za-z0-9._-]{1,249}(?<!\.)$/;

export const rawTopicFlag: Flag<string> = {
  name: "raw-topic",
  key: "sinks[].topic",
  placeholder: "NAME",
  default: "",
  help:
    "Topic of OpenBMP raw messages, e.g. gobmp.bmp_raw; empty: gobmp.raw or, in the other profiles, openbmp.bmp_raw",
  parse(text) {
    if (text === "" || TOPIC_NAME.test(text)) return text;
    throw new FlagError(`found "${text}", expected letters, digits, ".", "_" and "-"`);
  },
};

export const rawKeyFlag: Flag<RawKey | undefined> = {
  name: "raw-key",
  key: "sinks[].record_key",
  placeholder: "KEY",
  default: "",
  initial: undefined,
  help:
    "Key of OpenBMP raw messages: the router's hash in 16 bytes (raw) or in hex (hex), or none; absent: none for gobmp, raw for openbmp, hex for text",
  parse: oneOf(RAW_KEYS),
};

const GROUP_BYTES_MAX = 255;

export const rawRouterGroupFlag: Flag<string> = {
  name: "raw-router-group",
  key: "sinks[].router_group",
  placeholder: "NAME",
  default: "",
  help: "Router group in the binary header of OpenBMP raw messages",
  parse(text) {
    if (utf8(text).length <= GROUP_BYTES_MAX) return text;
    throw new FlagError(`found "${text}", expected at most ${GROUP_BYTES_MAX} bytes`);
  },
};
