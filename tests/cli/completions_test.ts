import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { loadCommands } from "../../src/cli/commands.ts";
import { completions, SHELLS } from "../../src/cli/completions.ts";
import { FLAGS } from "../../src/cli/flags.ts";
import { manualPage } from "../../src/cli/manual_page.ts";
import { runProgram } from "./program.ts";

/** Whether a program is there to check with. */
function has(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
}

function run(program: string, args: readonly string[], input: string): string {
  const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout + stderr;
}

describe("completions", () => {
  for (const shell of SHELLS) {
    it(`know every flag and command in ${shell}, and no secret`, async () => {
      const commands = await loadCommands();
      const script = completions(shell, commands);
      for (const { name, secret } of FLAGS) {
        const isThere = new RegExp(`(--|-l )${name}[^\\w-]`).test(script);
        assert.equal(isThere, secret !== true, name);
      }
      for (const { name } of commands) assert.match(script, new RegExp(`\\b${name}\\b`));
    });

    it(`are right in the eyes of ${shell}`, { skip: !has(shell) }, async () => {
      run(shell, ["-n"], completions(shell, await loadCommands()));
    });
  }

  it("complete commands, flags and words in bash", { skip: !has("bash") }, async () => {
    const script = completions("bash", await loadCommands());
    const complete = (...words: string[]) => {
      const quoted = words.map((word) => `'${word}'`).join(" ");
      const call =
        `compopt() { :; }\nCOMP_WORDS=(edgebmp ${quoted}); COMP_CWORD=${words.length}\n_edgebmp\n` +
        'printf "%s\\n" "${COMPREPLY[@]}"\n';
      return run("bash", [], script + call).trim().split("\n");
    };
    assert.deepEqual(complete("check"), ["check-config"]);
    assert.deepEqual(complete("--source-p"), ["--source-port="]);
    assert.deepEqual(complete("--log-level", "=", "t"), ["trace"]);
    assert.deepEqual(complete("--log-level", "w"), ["warn"]);
    assert.deepEqual(complete("check-config", "--conn"), ["--connect"]);
    assert.deepEqual(complete("help", "vers"), ["version"]);
  });

  it("are printed, and other shells refused", async () => {
    const { code, stdout } = await runProgram(["completions", "fish"]);
    assert.equal(code, 0);
    assert.match(stdout, /^complete -c edgebmp .* -l source-port -x -d /m);
    const wrong = await runProgram(["completions", "tcsh"]);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /^Cannot complete for "tcsh": expected bash, zsh, fish\n/);
  });
});

describe("the manual page", () => {
  it("has every flag and command, and groff has nothing to say", async () => {
    const commands = await loadCommands();
    const page = manualPage(commands);
    const plain = page.replaceAll("\\-", "-");
    for (const { name, secret } of FLAGS) {
      if (!secret) assert.match(plain, new RegExp(`^\\.B[I]? "--${name} `, "m"));
    }
    for (const { name } of commands) assert.match(plain, new RegExp(`^\\.B ${name}\\b`, "m"));
    assert.doesNotMatch(page, /[^\x00-\x7f]/);
    if (!has("groff")) return;
    const { status, stderr } = spawnSync("groff", ["-man", "-ww", "-Tutf8"], {
      input: page,
      encoding: "utf8",
    });
    assert.deepEqual([status, stderr], [0, ""]);
  });
});

describe("edgebmp version --json", () => {
  it("says version, commit, runtime and engine", async () => {
    const { stdout } = await runProgram(["version", "--json"]);
    const { version, commit, runtime, engine, platform } = JSON.parse(stdout);
    assert.match(version, /^\d+\.\d+\.\d+$/);
    assert.equal(commit, null);
    assert.match(runtime.name, /^(deno|bun)$/);
    assert.match(engine, runtime.name === "bun" ? /^JavaScriptCore$/ : /^V8 \d/);
    assert.match(platform, /^\w+-\w+$/);
  });
});
