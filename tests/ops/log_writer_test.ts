import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { LogWriter } from "../../src/ops/log_writer.ts";

/** A standard error whose writes end when the test says so. */
class SlowOutput {
  readonly texts: string[] = [];
  readonly ends: ((error?: Error) => void)[] = [];

  readonly write = (bytes: Uint8Array): Promise<void> => {
    this.texts.push(new TextDecoder().decode(bytes));
    return new Promise((resolve, reject) => {
      this.ends.push((error) => error === undefined ? resolve() : reject(error));
    });
  };

  async end(error?: Error): Promise<void> {
    this.ends.shift()!(error);
    await new Promise((resolve) => setTimeout(resolve));
  }
}

describe("LogWriter", () => {
  it("writes at once, then together what came meanwhile, in order", async () => {
    const output = new SlowOutput();
    const writer = new LogWriter(output.write, () => assert.fail());
    await writer.flushed();
    writer.write("a\n");
    assert.deepEqual(output.texts, ["a\n"]);
    writer.write("b\n");
    writer.write("ç\n");
    let flushed = false;
    void writer.flushed().then(() => flushed = true);
    await output.end();
    assert.deepEqual(output.texts, ["a\n", "b\nç\n"]);
    assert.equal(flushed, false);
    await output.end();
    assert.equal(flushed, true);
    writer.write("d\n");
    assert.equal(output.texts.at(-1), "d\n");
  });

  it("keeps so much only while nobody reads, and tells how many lines it dropped", async () => {
    const output = new SlowOutput();
    const writer: LogWriter = new LogWriter(
      output.write,
      (lines) => writer.write(`${lines} dropped\n`),
    );
    const line = "x".repeat(1023) + "\n";
    for (let i = 0; i < 10_000; i++) writer.write(line);
    await output.end();
    assert.equal(output.texts[1]!.length, 4 * 1024 * 1024);
    await output.end();
    assert.equal(output.texts[2], `${10_000 - 1 - 4096} dropped\n`);
    await output.end();
    assert.equal(output.texts.length, 3);
  });

  it("goes on when standard error cannot be written", async () => {
    const output = new SlowOutput();
    const writer = new LogWriter(output.write, () => assert.fail());
    writer.write("a\n");
    writer.write("b\n");
    await output.end(new Error("EPIPE"));
    assert.deepEqual(output.texts, ["a\n", "b\n"]);
  });
});
