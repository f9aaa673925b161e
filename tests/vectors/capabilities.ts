/** Values of capabilities: what they say, and what is wrong with the others. */

/**
 * Values of every registered capability, by code, and what they say. `source` is where bytes and meaning come from; absent: made here from
 * the RFC's layout.
 */
export const GOOD_CAPABILITIES: Readonly<
  Record<number, readonly (readonly [hex: string, value: object, source?: string])[]>
> = {
  1: [
    ["0001 00 01", { kind: "multiprotocol", afi: 1, safi: 1 }, "scapy BGPCapMultiprotocol"],
    ["0002 00 01", { kind: "multiprotocol", afi: 2, safi: 1 }, "frr test_capability.c MPv6"],
    ["000a 00 81", { kind: "multiprotocol", afi: 10, safi: 129 }, "frr test_capability.c MP8"],
  ],
  2: [["", { kind: "empty" }]],
  3: [
    ["0001 00 01 02 40 03 80 01 0002 00 01 00", {
      kind: "outbound-route-filtering",
      entries: [
        { afi: 1, safi: 1, filters: [{ type: 64, mode: 3 }, { type: 128, mode: 1 }] },
        { afi: 2, safi: 1, filters: [] },
      ],
    }],
    ["0001 00 01 01 40 03", {
      kind: "outbound-route-filtering",
      entries: [{ afi: 1, safi: 1, filters: [{ type: 64, mode: 3 }] }],
    }, "frr test_capability.c ORF"],
  ],
  4: [["0102", { kind: "opaque", hex: "0102" }]],
  5: [["0001 0001 0002 0001 0080 0002", {
    kind: "extended-next-hop",
    entries: [{ afi: 1, safi: 1, nextHopAfi: 2 }, { afi: 1, safi: 128, nextHopAfi: 2 }],
  }, "bgpkit test_extended_next_hop_capability_parsing"]],
  6: [["", { kind: "empty" }]],
  7: [
    ["08 0002", { kind: "bgpsec", version: 0, direction: "send", afi: 2 }],
    ["10 0001", { kind: "bgpsec", version: 1, direction: "receive", afi: 1 }],
  ],
  8: [["0001 04 ff 0002 80 02", {
    kind: "multiple-labels",
    entries: [{ afi: 1, safi: 4, count: 255 }, { afi: 2, safi: 128, count: 2 }],
  }]],
  9: [
    ["03", { kind: "role", role: 3, name: "Customer" }],
    ["07", { kind: "role", role: 7, name: undefined }],
  ],
  64: [
    ["0078 0001 01 00", {
      kind: "graceful-restart",
      restarted: false,
      notification: false,
      restartTimeSeconds: 120,
      entries: [{ afi: 1, safi: 1, forwarding: false }],
    }, "scapy BGPCapGracefulRestart"],
    ["c078 0001 01 80 0002 01 00", {
      kind: "graceful-restart",
      restarted: true,
      notification: true,
      restartTimeSeconds: 120,
      entries: [{ afi: 1, safi: 1, forwarding: true }, { afi: 2, safi: 1, forwarding: false }],
    }],
    ["0fff", {
      kind: "graceful-restart",
      restarted: false,
      notification: false,
      restartTimeSeconds: 4095,
      entries: [],
    }],
  ],
  65: [
    ["006407a3", { kind: "four-octet-as", asn: 6555555 }, "scapy BGPCapFourBytesASN"],
    ["fa56ea01", { kind: "four-octet-as", asn: 4200000001 }],
  ],
  66: [["01", { kind: "opaque", hex: "01" }]],
  67: [["0140", { kind: "dynamic", codes: [1, 64] }]],
  68: [["80 01", { kind: "multisession", grouping: true, codes: [1] }]],
  69: [
    ["0001 01 02 0002 01 01", {
      kind: "add-path",
      entries: [{ afi: 1, safi: 1, mode: 2 }, { afi: 2, safi: 1, mode: 1 }],
    }, "netgauze test_parse_add_path"],
    ["0001 01 03", {
      kind: "add-path",
      entries: [{ afi: 1, safi: 1, mode: 3 }],
    }, "bio-rd TestDecodeCapability"],
    ["0001 01 03 0002 01 00", {
      kind: "add-path",
      entries: [{ afi: 1, safi: 1, mode: 3 }, { afi: 2, safi: 1, mode: 0 }],
    }],
  ],
  70: [["", { kind: "empty" }]],
  71: [["0001 01 00 000e10 0002 01 80 ffffff", {
    kind: "long-lived-graceful-restart",
    entries: [
      { afi: 1, safi: 1, forwarding: false, staleTimeSeconds: 3600 },
      { afi: 2, safi: 1, forwarding: true, staleTimeSeconds: 16777215 },
    ],
  }, "netgauze test_long_lived_graceful_restart"], ["0001 01 80 fffffe 0002 01 00 000001", {
    kind: "long-lived-graceful-restart",
    entries: [
      { afi: 1, safi: 1, forwarding: true, staleTimeSeconds: 16777214 },
      { afi: 2, safi: 1, forwarding: false, staleTimeSeconds: 1 },
    ],
  }]],
  72: [["0001 01 03", { kind: "opaque", hex: "00010103" }]],
  73: [
    ["0572c3b67574 03 6e6574", {
      kind: "fqdn",
      host: "r\u00f6ut",
      domain: "net",
    }, "netgauze test_fqdn_capability"],
    ["03 616263 00", { kind: "fqdn", host: "abc", domain: "" }],
    ["02 61ff 03 782e79", { kind: "fqdn", host: "a\ufffd", domain: "x.y" }],
  ],
  74: [["", { kind: "empty" }]],
  75: [
    ["04 46525238", { kind: "software-version", version: "FRR8" }],
    ["46525238", { kind: "software-version", version: "FRR8" }],
    ["", { kind: "software-version", version: "" }],
    ["00", { kind: "software-version", version: "" }],
  ],
  76: [["0001 01 0008", { kind: "paths-limit", entries: [{ afi: 1, safi: 1, limit: 8 }] }]],
  77: [["", { kind: "empty" }]],
  78: [["0a", { kind: "opaque", hex: "0a" }]],
  128: [["", { kind: "empty" }]],
  129: [["", { kind: "opaque", hex: "" }]],
  130: [["0001 00 01 01 80 03", {
    kind: "outbound-route-filtering",
    entries: [{ afi: 1, safi: 1, filters: [{ type: 128, mode: 3 }] }],
  }]],
  131: [["00", { kind: "opaque", hex: "00" }]],
  184: [["01", { kind: "opaque", hex: "01" }]],
  185: [["01", { kind: "opaque", hex: "01" }]],
};

