/** Waits for what comes of its own accord. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

/** Much longer than anything takes, as a machine that is shared can stand still for seconds. */
const TIMEOUT_MS = 15_000;
const POLL_MS = 10;

/** Resolves once the condition holds; fails when it does not in 15 s. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what = String(condition),
): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (!await condition()) {
    if (performance.now() > deadline) assert.fail(`waited ${TIMEOUT_MS / 1000} s in vain: ${what}`);
    await sleep(POLL_MS);
  }
}
