/** goBMP's flags that belong to no part of ours alone. */
import { type Flag, parseBoolean } from "./flag.ts";

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
