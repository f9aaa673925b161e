import assert from "node:assert/strict";
import os from "node:os";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Log } from "../../src/ops/log.ts";
import { ServiceManager, type Watched } from "../../src/ops/service_manager.ts";
import { until } from "../until.ts";

function serviceManager(environment: Record<string, string>, lines: string[] = []) {
  const told: string[] = [];
  const paths: string[] = [];
  const manager = new ServiceManager({
    environment,
    openDatagramSender: (path) => {
      paths.push(path);
      return (text) => told.push(text) > 0;
    },
    log: new Log("info", "text", (line) => lines.push(line)),
  });
  return { manager, told, paths };
}

describe("service manager", () => {
  it("is told nothing where there is none", () => {
    const { manager, told, paths } = serviceManager({ WATCHDOG_USEC: "1000" });
    manager.ready("listening");
    manager.watch(() => []);
    manager.stopping();
    assert.deepEqual([told, paths], [[], []]);
  });

  it("is told that the collector is ready, in one line, and that it stops", () => {
    const { manager, told, paths } = serviceManager({ NOTIFY_SOCKET: "@here" });
    manager.ready("a\nWATCHDOG=1");
    manager.stopping();
    assert.deepEqual(told, ["READY=1\nSTATUS=a WATCHDOG=1", "STOPPING=1"]);
    assert.deepEqual(paths, ["@here"]);
  });

  it("is told of a reload, with a time that is not before it, and of its end", async () => {
    const { manager, told } = serviceManager({ NOTIFY_SOCKET: "/n" });
    manager.ready("a");
    const before = Math.floor(os.uptime() * 1e6);
    await manager.reloading(Promise.reject(new Error("wrong")), () => "a");
    const [, reloading = "", ready] = told;
    const usec = /^RELOADING=1\nMONOTONIC_USEC=(\d+)$/.exec(reloading)?.[1];
    assert.ok(Number(usec) >= before && Number(usec) < before + 10e6, `${reloading}, ${before}`);
    assert.equal(ready, "READY=1\nSTATUS=a");
  });

  it("is told the end of two reloads at once when both have ended", async () => {
    const { manager, told } = serviceManager({ NOTIFY_SOCKET: "/n" });
    const first = Promise.withResolvers<void>();
    const second = Promise.withResolvers<void>();
    const reloads = [first, second].map(({ promise }) => manager.reloading(promise, () => "a"));
    second.resolve();
    await reloads[1];
    assert.deepEqual(told.map((text) => text.split("=")[0]), ["RELOADING", "RELOADING"]);
    first.resolve();
    await reloads[0];
    assert.equal(told.at(-1), "READY=1\nSTATUS=a");
  });

  it("is not told that it is ready by a reload that ends after the stop", async () => {
    const { manager, told } = serviceManager({ NOTIFY_SOCKET: "/n" });
    const { promise, resolve } = Promise.withResolvers<void>();
    const reloading = manager.reloading(promise, () => "a");
    manager.stopping();
    resolve();
    await reloading;
    assert.equal(told.at(-1), "STOPPING=1");
  });

  it("is told the status when it has changed", async () => {
    const { manager, told } = serviceManager({ NOTIFY_SOCKET: "/n" });
    let status = "0 sessions";
    manager.ready(status);
    manager.keepStatus(() => status, 5);
    await sleep(40);
    assert.equal(told.length, 1);
    status = "1\nsession";
    await sleep(40);
    manager.stopping();
    assert.deepEqual(told.slice(1), ["STATUS=1 session", "STOPPING=1"]);
  });

  it("gets signs of life at half of its interval, until the stop", async () => {
    const { manager, told } = serviceManager({ NOTIFY_SOCKET: "/n", WATCHDOG_USEC: "20000" });
    manager.watch(() => []);
    const startedAt = performance.now();
    await until(() => told.length >= 3);
    const signs = Math.ceil((performance.now() - startedAt) / 10);
    assert.ok(told.length <= signs, `found ${told.length} signs, not ${signs} at most`);
    manager.stopping();
    await sleep(50);
    assert.deepEqual(new Set(told.slice(0, -1)), new Set(["WATCHDOG=1"]));
    assert.equal(told.at(-1), "STOPPING=1");
  });

  it("gets none that are meant for another process", async () => {
    const { manager, told } = serviceManager({
      NOTIFY_SOCKET: "/n",
      WATCHDOG_USEC: "1000",
      WATCHDOG_PID: "1",
    });
    manager.watch(() => []);
    await sleep(20);
    assert.deepEqual(told, []);
  });

  it("gets none while something works without getting on, and some while it waits for what has a name", async () => {
    const lines: string[] = [];
    const environment = { NOTIFY_SOCKET: "/n", WATCHDOG_USEC: "20000" };
    const { manager, told } = serviceManager(environment, lines);
    let waitsFor: string | undefined = "sink";
    const watched: Watched = {
      name: "kafka",
      progress: 7,
      get waitsFor() {
        return waitsFor;
      },
    };
    manager.watch(() => [watched]);
    await until(() => told.length >= 2);
    waitsFor = undefined;
    await sleep(60);
    const count = told.length;
    await sleep(60);
    assert.equal(told.length, count);
    assert.match(lines.join(""), /no sign of life to the service manager.*stuck=kafka/);
    waitsFor = "journal";
    await until(() => told.length > count);
    manager.stopWatching();
  });

  it("is not there: the collector goes on", () => {
    const lines: string[] = [];
    const manager = new ServiceManager({
      environment: { NOTIFY_SOCKET: "/n" },
      openDatagramSender: () => {
        throw new Error("no socket");
      },
      log: new Log("info", "text", (line) => lines.push(line)),
    });
    manager.ready("");
    assert.match(lines.join(""), /cannot tell the service manager.*no socket/);
  });
});
