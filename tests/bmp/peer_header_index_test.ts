import { describe, it } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { PEER_HEADER_BYTES, PeerHeader } from "../../src/bmp/peer_header.ts";
import { PeerHeaderIndex } from "../../src/bmp/peer_header_index.ts";

describe("PeerHeaderIndex", () => {
  it("finds what a map by the header's bytes finds, whatever its time", () => {
    const header = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(200), fc.nat(255));
    fc.assert(
      fc.property(fc.array(header, { maxLength: 300 }), (headers) => {
        const index = new PeerHeaderIndex<object>();
        const known = new Map<string, object>();
        const bytes = new Uint8Array(7 + PEER_HEADER_BYTES);
        const view = new DataView(bytes.buffer);
        for (const [type, flags, host, time] of headers) {
          bytes[7] = type;
          bytes[7 + PeerHeader.flags] = flags;
          bytes[7 + PeerHeader.address + 15] = host;
          bytes[7 + PeerHeader.seconds] = time;
          const id = `${type} ${flags} ${host}`;
          const found = index.find(view, 7);
          assert.equal(found, known.get(id));
          if (found === undefined) known.set(id, index.add(view, 7, {}));
        }
      }),
      { numRuns: 100 },
    );
  });

  it("starts over instead of growing without end", () => {
    const index = new PeerHeaderIndex<object>();
    const view = new DataView(new ArrayBuffer(PEER_HEADER_BYTES));
    for (let i = 0; i <= 4096; i++) {
      view.setUint32(PeerHeader.as, i);
      index.add(view, 0, {});
      assert.ok(index.find(view, 0));
    }
    view.setUint32(PeerHeader.as, 0);
    assert.equal(index.find(view, 0), undefined);
  });
});
