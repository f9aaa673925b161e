// Captures of every form give the BMP messages that were sent.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MAX_MESSAGE_BYTES_DEFAULT } from "../../src/bmp/frame.ts";
import { CaptureError } from "../../src/capture/packets.ts";
import { socketText } from "../../src/capture/segments.ts";
import { CaptureReader } from "../../src/capture/sessions.ts";
import { Random } from "../../src/generate/random.ts";
import { EVERY_KIND, joined } from "../property/streams.ts";
import {
  BMP_PORT,
  type Captured,
  COLLECTOR,
  FIN,
  ip,
  LINKS,
  onLink,
  pcap,
  pcapng,
  ROUTER,
  RST,
  type SegmentOptions,
  SYN,
  TIME_US,
} from "./packets.ts";

const STREAM = joined(EVERY_KIND);
const ROUTER_V6 = "20010db8000000000000000000000001";
const COLLECTOR_V6 = "20010db8000000000000000000000009";

/** What came out of one session. */
interface Found {
  readonly from: string;
  readonly to: string;
  readonly messages: string[];
  readonly times: Set<number>;
  skippedBytes: number;
  missingBytes: number;
  isEnded: boolean;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (it) => it.toString(16).padStart(2, "0")).join("");
}

const ALL = EVERY_KIND.map(hex);

/** The sessions of a capture that comes in chunks of this size. */
function read(
  capture: Uint8Array,
  { chunkBytes = 1000, port = undefined as number | undefined, reader = (_: CaptureReader) => {} } =
    {},
): Found[] {
  const sessions: Found[] = [];
  const captureReader = new CaptureReader(
    ({ source, sourcePort, destination, destinationPort }) => {
      const found: Found = {
        from: socketText(source, sourcePort),
        to: socketText(destination, destinationPort),
        messages: [],
        times: new Set(),
        skippedBytes: 0,
        missingBytes: 0,
        isEnded: false,
      };
      sessions.push(found);
      return {
        message(bytes, _offset, timeUs) {
          found.messages.push(hex(bytes));
          found.times.add(timeUs);
        },
        skipped: (bytes) => found.skippedBytes += bytes.length,
        gap: (byteCount) => found.missingBytes += byteCount,
        end: () => found.isEnded = true,
      };
    },
    { port, messageBytesMax: MAX_MESSAGE_BYTES_DEFAULT },
  );
  for (let at = 0; at < capture.length; at += chunkBytes) {
    captureReader.push(capture.slice(at, at + chunkBytes));
  }
  captureReader.end();
  reader(captureReader);
  return sessions;
}

/** The segments of a connection that sends these bytes: SYN, data, FIN. */
function segmentsOf(
  data: Uint8Array,
  options: SegmentOptions = {},
  segmentBytes = 700,
): SegmentOptions[] {
  const { sequence = 1000 } = options;
  const segments: SegmentOptions[] = [{ ...options, sequence, flags: SYN }];
  for (let at = 0; at < data.length; at += segmentBytes) {
    const part = data.slice(at, at + segmentBytes);
    segments.push({ ...options, sequence: (sequence + 1 + at) >>> 0, data: part });
  }
  const end = (sequence + 1 + data.length) >>> 0;
  return [...segments, { ...options, sequence: end, flags: FIN }];
}

function captured(segments: readonly SegmentOptions[], link = "ethernet"): Captured[] {
  return segments.map((it) => ({ packet: onLink(link, ip(it)) }));
}

function assertWhole(sessions: readonly Found[]): void {
  assert.equal(sessions.length, 1);
  const [{ messages, skippedBytes, missingBytes, isEnded }] = sessions as [Found];
  assert.deepEqual(messages, ALL);
  assert.deepEqual([skippedBytes, missingBytes, isEnded], [0, 0, true]);
}

