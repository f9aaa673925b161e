/** What a user can choose about OpenBMP raw messages. */

/**
 * Which of the encodings that go by this name.
 *
 * - `gobmp`: binary, router hash of the address as text, no key, topic `gobmp.raw`
 * - `openbmp`: binary, router hash of the address as bytes, that hash as key, topic `openbmp.bmp_raw`
 * - `text`: lines of text before the message, as the collectors in C++ write them, the hash in hex as key, topic `openbmp.bmp_raw`
 */
export type RawProfile = "gobmp" | "openbmp" | "text";

export const RAW_PROFILES = [
  "gobmp",
  "openbmp",
  "text",
] as const satisfies readonly RawProfile[];

/** The router hash as key of a record: its 16 bytes, 32 hex digits, or no key. */
export type RawKey = "raw" | "hex" | "none";

export const RAW_KEYS = ["raw", "hex", "none"] as const satisfies readonly RawKey[];

export interface RawOptions {
  /** Name of this collector: OpenBMP's admin id. */
  readonly collector: string;
  readonly profile: RawProfile;
  readonly key: RawKey;
  readonly topic: string;
  /** In the binary header; may be empty. */
  readonly routerGroup: string;
}

/** What the profiles say where nothing else was chosen. */
export const RAW_DEFAULTS: Readonly<Record<RawProfile, { key: RawKey; topic: string }>> = {
  gobmp: { key: "none", topic: "gobmp.raw" },
  openbmp: { key: "raw", topic: "openbmp.bmp_raw" },
  text: { key: "hex", topic: "openbmp.bmp_raw" },
};
