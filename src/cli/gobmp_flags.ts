/** goBMP's flags and configuration keys that belong to no part of ours alone, and those for what this version cannot do: read and checked, so that it can be refused by name. */
import { type Flag, integer, parseBoolean } from "./flag.ts";

/** `true`: raw messages alone, as in goBMP. */
export const BMP_RAW_WORDS = ["false", "true", "both"] as const;
export type BmpRaw = typeof BMP_RAW_WORDS[number];

export const bmpRawFlag: Flag<BmpRaw> = {
  name: "bmp-raw",
  gobmpKey: "kafka_config.bmp_raw",
  placeholder: "WORD",
  default: "false",
  help:
    "true: OpenBMP raw messages instead of JSON, to everything but the console. both: to Kafka and NATS one beside the other",
  parse: (text) => text.toLowerCase() === "both" ? "both" : `${parseBoolean(text)}`,
};

export const interceptFlag: Flag<boolean> = {
  name: "intercept",
  placeholder: "BOOL",
  default: "false",
  help: "Forward each session to another collector; not in this version",
  parse: parseBoolean,
};

export const destinationPortFlag: Flag<number> = {
  name: "destination-port",
  placeholder: "PORT",
  default: "5050",
  help: "Port of the other collector for --intercept",
  parse: integer(0, 65535),
};
