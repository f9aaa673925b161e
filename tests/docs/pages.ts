/** The pages that people read: all Markdown files of the project, their links, and the commands that they show. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Folders with pages; `.` is not searched below. */
const FOLDERS = ["", "docs/", "src/", "deploy/"];

/** Paths from the root. */
export function pagePaths(): string[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(ROOT + folder).filter((name) => name.endsWith(".md")).map((name) => folder + name)
  );
}

export function readPage(path: string): string {
  return readFileSync(ROOT + path, "utf8");
}

/** Targets of links, without those that lie elsewhere. */
export function linksOf(page: string): string[] {
  return [...withoutBlocks(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** Names that a link may have behind `#`, as GitHub makes them of headings. */
export function anchorsOf(page: string): Set<string> {
  const headings = [...withoutBlocks(page).matchAll(/^#+ (.+)$/gm)].map(([, text]) => text!);
  return new Set(
    headings.map((text) =>
      text.toLowerCase().replace(/\]\([^)]*\)/g, "").replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-")
    ),
  );
}

const BLOCK = /(?:^<!-- not run: (.+) -->\n\n)?^```(\w*)\n([^]*?)^```$/gm;

function withoutBlocks(page: string): string {
  return page.replace(BLOCK, "");
}

export interface ShellBlock {
  /** Path of the page, and the line where the block starts. */
  readonly place: string;
  readonly text: string;
  /** Why no test runs it; `<!-- not run: REASON -->` stands before it. */
  readonly notRun: string | undefined;
}

export function shellBlocks(): ShellBlock[] {
  return pagePaths().flatMap((path) => {
    const page = readPage(path);
    return [...page.matchAll(BLOCK)].filter(([, , language]) => language === "sh")
      .map(({ 0: all, 1: notRun, 3: text = "", index }) => {
        const before = page.slice(0, index + all.indexOf("```"));
        return { place: `${path}:${before.split("\n").length}`, text, notRun };
      });
  });
}

/** The configuration files of ours that the pages show, by page. */
export function configurations(): [path: string, text: string][] {
  return pagePaths().flatMap((path) =>
    [...readPage(path).matchAll(/^```yaml\n(version: 1\n[^]*?)^```$/gm)]
      .map(([, text]): [string, string] => [path, text!])
  );
}

/** The arguments of each `edgebmp ...` in a shell text, also where `npx` starts it. */
export function edgebmpCommands(text: string): string[][] {
  return text.replaceAll("\\\n", " ").split(/\n|&&|\|/)
    .map((command) => command.replace(/(^|\s)#.*/, "").replace(/[<>].*/, "").trim())
    .map((command) => command.replace("npx -y deno@2.9.5 task start", "edgebmp"))
    .map((command) => command.split(/\s+/))
    .filter(([program]) => program === "edgebmp")
    .map(([, ...args]) => args);
}

/** What stands between backticks in the text. */
export function inlineCode(page: string): string[] {
  return [...withoutBlocks(page).matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!);
}
