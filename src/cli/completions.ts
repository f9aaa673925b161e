/** Completions for shells: commands, flags, and the words that flags take. */
import type { Command } from "./command.ts";
import type { Flag } from "./flag.ts";
import { FLAGS } from "./flags.ts";
import { COMMON_FLAGS } from "./help.ts";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = typeof SHELLS[number];

/** What may stand behind one command; the collector's name is empty. */
interface Place {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly Flag[];
}

export function completions(shell: Shell, commands: readonly Command[]): string {
  const places = [
    { name: "", summary: "", flags: writable(FLAGS) },
    ...commands.map(({ name, summary, flags, inherits = [] }) => ({
      name,
      summary,
      flags: writable([...new Set([...flags, ...inherits, ...COMMON_FLAGS])]),
    })),
    { name: "help", summary: "Print this help, or that of a command", flags: [] },
  ];
  return { bash, zsh, fish }[shell](places);
}

/** Secrets are not for the command line. */
function writable(flags: readonly Flag[]): Flag[] {
  return flags.filter((flag) => !flag.secret);
}

/** Words that a flag takes; empty: any text. */
function wordsOf({ parse: { accepts } }: Flag): readonly string[] {
  if (accepts?.kind === "words") return accepts.words;
  return accepts?.kind === "boolean" ? ["true", "false"] : [];
}

function takesPath({ placeholder }: Flag): boolean {
  return placeholder === "PATH" || placeholder === "DIR";
}

const commandNames = (places: readonly Place[]) => places.slice(1).map(({ name }) => name);

function bash(places: readonly Place[]): string {
  const flagCases = places.map(({ name, flags }) =>
    `    ${name === "" ? '""' : name}) flags="${
      flags.map(({ name, bare }) => `--${name}${bare ? "" : "="}`).join(" ")
    }" ;;`
  );
  const all = [
    ...new Map(places.flatMap(({ flags }) => flags).map((each) => [each.name, each])).values(),
  ];
  const valueCases = all.flatMap((flag) => {
    const words = wordsOf(flag);
    if (words.length > 0) {
      return [
        `    --${flag.name}) COMPREPLY=($(compgen -W "${words.join(" ")}" -- "$word")); return ;;`,
      ];
    }
    if (!takesPath(flag)) return [];
    return [
      `    --${flag.name}) compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;`,
    ];
  });
  return `# Completion of edgebmp for bash: source this, or put it into /usr/share/bash-completion/completions/edgebmp
_edgebmp() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="" flags="" each
  # bash makes words of their own of "=".
  if [[ $before == "=" ]]; then before="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  if [[ $word == "=" ]]; then before="\${COMP_WORDS[COMP_CWORD-1]}"; word=""; fi
  if (( COMP_CWORD > 1 )); then
    for each in ${commandNames(places).join(" ")}; do
      if [[ \${COMP_WORDS[1]} == "$each" ]]; then command=$each; fi
    done
  fi
  case $before in
${valueCases.join("\n")}
  esac
  case $command in
${flagCases.join("\n")}
  esac
  if [[ $word == -* ]]; then
    compopt -o nospace
    COMPREPLY=($(compgen -W "$flags" -- "$word"))
  elif (( COMP_CWORD == 1 )) || [[ $command == help ]]; then
    COMPREPLY=($(compgen -W "${commandNames(places).join(" ")}" -- "$word"))
  else
    compopt -o filenames
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}
complete -F _edgebmp edgebmp
`;
}

function zsh(places: readonly Place[]): string {
  const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const described = (text: string) => text.replace(/[[\]:\\]/g, "\\$&");
  const cases = places.map(({ name, flags }) => {
    const specs = flags.map((flag) => {
      const words = wordsOf(flag);
      const action = takesPath(flag) ? "_files" : words.length > 0 ? `(${words.join(" ")})` : " ";
      const value = flag.bare ? "" : `:${flag.placeholder}:${action}`;
      return `        ${
        quote(`--${flag.name}${flag.bare ? "" : "="}[${described(flag.help)}]${value}`)
      }`;
    });
    const more = name === "" ? "" : "\n        '*:file:_files'";
    return `    (${name === "" ? "''" : name})\n      _arguments -s \\\n${
      [...specs, ...(more ? ["        '*:file:_files'"] : [])].join(" \\\n") || "        ''"
    } ;;`;
  });
  const commands = places.slice(1).map(({ name, summary }) =>
    `    ${quote(`${name}:${described(summary)}`)}`
  );
  return `#compdef edgebmp
# Completion of edgebmp for zsh: put it into a folder of $fpath as _edgebmp
_edgebmp() {
  local command=''
  local -a commands
  commands=(
${commands.join("\n")}
  )
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    _describe command commands
    return
  fi
  if (( CURRENT > 2 )) && [[ $words[2] != -* ]]; then
    command=$words[2]
    shift words
    (( CURRENT-- ))
  fi
  case $command in
${cases.join("\n")}
  esac
}
if [[ $funcstack[1] == _edgebmp ]]; then _edgebmp "$@"; else compdef _edgebmp edgebmp; fi
`;
}

function fish(places: readonly Place[]): string {
  const quote = (text: string) => `'${text.replace(/['\\]/g, "\\$&")}'`;
  const lines = [
    "# Completion of edgebmp for fish: put it into ~/.config/fish/completions/edgebmp.fish",
  ];
  lines.push(`complete -c edgebmp -n __fish_use_subcommand -f`);
  for (const { name, summary } of places.slice(1)) {
    lines.push(`complete -c edgebmp -n __fish_use_subcommand -f -a ${name} -d ${quote(summary)}`);
  }
  for (const { name, flags } of places) {
    const condition = name === ""
      ? "__fish_use_subcommand"
      : quote(`__fish_seen_subcommand_from ${name}`);
    for (const flag of flags) {
      const words = wordsOf(flag);
      const value = flag.bare
        ? ""
        : takesPath(flag)
        ? " -r -F"
        : ` -x${words.length > 0 ? ` -a ${quote(words.join(" "))}` : ""}`;
      lines.push(
        `complete -c edgebmp -n ${condition} -l ${flag.name}${value} -d ${quote(flag.help)}`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}
