/**
 * Runs the commands that the pages show, block by block, except those that say why not (`<!-- not run: REASON -->`).
 *
 * `edgebmp` and `npx ... task start` are the collector here; its ports are free ones, files lie in a temporary folder, and it ends with its
 * block. A server that is not there is waited for, as always.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { ROOT, shellBlocks } from "../docs/pages.ts";
import { freePort } from "../ports.ts";
import { TestAuthority } from "../support/certificates.ts";
import { Collector, collectorCommand, describeWith, findOpenssl } from "./programs.ts";

/** Defines the programs of a block, runs it, and ends the collectors that it has started, which have to end well. */
const SCRIPT = `
set -euo pipefail
collectors=()
trap '[ -z "\${collectors-}" ] || kill -KILL "\${collectors[@]}" 2>/dev/null' EXIT
edgebmp() {
  case "\${1-}" in
    session) "\${COLLECTOR[@]}" "$@" --http=$HTTP; return ;;
    "" | -*) ;;
    *) "\${COLLECTOR[@]}" "$@"; return ;;
  esac
  local port=--source-port=0 log
  log=$(mktemp -p "$FOLDER")
  [[ "$*" == *--listen=* ]] && port=--log-level=info
  "\${COLLECTOR[@]}" "$port" "$@" --performance-port=0 >/dev/null 2>"$log" &
  collectors+=($!)
  until grep -q " started " "$log"; do
    kill -0 $! || { cat "$log" >&2; return 1; }
    sleep 0.1
  done
}
npx() {
  case "$*" in
    "-y deno@2.9.5 task start"*) edgebmp "\${@:5}" ;;
    "-y deno@2.9.5 task test" | "-y deno@2.9.5 task ok") ;; # This test is a part of it.
    *) return 1 ;;
  esac
}
BLOCK
for pid in "\${collectors[@]-}"; do
  [ -n "$pid" ] || break
  kill -TERM "$pid"
  wait "$pid"
done
collectors=()
`;

describeWith(findOpenssl(), "commands in the pages", () => {
  const folder = mkdtempSync(join(tmpdir(), "edgebmp-docs-"));
  let collector: Collector;
  let httpPort: number;
  let tlsPort: number;

  before(async () => {
    const authority = new TestAuthority();
    for (
      const path of [
        "tmp",
        "etc/edgebmp",
        "var/lib/edgebmp",
        "usr/share/bash-completion/completions",
      ]
    ) {
      mkdirSync(join(folder, path), { recursive: true });
    }
    for (const path of ["etc/edgebmp.yaml", "etc/edgebmp/edgebmp.yaml"]) {
      writeFileSync(join(folder, path), "version: 1\n");
    }
    for (const path of ["kafka.password", "nats.creds"]) {
      writeFileSync(join(folder, "etc/edgebmp", path), "secret\n");
    }
    cpSync(authority.certFile, join(folder, "etc/edgebmp/ca.pem"));
    symlinkSync(join(ROOT, "tests"), join(folder, "tests"));
    [httpPort, tlsPort] = [await freePort(), await freePort()];
    collector = await Collector.start(undefined, `--performance-port=${httpPort}`);
  });

  after(async () => {
    await collector.program.stop();
    rmSync(folder, { recursive: true });
  });

  function adapt(text: string): string {
    return text
      .replace(/--source-port=\d+/g, "--source-port=0")
      .replace(/--listen=\S+/g, "--listen=127.0.0.1:0")
      .replace(/--tls-listen=\S+/g, `--tls-listen=127.0.0.1:${tlsPort}`)
      .replaceAll(":5001", `:${tlsPort}`)
      .replaceAll("127.0.0.1:5000", `127.0.0.1:${collector.port}`)
      .replaceAll(":56767", `:${httpPort}`)
      .replace(/(?<![\w.])\/(etc|var|usr|tmp)\//g, `${folder}/$1/`);
  }

  for (const { place, text, notRun } of shellBlocks()) {
    if (notRun !== undefined) continue;
    it(`work (${place})`, { timeout: 60_000 }, () => {
      const script = [
        `COLLECTOR=(${collectorCommand().map((word) => `'${word}'`).join(" ")})`,
        `FOLDER='${folder}'`,
        `HTTP=http://127.0.0.1:${httpPort}`,
        SCRIPT.replace("BLOCK", () => adapt(text)),
      ].join("\n");
      const { status, stderr } = spawnSync("bash", ["-c", script], {
        cwd: folder,
        encoding: "utf8",
        timeout: 50_000,
      });
      assert.equal(status, 0, stderr);
    });
  }
});
