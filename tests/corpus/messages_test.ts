// Every recorded message that is not a version 3 Route Monitoring: no faults but the known ones, and what NetGauze says of it.
import assert from "node:assert/strict";
import { it } from "node:test";
import { addPathModes, type Open } from "../../src/bgp/open.ts";
import { familyKey } from "../../src/bgp/families.ts";
import { decodeInitiation } from "../../src/bmp/messages/initiation.ts";
import { decodePeerDown } from "../../src/bmp/messages/peer_down.ts";
import { decodePeerUp } from "../../src/bmp/messages/peer_up.ts";
import { decodeRouteMirroring } from "../../src/bmp/messages/route_mirroring.ts";
import { decodeRouteMonitoringV4 } from "../../src/bmp/messages/route_monitoring_v4.ts";
import { decodeStatistics } from "../../src/bmp/messages/statistics.ts";
import { decodeTermination } from "../../src/bmp/messages/termination.ts";
import { COMMON_HEADER_BYTES, MessageType, PEER_HEADER_BYTES } from "../../src/bmp/peer_header.ts";
import { readTrailingTlvs } from "../../src/bmp/tlv.ts";
import { type DecodeFault, faultText } from "../../src/wire/fault.ts";
import { describeCorpus, type Json, type JsonObject, readNetGauze } from "./corpus.ts";
import { readStats, readStream, streamNames } from "./corpus.ts";
import { type Frame, splitFrames } from "./frames.ts";

/** FRR announces its Loc-RIB with OPENs whose BGP identifier is 0. */
const KNOWN_FAULTS: Readonly<Record<string, readonly string[]>> = {
  "pmacct-205-6wind-FRR-peer_down-t00": [
    "in sent OPEN: open-bgp-identifier",
    "in received OPEN: open-bgp-identifier",
  ],
};

type Decoded = { readonly faults: readonly DecodeFault[] };

function decode(bytes: Uint8Array, { start, end, type }: Frame): Decoded | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const afterCommon = start + COMMON_HEADER_BYTES;
  const body = afterCommon + PEER_HEADER_BYTES;
  const version = bytes[start]!;
  switch (type) {
    case MessageType.routeMonitoring:
      return version === 4 ? decodeRouteMonitoringV4(bytes, view, body, end) : undefined;
    case MessageType.statisticsReport:
      return decodeStatistics(bytes, view, body, end, version);
    case MessageType.peerDown:
      return decodePeerDown(bytes, view, body, end);
    case MessageType.peerUp:
      return decodePeerUp(bytes, view, body, end, bytes[afterCommon]!, bytes[afterCommon + 1]!);
    case MessageType.initiation:
      return decodeInitiation(bytes, view, afterCommon, end);
    case MessageType.termination:
      return decodeTermination(bytes, view, afterCommon, end);
    case MessageType.routeMirroring:
      return decodeRouteMirroring(bytes, view, body, end);
    default:
      return undefined;
  }
}

function member(value: Json | undefined, name: string): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value[name]
    : undefined;
}

/** The one message of a line of NetGauze's: its kind and contents; undefined where NetGauze failed. */
function contents(line: JsonObject): [kind: string, contents: JsonObject] | undefined {
  const message = line["V3"] ?? line["V4"];
  return message === undefined ? undefined : Object.entries(message as JsonObject)[0] as [
    string,
    JsonObject,
  ];
}

function checkOpen(open: Open | undefined, expected: Json | undefined): void {
  const theirs = member(expected, "Open");
  assert.equal(open!.version, member(theirs, "version"));
  assert.equal(open!.myAs, member(theirs, "my_as"));
  assert.equal(open!.holdTimeSeconds, member(theirs, "hold_time"));
  assert.equal(open!.bgpIdentifier, member(theirs, "bgp_id"));
  const parameters = member(theirs, "params") as Json[];
  const capabilities = parameters.flatMap((it) => member(it, "Capabilities") as Json[]);
  assert.equal(open!.capabilities.length, capabilities.length);
  const fourOctet = capabilities.map((it) => member(member(it, "FourOctetAs"), "asn4"))
    .find((it) => it !== undefined);
  assert.equal(open!.fourOctetAs ? open!.asn : undefined, fourOctet);
}

