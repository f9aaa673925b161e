import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fileDescriptorLimit, parseFileDescriptorLimit } from "../../src/runtime/process.ts";

describe("fileDescriptorLimit", () => {
  it("takes the soft limit", () => {
    const lines = "Max processes             7823       7823       processes\n" +
      "Max open files            1024                 1048576              files     \n";
    assert.equal(parseFileDescriptorLimit(lines), 1024);
    assert.equal(parseFileDescriptorLimit(lines.replace("1024  ", "unlimited ")), Infinity);
    assert.equal(
      parseFileDescriptorLimit("Max cpu time  unlimited  unlimited  seconds\n"),
      undefined,
    );
  });

  it("reads this process's", () => {
    const limit = fileDescriptorLimit();
    assert.ok(limit === undefined || limit > 0);
  });
});
