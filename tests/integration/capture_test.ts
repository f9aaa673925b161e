// Captures as an independent program reads and writes them.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { MAX_MESSAGE_BYTES_DEFAULT } from "../../src/bmp/frame.ts";
import { CaptureReader } from "../../src/capture/sessions.ts";
import {
  BMP_PORT,
  FIN,
  ip,
  onLink,
  pcap,
  pcapng,
  type SegmentOptions,
  SYN,
} from "../capture/packets.ts";
import { messagesOf } from "../property/streams.ts";
import { describeWith, findTshark } from "./programs.ts";

const STREAM = new Uint8Array(
  readFileSync(new URL("../data/gobgpd-session.bmp", import.meta.url)),
);
const TYPES = messagesOf(STREAM).map((it) => it[5]!);
const ROUTERS = ["c0000201", "20010db8000000000000000000000001"];

/** A session of each router, the packets mixed; one of them sends everything twice. */
function capturedPackets(): { packet: Uint8Array }[] {
  const connections = ROUTERS.map((from, i): SegmentOptions[] => {
    const to = from.length === 8 ? "c6336409" : "20010db8000000000000000000000009";
    const segments: SegmentOptions[] = [{ from, to, sequence: 0xfffffff0, flags: SYN }];
    for (let at = 0; at < STREAM.length; at += 1200) {
      const data = STREAM.slice(at, at + 1200);
      const segment = { from, to, sequence: (0xfffffff1 + at) >>> 0, data };
      segments.push(segment, ...(i === 0 ? [] : [segment]));
    }
    const sequence = (0xfffffff1 + STREAM.length) >>> 0;
    return [...segments, { from, to, sequence, flags: FIN }];
  });
  const longest = Math.max(...connections.map((it) => it.length));
  const mixed = Array.from({ length: longest }).flatMap((_, i) =>
    connections.flatMap((it) => it[i] ?? [])
  );
  return mixed.map((it) => ({ packet: onLink("ethernet", ip(it)) }));
}

/** Message types of each session, as this program reads the capture. */
function ownTypes(capture: Uint8Array): number[][] {
  const sessions: number[][] = [];
  const reader = new CaptureReader(() => {
    const types: number[] = [];
    sessions.push(types);
    return { message: (bytes) => types.push(bytes[5]!), skipped() {}, gap() {}, end() {} };
  }, { port: undefined, messageBytesMax: MAX_MESSAGE_BYTES_DEFAULT });
  reader.push(capture);
  reader.end();
  return sessions;
}

describeWith(findTshark(), "captures beside tshark", (tshark) => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "edgebmp-tshark-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  function run(...args: string[]): string {
    return execFileSync(tshark, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  }

  for (const [name, file] of [["pcap", pcap], ["pcapng", pcapng]] as const) {
    it(`${name}: tshark finds the same messages in what the tests make`, () => {
      const path = join(folder, name);
      writeFileSync(path, file(capturedPackets()));
      assert.deepEqual(ownTypes(readFileSync(path)), ROUTERS.map(() => TYPES));
      const fields = ["tcp.stream", "bmp.type"].flatMap((it) => ["-e", it]);
      const lines = run(
        "-r",
        path,
        "-d",
        `tcp.port==${BMP_PORT},bmp`,
        "-Y",
        "bmp",
        "-T",
        "fields",
        ...fields,
      );
      const types = ROUTERS.map((_, stream) =>
        lines.split("\n").filter((line) => line.startsWith(`${stream}\t`))
          .flatMap((line) => line.split("\t")[1]!.split(",").map(Number))
      );
      assert.deepEqual(types, ROUTERS.map(() => TYPES));
    });
  }

  for (const format of ["pcap", "nsecpcap", "pcapng"]) {
    it(`${format}, as written by tshark`, () => {
      const from = join(folder, "from");
      const path = join(folder, format);
      writeFileSync(from, pcap(capturedPackets()));
      run("-r", from, "-F", format, "-w", path);
      assert.deepEqual(ownTypes(readFileSync(path)), ROUTERS.map(() => TYPES));
    });
  }
});
