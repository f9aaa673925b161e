import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { familyKey } from "../../src/bgp/families.ts";
import { IPV4_UNICAST, IPV6_UNICAST } from "../../src/bgp/nlri/001_unicast.ts";
import type { PrefixFamily } from "../../src/bgp/nlri/family.ts";
import { layOutUpdate, UpdateLayout } from "../../src/bgp/update.ts";
import { RIB_VIEWS, RibView, ribView } from "../../src/bmp/peer_header.ts";
import {
  FAMILIES_MAX,
  hasLocalAddPath,
  Peer,
  peerId,
  PEERS_MAX,
  PeerTable,
  type PeerUpFacts,
} from "../../src/bmp/peer_table.ts";
import { attribute, perPeer, updateBody } from "../building.ts";
import { fromHex } from "../decoding.ts";

const V4 = familyKey(1, 1);
const V6 = familyKey(2, 1);
const RECEIVE = 1;
const SEND = 2;
const BOTH = 3;
const { adjRibInPre, adjRibInPost, adjRibOutPre, adjRibOutPost, locRib } = RibView;
const VIEWS = Object.values(RibView);

type Modes = Readonly<Record<number, number>>;

function facts(sent: Modes, received: Modes, others: Partial<PeerUpFacts> = {}): PeerUpFacts {
  const modes = (of: Modes): ReadonlyMap<number, number> =>
    new Map(Object.entries(of).map(([family, mode]) => [Number(family), mode]));
  return {
    addPath: { sent: modes(sent), received: modes(received) },
    localAddress: "192.0.2.1",
    tableName: undefined,
    localAs: 65000,
    isTwoOctetAs: false,
    ...others,
  };
}

const HEADER = fromHex(perPeer());

function upPeer(sent: Modes, received: Modes): Peer {
  const peer = new Peer(HEADER);
  peer.up(HEADER, facts(sent, received));
  return peer;
}

function addPathViews(peer: Peer, family = V4): RibView[] {
  return VIEWS.filter((view) => peer.negotiatedAddPath(view, family));
}

describe("RIB views", () => {
  it("type and flags tell (RFC 7854 4.2, RFC 8671 4, RFC 9069 4)", () => {
    assert.equal(VIEWS.length, RIB_VIEWS);
    assert.equal(ribView(0, 0x00), adjRibInPre);
    assert.equal(ribView(0, 0xa0), adjRibInPre);
    assert.equal(ribView(1, 0x40), adjRibInPost);
    assert.equal(ribView(2, 0x10), adjRibOutPre);
    assert.equal(ribView(0, 0x50), adjRibOutPost);
    for (const flags of [0x00, 0x80, 0x40, 0x50]) assert.equal(ribView(3, flags), locRib);
  });
});

describe("ADD-PATH as the OPENs say it (RFC 7911 section 4)", () => {
  const cases: [name: string, sent: number, received: number, views: RibView[]][] = [
    ["neither", 0, 0, []],
    ["the router receives, the peer sends", RECEIVE, SEND, [adjRibInPre, adjRibInPost, locRib]],
    ["the router sends, the peer receives", SEND, RECEIVE, [adjRibOutPre, adjRibOutPost, locRib]],
    ["both do both", BOTH, BOTH, VIEWS],
    ["both only receive", RECEIVE, RECEIVE, [locRib]],
    ["both only send", SEND, SEND, [locRib]],
    ["the router alone", BOTH, 0, [locRib]],
    ["the peer alone", 0, BOTH, [locRib]],
    ["the router does both, the peer sends", BOTH, SEND, [adjRibInPre, adjRibInPost, locRib]],
  ];
  for (const [name, sent, received, views] of cases) {
    it(name, () => {
      const peer = upPeer({ [V4]: sent }, { [V4]: received });
      assert.deepEqual(addPathViews(peer).sort(), [...views].sort());
      assert.deepEqual(addPathViews(peer, V6), []);
    });
  }

  it("the router's own modes, where a message brings them", () => {
    const receiving = VIEWS.filter((view) => hasLocalAddPath(view, RECEIVE));
    assert.deepEqual(receiving.sort(), [adjRibInPre, adjRibInPost, locRib].sort());
    const sending = VIEWS.filter((view) => hasLocalAddPath(view, SEND));
    assert.deepEqual(sending.sort(), [adjRibOutPre, adjRibOutPost, locRib].sort());
    assert.deepEqual(VIEWS.filter((view) => hasLocalAddPath(view, 0)), []);
  });
});

