import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FIN, ip, onLink, pcap, pcapng, type SegmentOptions, SYN } from "../capture/packets.ts";
import { INITIATION, TERMINATION } from "./messages.ts";
import { runProgram } from "./program.ts";

const STREAM = new Uint8Array([...INITIATION, ...TERMINATION]);
const FIXED = ["--admin-id=box"];

/** A capture of a router each for these addresses, whose packets are mixed. */
function captureOf(routers: readonly string[], file = pcap): Uint8Array {
  const connections = routers.map((from): SegmentOptions[] => [
    { from, sequence: 7, flags: SYN },
    { from, sequence: 8, data: STREAM.slice(0, 9) },
    { from, sequence: 17, data: STREAM.slice(9) },
    { from, sequence: 8 + STREAM.length, flags: FIN },
  ]);
  const mixed = connections[0]!.flatMap((_, i) => connections.map((it) => it[i]!));
  return file(mixed.map((it) => ({ packet: onLink("ethernet", ip(it)) })));
}

describe("edgebmp explain", () => {
  it("shows a stream as text and as JSON", async () => {
    const text = await runProgram(["explain", "-"], STREAM);
    assert.deepEqual([text.code, text.stderr], [0, ""]);
    assert.match(text.stdout, /^0-\d+ +Initiation {2}\[RFC 7854 section 4\.3\]\n/);
    assert.match(text.stdout, new RegExp(`\n${INITIATION.length}-\\d+ +Termination`));
    const json = await runProgram(["explain", "--json", "-"], STREAM);
    const trees = json.stdout.split("\n").slice(0, -1).map((line) => JSON.parse(line));
    assert.deepEqual(trees.map(({ name, start, end }) => [name, start, end]), [
      ["Initiation", 0, INITIATION.length],
      ["Termination", INITIATION.length, STREAM.length],
    ]);
  });

  it("goes on behind what is no BMP, and does not fail", async () => {
    const noise = new Uint8Array([9, 9, 9]);
    const exit = await runProgram(["explain", "-"], new Uint8Array([...noise, ...STREAM, 3, 0]));
    assert.deepEqual([exit.code, exit.stderr], [0, ""]);
    assert.match(exit.stdout, /^0-2 +Bytes outside of messages: hex 090909\n/);
    assert.match(exit.stdout, /\n3-\d+ +Initiation/);
    assert.match(exit.stdout, /Bytes outside of messages: hex 0300\n\n$/);
  });

  it("shows the sessions of a capture", async () => {
    const capture = captureOf(["c0000201", "c0000202"]);
    const text = await runProgram(["explain", "-"], capture);
    assert.deepEqual([text.code, text.stderr], [0, ""]);
    for (const [i, address] of ["192.0.2.1", "192.0.2.2"].entries()) {
      assert.match(
        text.stdout,
        new RegExp(`== session ${i + 1}, ${address}:40000 to 198\\.51\\.100\\.9:5000, 2023-`),
      );
    }
    const json = await runProgram(["explain", "--json", "-"], capture);
    const lines = json.stdout.split("\n").slice(0, -1).map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map(({ session, from, name, start }) => [session, from, name, start]).sort(),
      [
        [1, "192.0.2.1:40000", "Initiation", 0],
        [1, "192.0.2.1:40000", "Termination", INITIATION.length],
        [2, "192.0.2.2:40000", "Initiation", 0],
        [2, "192.0.2.2:40000", "Termination", INITIATION.length],
      ],
    );
  });

  it("fails at a broken capture, and says where", async () => {
    const exit = await runProgram(["explain", "-"], captureOf(["c0000201"]).slice(0, -3));
    assert.equal(exit.code, 1);
    assert.match(exit.stderr, /Cannot read capture at byte \d+: found the end of the file/);
    assert.match(exit.stdout, /Initiation/);
  });

  it("wants one file", async () => {
    const exit = await runProgram(["explain"]);
    assert.equal(exit.code, 2);
    assert.match(exit.stderr, /Cannot explain: found 0 words, expected one FILE/);
  });
});

describe("edgebmp decode of a capture", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "edgebmp-capture-"));
  });
  after(() => rm(folder, { recursive: true }));

  for (const [name, file] of [["pcap", pcap], ["pcapng", pcapng]] as const) {
    it(`${name}: a session for each router, with its own address and times`, async () => {
      const path = join(folder, name);
      await writeFile(path, captureOf(["c0000201", "c0000202"], file));
      const exit = await runProgram(["decode", path, ...FIXED]);
      assert.deepEqual([exit.code, exit.stderr], [0, ""]);
      const records = exit.stdout.split("\n").slice(0, -1).map((line) => JSON.parse(line));
      for (const [i, source] of ["192.0.2.1", "192.0.2.2"].entries()) {
        const own = records.map((it) => it.msg_data)
          .filter((it) => it.session === `decode-${i + 1}`);
        assert.deepEqual(own.map((it) => it.sequence), [0, 1, 2, 3]);
        assert.deepEqual([own[0].action, own[3].action], ["opened", "closed"]);
        for (const data of own) {
          assert.equal(data.router_source, source);
          assert.match(data.received_at, /^2023-11-14T22:13:20\.123456Z$/);
        }
      }
    });
  }

  it("says when there is no session, and which packets it could not read", async () => {
    const path = join(folder, "other");
    const packet = { packet: onLink("ethernet", ip({ fragment: 0x2000, data: STREAM })) };
    await writeFile(path, pcap([packet]));
    const exit = await runProgram(["decode", path, ...FIXED]);
    assert.deepEqual([exit.code, exit.stdout], [0, ""]);
    assert.match(exit.stderr, /packets not read.*fragment/);
    assert.match(exit.stderr, /no BMP session in the capture/);
  });
});
