/** Chromium for the tests of the status page. */
import { type Browser, chromium, type Page } from "playwright-core";
import { findProgram, type Found } from "../programs.ts";

export type { Browser, Page };

export function findChromium(): Found {
  const path = findProgram("chromium", "/usr/lib/chromium");
  return path === undefined
    ? { skip: "chromium is not installed (Debian package chromium)" }
    : { path };
}

export function launch(path: string): Promise<Browser> {
  // In a container, as root, there is no sandbox.
  return chromium.launch({ executablePath: path, args: ["--no-sandbox"] });
}

export interface Opened {
  readonly page: Page;
  /** What the browser complained about. */
  readonly complaints: string[];
}

export interface View {
  readonly colorScheme?: "light" | "dark";
  readonly width?: number;
  readonly height?: number;
  /** Runs before the page's own. */
  readonly script?: string;
}

/** The status page, in a profile of its own. */
export async function openPage(browser: Browser, url: string, view: View = {}): Promise<Opened> {
  const { colorScheme = "light", width = 1280, height = 900, script } = view;
  const context = await browser.newContext({ colorScheme, viewport: { width, height } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") {
      complaints.push(message.text());
    }
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith("data:")) {
      complaints.push(`asks for ${request.url()}`);
    }
  });
  if (script !== undefined) await page.addInitScript(script);
  await page.goto(url);
  return { page, complaints };
}
