/** What is handed out beside the program: package, manifests, alerts, dashboard, list of contents. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { describeWith, findProgram, type Found } from "./programs.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "edgebmp-deploy-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function find(name: string, debianPackage: string): Found {
  const path = findProgram(name);
  return path === undefined ? { skip: `${name} is not installed (${debianPackage})` } : { path };
}

/** What a command prints; fails with its output unless it ends with status 0. */
function run(command: string, args: readonly string[], cwd = ROOT): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  assert.equal(status, 0, `${command} ${args.join(" ")}: ${error ?? ""}${stdout}${stderr}`);
  return stdout;
}

/** A copy of what is committed or about to be, as builds write into their folder. */
function copyOfProject(name: string): string {
  const copy = join(folder, name);
  cpSync(ROOT, copy, {
    recursive: true,
    filter: (source) => !/\/(node_modules|dist|\.git)$/.test(source),
  });
  return copy;
}

let compiledCopy: string | undefined;

/** A copy with `dist/edgebmp`. */
function compiled(): string {
  if (compiledCopy === undefined) {
    compiledCopy = copyOfProject("compiled");
    run("./compile.sh", ["--engine", "bun"], compiledCopy);
  }
  return compiledCopy;
}

describeWith(find("promtool", "Debian package prometheus"), "alert rules", (promtool) => {
  it("are understood by Prometheus", () => {
    assert.match(
      run(promtool, ["check", "rules", "deploy/prometheus/alerts.yaml"]),
      /SUCCESS: \d+ rules found/,
    );
  });

  it("and so are the queries of the dashboard", () => {
    const rules = dashboardQueries().map((expr, i) => ({
      record: `query_${i}`,
      expr: expr.replaceAll("$instance", ".*").replaceAll("$sink", ".*"),
    }));
    const path = join(folder, "queries.yaml");
    // JSON is YAML.
    writeFileSync(path, JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
    assert.match(run(promtool, ["check", "rules", path]), /SUCCESS: \d+ rules found/);
  });
});

describe("alerts and dashboard", () => {
  it("ask for metrics that there are", () => {
    const known = new Set(
      readFileSync(`${ROOT}docs/metrics.md`, "utf8").match(/\bedgebmp_[a-z_]+/g),
    );
    const alerts = readFileSync(`${ROOT}deploy/prometheus/alerts.yaml`, "utf8");
    const asked = [alerts, ...dashboardQueries()].flatMap((text) =>
      text.match(/\bedgebmp_[a-z_]+/g) ?? []
    );
    assert.ok(asked.length > 20);
    assert.deepEqual(asked.filter((name) => !known.has(name)), []);
  });
});

function dashboardQueries(): string[] {
  const dashboard = JSON.parse(readFileSync(`${ROOT}deploy/grafana/edgebmp.json`, "utf8")) as {
    panels: { targets: { expr: string }[] }[];
  };
  return dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
}

describeWith(
  find("kubernetes-validate", "PyPI"),
  "Kubernetes manifests",
  (validate) => {
    it("are what the API server's schema wants, and nothing else", () => {
      run(validate, ["--strict", "deploy/kubernetes/edgebmp.yaml"]);
    });
  },
);

describeWith(find("docker-compose", "Debian package docker-compose"), "compose file", (compose) => {
  it("is understood", () => {
    run(compose, ["--file", "deploy/docker/compose.yaml", "config", "--quiet"]);
  });
});

describe("the executable", () => {
  it("is the same, byte by byte, when it is made in another folder", () => {
    const other = copyOfProject("other");
    run("./compile.sh", ["--engine", "bun"], other);
    assert.ok(
      readFileSync(join(compiled(), "dist/edgebmp"))
        .equals(readFileSync(join(other, "dist/edgebmp"))),
      "the two differ",
    );
  });

  it("has a list of what is inside", () => {
    const bundle = join(folder, "bundle");
    const metafile = join(folder, "meta.json");
    const build = ["--target=bun", "--format=esm", `--metafile=${metafile}`, "--outdir", bundle];
    run("npx", ["-y", "bun@1.4.5", "build", ...build, "mod.ts"]);
    const deno = ["-y", "deno@2.9.5", "run", "--allow-read", "deploy/sbom.ts"];
    const { bomFormat, components } = JSON.parse(
      run("npx", [...deno, metafile, "bun@1.4.5"]),
    ) as { bomFormat: string; components: { name: string; version: string }[] };
    assert.equal(bomFormat, "CycloneDX");
    const names = components.map(({ name }) => name);
    for (const name of ["bun", "yaml", "@platformatic/kafka", "@nats-io/nats-core"]) {
      assert.ok(names.includes(name), `${name} is missing`);
    }
    assert.ok(!names.includes("fast-check"), "a package of the tests is in it");
  });
});

describeWith(find("dpkg-deb", "Debian package dpkg"), "the Debian package", () => {
  /** The package, and one with a higher version. */
  function packages(): [string, string] {
    const copy = compiled();
    const build = join(copy, "deploy/deb/build.sh");
    const made = ["0.1.0", "0.1.1"].map((version) => {
      run("sed", ["-i", `s/"version": ".*",/"version": "${version}",/`, "deno.json"], copy);
      run("env", ["SOURCE_DATE_EPOCH=1763809200", build, "dist/edgebmp", "amd64"], copy);
      return join(copy, `dist/edgebmp_${version}_amd64.deb`);
    });
    return [made[0]!, made[1]!];
  }

  let [older, newer] = ["", ""];
  before(() => {
    [older, newer] = packages();
  });

  it("has nothing that lintian calls an error", () => {
    const lintian = findProgram("lintian");
    assert.ok(lintian !== undefined, "lintian is not installed (Debian package lintian)");
    run(lintian, ["--fail-on=error", "--allow-root", older]);
  });

  it("installs, starts, fills its spool, is upgraded, removed and purged", () => {
    const script = fileURLToPath(new URL("package_lifecycle.sh", import.meta.url));
    const output = run(script, [older, newer]);
    assert.match(output, /^installed 0\.1\.0$[^]*^upgraded to 0\.1\.1$[^]*^purged\ndone$/m);
  });
});