describe("Peer Ups of one peer", () => {
  it("a second one adds to the first: Huawei has one per family", () => {
    const peer = upPeer({ [V4]: BOTH }, { [V4]: BOTH });
    peer.up(HEADER, facts({ [V6]: BOTH }, { [V6]: BOTH }));
    assert.equal(addPathViews(peer, V4).length, RIB_VIEWS);
    assert.equal(addPathViews(peer, V6).length, RIB_VIEWS);
  });

  it("a second one replaces what it names itself", () => {
    const peer = upPeer({ [V4]: BOTH }, { [V4]: BOTH });
    peer.up(HEADER, facts({ [V4]: RECEIVE }, { [V4]: SEND }, { localAddress: "192.0.2.9" }));
    assert.deepEqual(addPathViews(peer).sort(), [adjRibInPre, adjRibInPost, locRib].sort());
    assert.equal(peer.localAddress, "192.0.2.9");
  });

  it("one without a table name keeps the name, while the peer is up", () => {
    const peer = new Peer(HEADER);
    peer.up(HEADER, facts({}, {}, { tableName: "blue" }));
    peer.up(HEADER, facts({}, {}));
    assert.equal(peer.tableName, "blue");
    peer.isUp = false;
    peer.up(HEADER, facts({}, {}));
    assert.equal(peer.tableName, "");
  });

  it("keep a bounded number of families, those first named", () => {
    const peer = upPeer({ [V4]: BOTH }, { [V4]: BOTH });
    for (let afi = 100; afi < 100 + FAMILIES_MAX; afi++) {
      const modes = { [familyKey(afi, 1)]: BOTH };
      peer.up(HEADER, facts(modes, modes));
    }
    const of = (afi: number): number => addPathViews(peer, familyKey(afi, 1)).length;
    assert.deepEqual([of(1), of(98 + FAMILIES_MAX), of(99 + FAMILIES_MAX)], [5, 5, 0]);
    // What is known can still change.
    peer.up(HEADER, facts({ [V4]: RECEIVE }, {}));
    assert.deepEqual(addPathViews(peer).sort(), [adjRibInPre, adjRibInPost, locRib].sort());
  });

  it("after a Peer Down nothing is left of it", () => {
    const table = new PeerTable();
    table.of(HEADER, 0).up(HEADER, facts({ [V4]: BOTH }, { [V4]: BOTH }));
    table.remove(peerId(HEADER, 0));
    const peer = table.of(HEADER, 0);
    assert.equal(peer.isUp, false);
    assert.deepEqual(addPathViews(peer), []);
    peer.up(HEADER, facts({ [V6]: BOTH }, { [V6]: BOTH }));
    assert.deepEqual(addPathViews(peer), []);
  });
});

describe("how prefixes turn out to read", () => {
  const choose = (peer: Peer, view: RibView, hex: string, family: PrefixFamily): boolean => {
    const bytes = fromHex(`5a${hex}5a`);
    const reading = peer.familyReading(view, family);
    reading.choose(bytes, 1, bytes.length - 1);
    return reading.current;
  };
  const plain = "18c63364 18c63365";
  const withIds = "00000001 18c63364 00000002 18c63364";

  it("as expected where both fit", () => {
    const peer = upPeer({ [V4]: RECEIVE }, { [V4]: SEND });
    assert.equal(choose(peer, adjRibInPre, withIds, IPV4_UNICAST), true);
    assert.equal(choose(peer, adjRibOutPre, plain, IPV4_UNICAST), false);
  });

  it("identifiers that were stripped (FRR), for the view and family where it shows", () => {
    const peer = upPeer({ [V4]: BOTH, [V6]: BOTH }, { [V4]: BOTH, [V6]: BOTH });
    assert.equal(choose(peer, adjRibInPre, plain, IPV4_UNICAST), false);
    // Reads both ways: what was learned decides.
    const both = "00 10 0a10 08 0a";
    assert.equal(choose(peer, adjRibInPre, both, IPV4_UNICAST), false);
    assert.equal(choose(peer, adjRibInPost, both, IPV4_UNICAST), true);
    assert.equal(choose(peer, locRib, both, IPV4_UNICAST), true);
    assert.equal(choose(peer, adjRibInPre, "00000007 2020010db8", IPV6_UNICAST), true);
  });

  it("identifiers that nobody announced", () => {
    const peer = new Peer(HEADER);
    assert.equal(choose(peer, locRib, withIds, IPV4_UNICAST), true);
    assert.equal(choose(peer, locRib, "00000003 00", IPV4_UNICAST), true);
    assert.equal(choose(peer, locRib, plain, IPV4_UNICAST), false);
  });

  it("a default route alone is one", () => {
    assert.equal(choose(new Peer(HEADER), adjRibInPre, "00", IPV4_UNICAST), false);
    const peer = upPeer({ [V4]: BOTH }, { [V4]: BOTH });
    assert.equal(choose(peer, adjRibInPre, "00000001 00", IPV4_UNICAST), true);
    assert.equal(choose(peer, adjRibInPre, "00", IPV4_UNICAST), false);
  });

  it("a broken list changes nothing", () => {
    const peer = new Peer(HEADER);
    for (const broken of ["28c63364 0500", "18c6", "21c6336401", "ffffffff"]) {
      assert.equal(choose(peer, adjRibInPre, broken, IPV4_UNICAST), false, broken);
    }
    const expecting = upPeer({ [V4]: BOTH }, { [V4]: BOTH });
    for (const broken of ["00000001 21c633640180", "000000", "00000001 18c6"]) {
      assert.equal(choose(expecting, adjRibInPre, broken, IPV4_UNICAST), true, broken);
    }
  });

  it("a new Peer Up starts over", () => {
    const peer = upPeer({ [V4]: BOTH }, { [V4]: BOTH });
    const both = "00 10 0a10 08 0a";
    choose(peer, adjRibInPre, plain, IPV4_UNICAST);
    assert.equal(choose(peer, adjRibInPre, both, IPV4_UNICAST), false);
    peer.up(HEADER, facts({}, {}));
    assert.equal(choose(peer, adjRibInPre, both, IPV4_UNICAST), true);
  });
});

