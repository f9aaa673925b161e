import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { listenDualStack, unmapAddress } from "../../src/runtime/address.ts";
import { codedError } from "../../src/runtime/error.ts";

describe("unmapAddress", () => {
  it("unmaps IPv4-mapped addresses only", () => {
    assert.equal(unmapAddress("::ffff:192.0.2.1"), "192.0.2.1");
    for (const address of ["192.0.2.1", "2001:db8::1", "::1", "::ffff:1:2", "fe80::1%eth0"]) {
      assert.equal(unmapAddress(address), address);
    }
  });
});

describe("listenDualStack", () => {
  function system(failures: Record<string, string>) {
    const asked: string[] = [];
    return {
      asked,
      listenOn(host: string): string {
        asked.push(host);
        if (host in failures) throw codedError(`Cannot listen on "${host}"`, failures[host]!);
        return host;
      },
    };
  }

  it("takes 0.0.0.0 where :: cannot be bound", () => {
    for (const code of ["EAFNOSUPPORT", "EADDRNOTAVAIL", ""]) {
      const { listenOn, asked } = system({ "::": code });
      assert.equal(listenDualStack("::", listenOn), "0.0.0.0");
      assert.deepEqual(asked, ["::", "0.0.0.0"]);
    }
  });

  it("passes on what IPv4 would share, and failures of other hosts", () => {
    for (const code of ["EADDRINUSE", "EACCES"]) {
      const { listenOn, asked } = system({ "::": code });
      assert.throws(() => listenDualStack("::", listenOn), { code });
      assert.deepEqual(asked, ["::"]);
    }
    const { listenOn } = system({ "2001:db8::1": "EADDRNOTAVAIL" });
    assert.throws(() => listenDualStack("2001:db8::1", listenOn), { code: "EADDRNOTAVAIL" });
  });

  it("passes on the first failure if both fail", () => {
    const { listenOn } = system({ "::": "EAFNOSUPPORT", "0.0.0.0": "EADDRINUSE" });
    assert.throws(() => listenDualStack("::", listenOn), { code: "EAFNOSUPPORT" });
  });
});
