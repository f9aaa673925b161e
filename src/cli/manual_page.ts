/** The manual page in roff (man macros), from the registries of flags and commands. */
import type { Command } from "./command.ts";
import { environmentName, type Flag } from "./flag.ts";
import { FLAG_GROUPS } from "./flags.ts";
import { VERSION } from "./version.ts";

export function manualPage(commands: readonly Command[]): string {
  const lines = [
    `.TH EDGEBMP 8 "" "edgebmp ${VERSION}" "System Manager's Manual"`,
    ".SH NAME",
    "edgebmp \\- collector for the BGP Monitoring Protocol",
    ".SH SYNOPSIS",
    ".B edgebmp",
    ".RI [ flags ]",
    ".br",
    ".B edgebmp",
    ".I command",
    ".RI [ flags ]\n.RI [ words ]",
    ".SH DESCRIPTION",
    text(
      "edgebmp takes BMP sessions (RFC 7854, 8671, 9069) of routers and writes what they say as JSON, in order: " +
        "to standard output, files, Kafka and NATS.",
    ),
    ".PP",
    text(
      "Flags are written -x or --x, values follow by = or as the next word. " +
        "A flag wins over the environment (--source-port: EDGEBMP_SOURCE_PORT), that over the file that --config names, that over the default.",
    ),
    ".SH COMMANDS",
  ];
  for (const { name, usage, summary } of commands) {
    lines.push(".TP", `.B ${text(`${name} ${usage}`.trimEnd())}`, text(`${summary}.`));
  }
  lines.push(".SH OPTIONS");
  for (const { title, flags } of FLAG_GROUPS) {
    lines.push(`.SS ${text(title)}`, ...flags.flatMap(flagLines));
  }
  lines.push(
    ".SH SIGNALS",
    ".TP",
    ".B SIGTERM, SIGINT",
    "Takes no more sessions, writes what was received, and ends. A second one ends at once.",
    ".TP",
    ".B SIGHUP",
    "Reads the configuration again and changes to it, all of it or nothing; opens files again.",
    ".SH EXIT STATUS",
    "0 after a clean stop, 1 after a failure, 2 for a command line that cannot be understood.",
  );
  return `${lines.join("\n")}\n`;
}

function flagLines(flag: Flag): string[] {
  const { name, placeholder, default: value, help, key, secret } = flag;
  const lines = [".TP"];
  const given = secret ? `${environmentName(flag)}=` : `--${name} `;
  lines.push(`.BI "${text(given)}" "${text(placeholder)}"`.replace(/ ""$/, ""));
  lines.push(text(`${help}${/[.?!]$/.test(help) ? "" : "."}`));
  if (value !== "") lines.push(text(`Default: ${value}.`));
  if (key !== undefined) lines.push(text(`In the file: ${key}.`));
  return lines;
}

/** Text that roff takes as it is: no escapes, no requests at the start of a line, minus signs that can be copied. */
function text(words: string): string {
  return words.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll('"', "\\(dq")
    .replaceAll("'", "\\(aq").replace(/^\./, "\\&.");
}