describe("files of captures", () => {
  const packets = captured(segmentsOf(STREAM));
  for (const isLittle of [true, false]) {
    for (const isNano of [true, false]) {
      const order = `${isLittle ? "little" : "big"}-endian, ${isNano ? "nano" : "micro"}seconds`;
      it(`pcap, ${order}`, () => {
        const sessions = read(pcap(packets, { isLittle, isNano }));
        assertWhole(sessions);
        assert.deepEqual([...sessions[0]!.times], [TIME_US]);
        assert.equal(sessions[0]!.from, "192.0.2.1:40000");
        assert.equal(sessions[0]!.to, "198.51.100.9:5000");
      });
      for (const kind of ["enhanced", "obsolete"] as const) {
        it(`pcapng, ${kind} packets, ${order}`, () => {
          const sessions = read(pcapng(packets, { isLittle, isNano, kind }));
          assertWhole(sessions);
          assert.deepEqual([...sessions[0]!.times], [TIME_US]);
        });
      }
    }
  }
  it("pcapng, simple packets: no time", () => {
    const sessions = read(pcapng(packets, { kind: "simple" }));
    assertWhole(sessions);
    assert.deepEqual([...sessions[0]!.times], [0]);
  });
  it("pcapng, sections of both byte orders, one after the other", () => {
    const half = packets.length >> 1;
    assertWhole(read(joined([
      pcapng(packets.slice(0, half), { isLittle: true }),
      pcapng(packets.slice(half), { isLittle: false, isNano: true }),
    ])));
  });
  it("in chunks of any size", () => {
    for (const file of [pcap(packets), pcapng(packets)]) {
      for (const chunkBytes of [1, 7, 16, 4096, file.length]) {
        assertWhole(read(file, { chunkBytes }));
      }
    }
  });
  it("cut at any byte: what came before is there, and nothing else is thrown", () => {
    for (const file of [pcap(packets), pcapng(packets)]) {
      for (let length = 4; length < file.length; length += 13) {
        try {
          read(file.slice(0, length));
        } catch (error) {
          assert.ok(error instanceof CaptureError, `${error}`);
        }
      }
    }
  });
  it("says what is wrong, and where", () => {
    const long = pcap(packets);
    new DataView(long.buffer).setUint32(24 + 8, 0x7fffffff, true);
    const cases: [file: Uint8Array, message: RegExp][] = [
      [new Uint8Array([1, 2, 3, 4]), /at byte 0: expected the start of a pcap or pcapng file/],
      [long, /at byte 24: found a packet of 2147483647 bytes/],
      [pcap(packets).slice(0, -1), /found the end of the file, expected a whole packet/],
    ];
    for (const [file, message] of cases) assert.throws(() => read(file), message);
  });
  it("any damage: a CaptureError or nothing", () => {
    const random = new Random(7);
    for (let i = 0; i < 300; i++) {
      const file = (i % 2 === 0 ? pcap : pcapng)(packets);
      for (let n = 0; n < 20; n++) file[4 + random.below(file.length - 4)] = random.below(256);
      try {
        read(file, { chunkBytes: 1 + random.below(5000) });
      } catch (error) {
        assert.ok(error instanceof CaptureError, `${error}`);
      }
    }
  });
});

describe("links and IP headers of captures", () => {
  for (const [link, [linkType]] of Object.entries(LINKS)) {
    it(`${link}, IPv4 and IPv6`, () => {
      assertWhole(read(pcap(captured(segmentsOf(STREAM), link), { linkType })));
      const v6 = { from: ROUTER_V6, to: COLLECTOR_V6 };
      const sessions = read(pcap(captured(segmentsOf(STREAM, v6), link), { linkType }));
      assertWhole(sessions);
      assert.equal(sessions[0]!.from, "[2001:db8::1]:40000");
    });
  }
  it("IPv6 with extension headers, an atomic fragment among them", () => {
    const v6 = { from: ROUTER_V6, to: COLLECTOR_V6, extensions: [0, 43, 44, 51, 60] };
    assertWhole(read(pcap(captured(segmentsOf(STREAM, v6)))));
  });
  it("a length of zero, as network cards leave it", () => {
    assertWhole(read(pcap(captured(segmentsOf(STREAM, { noLength: true })))));
  });
  it("fragments and unknown links are counted, not read", () => {
    const segments = segmentsOf(STREAM);
    segments[2] = { ...segments[2], fragment: 0x2000 };
    const sessions = read(pcap(captured(segments)), {
      reader: ({ unread }) => assert.equal(unread["fragment"], 1),
    });
    assert.equal(sessions[0]!.missingBytes, 700);
    assert.deepEqual(
      read(pcap(captured(segments), { linkType: 147 }), {
        reader: ({ unread }) => assert.equal(unread["link-type"], segments.length),
      }),
      [],
    );
  });
});