/** Compares what both know; returns whether the message is of a kind that is compared. */
function checkAgainstNetGauze(bytes: Uint8Array, frame: Frame, line: JsonObject): boolean {
  const found = contents(line);
  if (found === undefined) return false;
  const [kind, theirs] = found;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const { start, end } = frame;
  const body = start + COMMON_HEADER_BYTES + PEER_HEADER_BYTES;
  switch (kind) {
    case "PeerUpNotification": {
      const up = decodePeerUp(bytes, view, body, end, bytes[start + 6]!, bytes[start + 7]!);
      assert.equal(up.localAddress, theirs["local_address"] ?? "0.0.0.0");
      assert.equal(up.localPort, theirs["local_port"] ?? 0);
      assert.equal(up.remotePort, theirs["remote_port"] ?? 0);
      checkOpen(up.sent!.open, theirs["sent_message"]);
      checkOpen(up.received!.open, theirs["received_message"]);
      const information = theirs["information"] as Json[];
      assert.equal(up.tlvs.length, information.length);
      const names = information.map((it) => member(it, "VrfTableName"));
      assert.equal(up.tableName, names.find((it) => it !== undefined));
      return true;
    }
    case "StatisticsReport": {
      const { statistics } = decodeStatistics(bytes, view, body, end, bytes[start]!);
      assert.deepEqual(
        statistics.map(({ type, value }) => type === 65531 ? "experimental" : String(value)),
        (theirs["counters"] as JsonObject[]).map((counter) => {
          const [name, value] = Object.entries(counter)[0]!;
          if (name === "Experimental65531") return "experimental";
          return String(Array.isArray(value) ? value[1] : value);
        }),
      );
      return true;
    }
    case "Initiation": {
      const { sysName, sysDescr } = decodeInitiation(bytes, view, start + 6, end);
      const information = theirs["information"] as Json[];
      const text = (name: string) => information.map((it) => member(it, name)).find(Boolean);
      assert.equal(sysName, text("SystemName"));
      assert.equal(sysDescr, text("SystemDescription"));
      return true;
    }
    case "RouteMonitoring": {
      if (bytes[start] !== 4) return false;
      const message = decodeRouteMonitoringV4(bytes, view, body, end);
      const tlvs = theirs["tlvs"] as JsonObject[];
      assert.equal(message.revision, 19);
      assert.equal(message.tlvs.length, 1 + tlvs.length);
      const names = message.tlvs.flatMap((tlv) => tlv.kind === "table-name" ? [tlv.text] : []);
      assert.deepEqual(names, ["global"]);
      const families = tlvs.flatMap((tlv) => {
        const addPath = member(member(tlv["value"], "StatelessParsing"), "AddPath");
        return (member(addPath, "address_families") ?? []) as JsonObject[];
      });
      assert.deepEqual(
        [...addPathModes(message)],
        families.map(({ address_type, send, receive }) => {
          assert.equal(address_type, "Ipv4Unicast");
          return [familyKey(1, 1), (receive === true ? 1 : 0) + (send === true ? 2 : 0)];
        }),
      );
      return true;
    }
    default:
      return false;
  }
}

describeCorpus("recorded messages", () => {
  for (const name of streamNames()) {
    const bytes = readStream(name);
    const frames = splitFrames(bytes);

    it(`${name}: no faults but the known ones`, () => {
      const faults = frames.flatMap((frame) => decode(bytes, frame)?.faults ?? [])
        .map((fault) => faultText(fault).replace(/ at byte .*/, ""));
      assert.deepEqual(faults, KNOWN_FAULTS[name] ?? []);
    });

    const lines = readNetGauze(name);
    if (lines !== undefined) {
      it(`${name}: what NetGauze says`, () => {
        const compared = frames.filter((frame, i) => checkAgainstNetGauze(bytes, frame, lines[i]!));
        assert.ok(compared.length > 0);
      });
    }
  }

  it("Huawei's TLVs after the UPDATE are read, and nothing is made out of others", () => {
    const bytes = readStream("traffic-reproducer-bmp-multi-sources-203.0.113.23-2");
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const types = splitFrames(bytes).filter(({ type }) => type === MessageType.routeMonitoring)
      .flatMap(({ start, end }) => {
        const body = start + COMMON_HEADER_BYTES + PEER_HEADER_BYTES;
        return readTrailingTlvs(bytes, view, body + view.getUint16(body + 16), end) ?? [];
      }).map(({ type }) => type);
    assert.equal(types.length, 200);
    assert.deepEqual([...new Set(types)], [0xea62]);
  });

  it("every mirrored message is found", () => {
    const name = "live-frr-8.4.4";
    const bytes = readStream(name);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const kinds = splitFrames(bytes).filter(({ type }) => type === MessageType.routeMirroring)
      .flatMap(({ start, end }) =>
        decodeRouteMirroring(bytes, view, start + COMMON_HEADER_BYTES + PEER_HEADER_BYTES, end).tlvs
      ).map(({ kind }) => kind);
    assert.deepEqual([...new Set(kinds)], ["bgp-message"]);
    assert.ok(Object.values(readStats(name)!.messages).includes(kinds.length));
  });
});