describe("how AS paths turn out to read", () => {
  const layout = new UpdateLayout();
  const choose = (peer: Peer, view: RibView, isTwoOctet: boolean, attributes: string): number => {
    const bytes = fromHex(updateBody({ attributes }));
    const data = new DataView(bytes.buffer);
    layOutUpdate(layout, bytes, data, 0, bytes.length);
    return peer.chooseAsWidth(view, isTwoOctet, layout, bytes, data);
  };
  const narrow = attribute(0x40, 2, "0203 fde9 fdea fdeb");
  const wide = attribute(0x40, 2, "0203 0000fde9 0000fdea 0000fdeb");
  /** 1, 65001, 65002 with two octets, 130537 and 33685482 with four. */
  const both = attribute(0x40, 2, "0202 0001fde9 0201fdea");

  it("as the A flag says (RFC 7854 section 4.2)", () => {
    const peer = upPeer({}, {});
    assert.equal(choose(peer, adjRibInPre, true, narrow), 2);
    assert.equal(choose(peer, adjRibInPre, false, wide), 4);
    assert.equal(choose(peer, adjRibInPre, true, ""), 2);
    assert.equal(choose(peer, adjRibInPre, false, attribute(0x40, 2, "")), 4);
  });

  it("as it parses where the flag is wrong, and so from then on in that view", () => {
    const peer = upPeer({}, {});
    assert.equal(choose(peer, adjRibInPre, false, both), 4);
    assert.equal(choose(peer, adjRibInPre, false, narrow), 2);
    assert.equal(choose(peer, adjRibInPre, false, both), 2);
    assert.equal(choose(peer, adjRibInPost, false, both), 4);
    assert.equal(choose(peer, adjRibInPre, false, wide), 4);
    assert.equal(choose(peer, adjRibInPre, false, both), 4);
  });

  it("as it has no AS 0, which is in no path (RFC 7607)", () => {
    const zeroIfNarrow = attribute(0x40, 2, "0202 0000fde9 0201fdea");
    assert.equal(choose(upPeer({}, {}), adjRibInPre, false, zeroIfNarrow), 4);
    assert.equal(choose(upPeer({}, {}), adjRibInPre, true, zeroIfNarrow), 4);
  });

  it("as expected where nothing parses", () => {
    const broken = attribute(0x40, 2, "0203 fd");
    assert.equal(choose(upPeer({}, {}), adjRibInPre, false, broken), 4);
    assert.equal(choose(upPeer({}, {}), adjRibInPre, true, broken), 2);
  });

  it("a new Peer Up starts over", () => {
    const peer = upPeer({}, {});
    choose(peer, adjRibInPre, false, narrow);
    peer.up(HEADER, facts({}, {}));
    assert.equal(choose(peer, adjRibInPre, false, both), 4);
  });
});

describe("the table", () => {
  it("a peer is its type, distinguisher and address; flags, AS and time are not", () => {
    const table = new PeerTable();
    const peer = table.of(fromHex(perPeer()), 0);
    const same = perPeer({ flags: 0x50, as: 7, bgpId: "00000000", seconds: 1, microseconds: 2 });
    assert.equal(table.of(fromHex(`5a5a${same}`), 2), peer);
    const others = [
      perPeer({ type: 1 }),
      perPeer({ type: 3 }),
      perPeer({ distinguisher: "0000000100000001" }),
      perPeer({ address: "c0000203" }),
      perPeer({ address: `20010db8${"0".repeat(16)}c0000202` }),
    ];
    for (const header of others) table.of(fromHex(header), 0);
    assert.equal(table.size, 1 + others.length);
    assert.equal(table.get(peerId(fromHex(same), 0)), peer);
  });

  it("a header is copied, not kept", () => {
    const bytes = fromHex(perPeer());
    const peer = new PeerTable().of(bytes, 0);
    bytes.fill(0);
    assert.deepEqual(peer.header, fromHex(perPeer()));
  });

  it("is bounded; peers beyond are decoded without memory", () => {
    const table = new PeerTable();
    const header = fromHex(perPeer());
    const view = new DataView(header.buffer);
    for (let i = 0; i < PEERS_MAX + 10; i++) {
      view.setUint32(22, i);
      assert.equal(table.of(header, 0).isUp, false);
    }
    assert.equal(table.size, PEERS_MAX);
    assert.notEqual(table.of(header, 0), table.of(header, 0));
  });
});