/** Values that their decoders refuse; offsets from the start of the capability. */
export const MALFORMED_CAPABILITIES: readonly (readonly [code: number, hex: string, fault: string])[] = [
  [1, "000100", "capability-value-length@2"],
  [1, "0001000100", "capability-value-length@2"],
  [2, "00", "capability-value-length@2"],
  [3, "", "orf-entry-length@2"], // frr test_capability.c ORF-empty
  [3, "00010001", "orf-entry-length@2"],
  [3, "0001000102 4003", "orf-count@6"],
  [5, "0001000100", "capability-value-length@2"],
  [7, "08", "capability-value-length@2"],
  [8, "00010102 00", "capability-value-length@2"],
  [9, "", "capability-value-length@2"],
  [64, "00", "capability-value-length@2"],
  [64, "0078 0001", "capability-value-length@2"],
  [65, "", "capability-value-length@2"],
  [65, "000001", "capability-value-length@2"],
  [68, "", "capability-value-length@2"],
  [69, "000101", "capability-value-length@2"],
  [71, "00010180", "capability-value-length@2"],
  [73, "", "fqdn-length@2"],
  [73, "04 616263", "fqdn-length@2"],
  [73, "03 616263", "fqdn-length@6"],
  [73, "03 616263 00 00", "fqdn-length@7"],
  [76, "00010100", "capability-value-length@2"],
];
