/** The status page as one document: its style and script stand in it, and its policy lets nothing else run or load. */
import { createHash } from "node:crypto";
import actions from "./actions.js" with { type: "text" };
import api from "./api.js" with { type: "text" };
import dom from "./dom.js" with { type: "text" };
import format from "./format.js" with { type: "text" };
import main from "./main.js" with { type: "text" };
import overview from "./overview.js" with { type: "text" };
import style from "./page.css" with { type: "text" };
import html from "./page.html" with { type: "text" };
import peers from "./peers.js" with { type: "text" };
import sessions from "./sessions.js" with { type: "text" };
import sinks from "./sinks.js" with { type: "text" };
import tail from "./tail.js" with { type: "text" };

export interface Page {
  readonly html: string;
  /** Content-Security-Policy. */
  readonly policy: string;
}

/** Each after those that it imports. */
const MODULES = [format, dom, api, overview, peers, actions, tail, sessions, sinks, main];

export function makePage(): Page {
  const script = scriptOf(MODULES);
  const css = compact(style);
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(css)}'`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    // What a router says of itself cannot become HTML even by mistake.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  // By functions: a replacement's "$&" would mean something.
  const page = compact(html)
    .replace(/(<style>)[^<]*/, (_, tag: string) => tag + css)
    .replace(/(<script type="module">)[^<]*/, (_, tag: string) => tag + script);
  return { html: page, policy: policy.join("; ") };
}

/** Modules as one: what they import from each other is in the same scope then. */
function scriptOf(modules: readonly string[]): string {
  return compact(modules.join("\n"))
    .replace(/^import [^;]*;\n/gm, "")
    .replace(/^export /gm, "");
}

/** Without comments that begin a line, and without indentation: a third less to send. */
function compact(text: string): string {
  return text.replace(/^\s*(?:\/\*[^]*?\*\/|\/\/.*)\n/gm, "").replace(/^\s+/gm, "");
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
