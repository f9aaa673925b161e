/** Runs the whole program as its own process, under the runtime that runs the test. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import process from "node:process";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface Exit {
  /** Null after a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running program. */
export class Program {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  stdout = "";
  stderr = "";
  /** Resolves when the process has ended and its output is read. */
  readonly exit: Promise<Exit>;
  #ended = false;
  #wake: () => void = () => {};

  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    main = "mod.ts",
  ) {
    // Cached only, as in the start task: from an empty cache Deno would report a download on standard error.
    const runtimeArgs = "Deno" in globalThis ? ["run", "--cached-only", "--allow-all"] : [];
    this.child = spawn(process.execPath, [...runtimeArgs, main, ...args], {
      cwd: ROOT,
      // HTTP's default port is one for the whole machine.
      env: { ...process.env, NO_COLOR: "1", EDGEBMP_PERFORMANCE_PORT: "0", ...env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
      this.#wake();
    });
    this.child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
      this.#wake();
    });
    this.exit = new Promise((resolve) => {
      this.child.on("exit", () => {
        this.#ended = true;
      });
      this.child.on("close", (code) => {
        resolve({ code, stdout: this.stdout, stderr: this.stderr });
        this.#wake();
      });
    });
  }

  /** Waits until standard error has a match. @throws when the process ends or 20 s pass without one */
  async logged(pattern: RegExp): Promise<RegExpExecArray> {
    return await this.#until(() => pattern.exec(this.stderr) ?? undefined, String(pattern));
  }

  /** Waits until standard output has so many lines, and returns them parsed. */
  async records(count: number): Promise<unknown[]> {
    return await this.#until(() => {
      const lines = this.stdout.split("\n").slice(0, -1);
      return lines.length >= count ? lines.map((line) => JSON.parse(line)) : undefined;
    }, `${count} records`);
  }

  /** Sends a signal. Deno's `child.kill` does so once only, and hides the exit code. */
  signal(name: NodeJS.Signals): void {
    if (this.#ended) return;
    try {
      process.kill(this.child.pid!, name);
    } catch {
      // It has ended, and that is not known here yet.
    }
  }

  /** Ends the process if it still runs. */
  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.exit;
  }

  async #until<T>(find: () => T | undefined, what: string): Promise<T> {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      const ended = this.#ended;
      if (ended || Date.now() > deadline) {
        throw new Error(`found no ${what} in ${JSON.stringify({ ...this.#output(), ended })}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 100);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  #output(): { stdout: string; stderr: string } {
    return { stdout: this.stdout, stderr: this.stderr };
  }
}

/** Runs the program to its end. */
export async function runProgram(
  args: readonly string[],
  input?: Uint8Array,
  env?: Readonly<Record<string, string>>,
): Promise<Exit> {
  const program = new Program(args, env);
  program.child.stdin.on("error", () => {});
  program.child.stdin.end(input);
  try {
    return await program.exit;
  } finally {
    await program.kill();
  }
}
