import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateCommand } from "../../src/cli/commands/generate.ts";
import { parseArguments, UsageError } from "../../src/cli/flag.ts";
import { walkSession } from "../generate/bmp_walker.ts";
import { commandContext } from "./command_context.ts";

function parse(args: string[]) {
  return parseArguments(args, generateCommand.flags, true);
}

describe("edgebmp generate", () => {
  it("writes the session that its flags describe, and its counts to the log", async () => {
    const folder = await mkdtemp(join(tmpdir(), "edgebmp-"));
    try {
      const path = join(folder, "table.bmp");
      const { context, logged } = await commandContext(
        generateCommand,
        ["--prefixes-v4=500", "-prefixes-v6", "0", "--add-path", "--terminate", "--out", path],
      );
      assert.equal(await generateCommand.run(context), 0);
      const { types, updates } = walkSession(await readFile(path), true);
      assert.equal(types.at(-1), 5);
      const nlri = updates.flatMap((update) => update.announced);
      assert.equal(nlri.filter((hex) => hex.startsWith("00000001")).length, 500);
      assert.match(logged(), new RegExp(`messages=${types.length} .*announced=${nlri.length} `));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("stops when it is told to", async () => {
    const { context } = await commandContext(
      generateCommand,
      ["--out=/dev/null"],
      AbortSignal.abort(),
    );
    assert.equal(await generateCommand.run(context), 1);
  });

  it("says which file it cannot write", async () => {
    for (const path of ["/dev/full", "/dev/null/table"]) {
      const { context } = await commandContext(generateCommand, [`--out=${path}`]);
      await assert.rejects(generateCommand.run(context), {
        message: new RegExp(`^Cannot write "${path}": (ENOTDIR|.*[Nn]o space)`),
      });
    }
  });

  it("refuses values that make no session", () => {
    for (
      const args of [
        ["--views=pre-policy,nonsense"],
        ["--views=pre-policy,pre-policy"],
        ["--families="],
        ["--withdraw=1.5"],
        ["--withdraw=-1"],
        ["--peers=0"],
      ]
    ) assert.throws(() => parse(args), UsageError, args[0]);
  });
});
