import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Output, type Topic } from "../../src/formats/output.ts";
import { ConsoleSink } from "../../src/sinks/console.ts";

const TOPIC: Topic = { name: "test", messageType: 5 };

function lineBatch(): Output {
  const out = new Output(1000, true);
  out.begin(TOPIC, "");
  out.ascii("{}");
  out.end();
  return out;
}

function failing(message: string, code: string): ConsoleSink {
  const writeStdout = () => Promise.reject(Object.assign(new Error(message), { code }));
  return new ConsoleSink({ runtime: { writeStdout } });
}

describe("ConsoleSink", () => {
  it("writes lines as they stand, and resolves when they are written", async () => {
    let text = "";
    let release = () => {};
    const written = new Promise<void>((resolve) => release = resolve);
    const sink = new ConsoleSink({
      runtime: {
        writeStdout: (bytes) => {
          text += new TextDecoder().decode(bytes);
          return written;
        },
      },
    });
    await sink.open();
    let delivered = false;
    const delivering = sink.deliver(lineBatch()).then(() => delivered = true);
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(delivered, false);
    release();
    await delivering;
    assert.equal(text, '{"msg_type":5,"msg_data":{}}\n');
    await sink.close(AbortSignal.abort());
  });

  it("says that the reader is gone, and why else it cannot write", async () => {
    await assert.rejects(
      failing("write failed", "EPIPE").deliver(lineBatch()),
      /^Error: Cannot write to standard output: its reader is gone \(EPIPE\)$/,
    );
    await assert.rejects(
      failing("no space left on device", "ENOSPC").deliver(lineBatch()),
      /^Error: Cannot write to standard output: no space left on device$/,
    );
  });
});