describe("TCP in captures", () => {
  it("segments in any order, more than once, over the end of the sequence numbers", () => {
    const random = new Random(3);
    for (let i = 0; i < 40; i++) {
      const options = { sequence: 0xffffffff - random.below(STREAM.length) };
      const [syn, ...rest] = segmentsOf(STREAM, options, 1 + random.below(300));
      const data = rest.slice(0, -1);
      for (let n = 0; n < data.length; n++) {
        const [a, b] = [n, Math.min(data.length - 1, n + random.below(6))];
        [data[a], data[b]] = [data[b]!, data[a]!];
        if (random.chance(0.1)) data.push(data[random.below(data.length)]!);
      }
      assertWhole(read(pcap(captured([syn!, ...data, rest.at(-1)!]))));
    }
  });
  it("retransmissions that overlap what is known", () => {
    const at = (from: number, to: number): SegmentOptions => ({
      sequence: 1001 + from,
      data: STREAM.slice(from, to),
    });
    const end = STREAM.length;
    const segments = [
      { sequence: 1000, flags: SYN },
      at(0, 100),
      at(50, 90),
      at(300, 400),
      at(80, 350),
      at(390, end),
      at(0, end),
    ];
    assertWhole(read(pcap(captured(segments))));
  });
  it("a missing segment costs the messages it is part of", () => {
    const segments = segmentsOf(STREAM, {}, 100);
    segments.splice(5, 1);
    const [session] = read(pcap(captured(segments)));
    assert.equal(session!.missingBytes, 100);
    assert.ok(session!.messages.length >= ALL.length - 4, `${session!.messages.length}`);
    assert.ok(session!.messages.every((it) => ALL.includes(it)), "made-up messages");
    assert.equal(
      session!.messages.join("").length / 2 + session!.skippedBytes + session!.missingBytes,
      STREAM.length,
    );
  });
  it("a capture that begins in the middle of a session finds the next message", () => {
    for (const from of [3, 300, 900]) {
      const segments = segmentsOf(STREAM, {}, 100).slice(1);
      const tail = segments.filter((it) => it.sequence! >= 1001 + from);
      const [session] = read(pcap(captured(tail)));
      assert.ok(session!.messages.length > 5);
      assert.ok(session!.messages.every((it) => ALL.includes(it)), "made-up messages");
    }
  });
  it("several routers in one file, mixed; what is not BMP is passed over", () => {
    const noise = new Uint8Array(5000).map((_, i) => i * 7);
    const connections = [
      segmentsOf(STREAM, { from: "c0000202" }, 90),
      segmentsOf(STREAM, { from: "c0000203" }, 400),
      segmentsOf(noise, { from: "c0000204" }, 200),
      segmentsOf(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"), { from: "c0000205" }),
      segmentsOf(noise, { from: COLLECTOR, to: ROUTER, fromPort: 5000, toPort: 40000 }, 333).slice(
        1,
      ),
    ];
    const mixed: SegmentOptions[] = [];
    for (let i = 0; connections.some((it) => i < it.length); i++) {
      for (const it of connections) if (i < it.length) mixed.push(it[i]!);
    }
    const sessions = read(pcap(captured(mixed)));
    assert.deepEqual(
      sessions.map(({ from }) => from),
      ["192.0.2.2:40000", "192.0.2.3:40000"],
    );
    for (const session of sessions) assertWhole([session]);
    assert.equal(read(pcap(captured(mixed)), { port: BMP_PORT + 1 }).length, 0);
    assert.equal(read(pcap(captured(mixed)), { port: BMP_PORT }).length, 4);
  });
  it("the same ports again, after FIN, after RST and without either", () => {
    const first = segmentsOf(STREAM, { sequence: 1000 });
    const second = segmentsOf(STREAM, { sequence: 5_000_000 });
    const reset = { sequence: 1001 + STREAM.length, flags: RST };
    for (const between of [first.slice(-1), [reset], []]) {
      const sessions = read(pcap(captured([...first.slice(0, -1), ...between, ...second])));
      assert.equal(sessions.length, 2);
      for (const session of sessions) assertWhole([session]);
    }
  });
  it("an empty capture", () => {
    assert.deepEqual(read(pcap([])), []);
    assert.deepEqual(read(pcapng([])), []);
  });
  it("names the router's end", () => {
    const segments = segmentsOf(STREAM, { from: ROUTER, fromPort: 17900 });
    assert.equal(read(pcap(captured(segments)))[0]!.from, "192.0.2.1:17900");
  });
});
