/** Ends what this process has started when it has ended itself, however it did: a test that a time limit kills gets no time to. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("reaper.sh", import.meta.url));

let reaper: ChildProcess | undefined;

/** Has a command of the shell run at the end of this process, unless {@linkcode ended} is called with the key before. */
export function atEnd(key: string, command: string): void {
  if (reaper === undefined) {
    // In a session of its own, so that no signal to this process's group reaches it.
    reaper = spawn(SCRIPT, { detached: true, stdio: ["pipe", "ignore", "ignore"] });
    reaper.unref();
    // No reason to stay for this process.
    (reaper.stdin as { unref?: () => void }).unref?.();
  }
  reaper.stdin!.write(`${key}\t${command}\n`);
}

/** There is nothing left to end. */
export function ended(key: string): void {
  reaper?.stdin?.write(`${key}\t\n`);
}

/** Has a child process killed at the end of this one, if it still runs then. */
export function killAtEnd(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  atEnd(`process ${pid}`, `kill -KILL ${pid}`);
  child.once("exit", () => ended(`process ${pid}`));
}
