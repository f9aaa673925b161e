/** What can be set about the journal. */
import { type Flag, size } from "../cli/flag.ts";

export const journalMaxBytesFlag: Flag<number> = {
  name: "journal-max-bytes",
  key: "limits.journal_max_bytes",
  placeholder: "SIZE",
  default: "64MiB",
  help:
    "Memory between routers and sinks, 16 KiB of it for each session; when it is full, reading from the routers stops",
  parse: size(2 * 1024 * 1024, 1024 * 1024 * 1024 * 1024),
};
