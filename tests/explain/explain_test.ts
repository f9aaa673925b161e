// Trees of messages: every part lies inside the one around it, nothing is left out, and no damage makes it fail.
import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import { readFileSync } from "node:fs";
import { ATTRIBUTES } from "../../src/bgp/attributes/registry.ts";
import { MessageExplainer } from "../../src/explain/message.ts";
import type { Part } from "../../src/explain/part.ts";
import { putTree, textOf } from "../../src/explain/render.ts";
import { Random } from "../../src/generate/random.ts";
import { ByteWriter } from "../../src/wire/writer.ts";
import {
  addPath,
  attribute,
  bmp,
  initiation,
  MANDATORY,
  mpReach,
  mpUnreach,
  peerDown,
  peerUp,
  perPeer,
  routeMonitoring,
  tlv,
} from "../building.ts";
import { fromHex } from "../decoding.ts";
import { damage } from "../property/damage.ts";
import { EVERY_KIND, messagesOf } from "../property/streams.ts";
import { vectorMessages } from "../property/vector_messages.ts";

const FUZZ_MESSAGES = Number(process.env["EDGEBMP_FUZZ_MESSAGES"] ?? 5000);
const SEED = Number(process.env["EDGEBMP_SEED"] ?? Math.floor(Math.random() * 2 ** 32));
const TIMEOUT_MS = 1_800_000;
const BUG = "explain-bug";

const RECORDED = ["gobgpd-session", "every-record"].flatMap((name) =>
  messagesOf(new Uint8Array(readFileSync(new URL(`../data/${name}.bmp`, import.meta.url))))
);

function* walk(part: Part): Iterable<Part> {
  yield part;
  for (const inner of part.parts) yield* walk(inner);
}

/** The faults of a tree, as `code@offset`. */
function faultsOf(tree: Part): string[] {
  return [...walk(tree)].flatMap(({ faults }) => faults.map((it) => `${it.code}@${it.offset}`));
}

/** Parts lie inside each other, in order, and faults where they belong. */
function checkTree(tree: Part): void {
  for (const part of walk(tree)) {
    let pos = part.start;
    for (const inner of part.parts) {
      assert.ok(inner.start >= part.start && inner.end <= part.end, `${inner.name} is outside`);
      assert.ok(inner.start >= pos, `${inner.name} overlaps`);
      pos = inner.end;
    }
    for (const { code, offset } of part.faults) {
      assert.ok(offset >= 0 && offset <= tree.end, `${code} is outside`);
      assert.notEqual(code, BUG);
    }
  }
}

/** Bytes that no innermost part has. */
function uncovered(tree: Part): number[] {
  const isCovered = new Array<boolean>(tree.end).fill(false);
  for (const part of walk(tree)) {
    if (part.parts.length > 0) continue;
    isCovered.fill(true, part.start, part.end);
  }
  return [...isCovered.keys()].filter((at) => !isCovered[at]);
}

function explainAll(messages: readonly (Uint8Array | string)[]): Part[] {
  const explainer = new MessageExplainer();
  return messages.map((it) => explainer.explain(typeof it === "string" ? fromHex(it) : it));
}

/** The text of the last of these messages. */
function lastText(...messages: string[]): string {
  return textOf(explainAll(messages).at(-1)!);
}

describe("trees of messages", () => {
  for (const [name, messages] of [["every kind", EVERY_KIND], ["recorded", RECORDED]] as const) {
    it(`${name}: parts lie inside each other, no fault is a bug`, () => {
      for (const tree of explainAll(messages)) checkTree(tree);
    });
  }

  it("every byte of a sound message is in some part, but for headers of TLVs and capabilities", () => {
    for (
      const message of [
        routeMonitoring({
          withdrawn: "080a",
          attributes: MANDATORY + mpUnreach(2, 1, "2020010db8"),
          nlri: "18c63364",
        }),
        peerDown({}, `01${"ff".repeat(16)}0015030602`),
        bmp(100, "0102"),
      ]
    ) {
      assert.deepEqual(uncovered(explainAll([message])[0]!), []);
    }
  });

  it("has each attribute's name and reference", () => {
    const text = vectorMessages().map((it) => textOf(explainAll([it])[0]!)).join("");
    for (const { name, reference } of ATTRIBUTES) {
      assert.ok(text.includes(`${name}  [${reference}]`), name);
    }
  });

  it(`${FUZZ_MESSAGES} damaged messages, EDGEBMP_SEED=${SEED}: no bug, parts in order`, {
    timeout: TIMEOUT_MS,
  }, () => {
    const random = new Random(SEED);
    const messages = [...vectorMessages(), ...EVERY_KIND];
    let explainer = new MessageExplainer();
    for (let i = 0; i < FUZZ_MESSAGES; i++) {
      if (i % 500 === 0) explainer = new MessageExplainer();
      const damaged = damage(messages[random.below(messages.length)]!, messages, random);
      const tree = explainer.explain(damaged);
      try {
        checkTree(tree);
        assert.ok(textOf(tree).length > 0);
      } catch (cause) {
        const hex = Array.from(damaged, (it) => it.toString(16).padStart(2, "0")).join("");
        throw new Error(`Cannot explain "${hex}", EDGEBMP_SEED=${SEED}`, { cause });
      }
    }
  });
});

describe("what is shown", () => {
  it("the whole of an Initiation", () => {
    assert.equal(
      lastText(initiation("r1")),
      `0-16            Initiation  [RFC 7854 section 4.3]
0-5               Common Header  [RFC 7854 section 4.1]
0                   Version: 3
1-4                 Message Length: 17
5                   Message Type: 4 (Initiation)
6-10              TLV: 1 (sysDescr)
10                  Value: d
11-16             TLV: 2 (sysName)
15-16               Value: r1
`,
    );
  });

  it("path identifiers as they were negotiated, or as the bytes bear out", () => {
    const modes = addPath([1, 1, 3]);
    const up = peerUp({}, { sent: modes, received: modes });
    const withIds = routeMonitoring({ attributes: MANDATORY, nlri: "00000007 18c63364" });
    assert.match(lastText(up, withIds), /NLRI: prefix 198\.51\.100\.0\/24 {2}\[RFC 4271/);
    assert.match(lastText(up, withIds), /Path Identifier: 7 {2}\[RFC 7911 section 3\]/);
    assert.doesNotMatch(lastText(up, withIds), /!/);
    assert.match(lastText(peerUp(), withIds), /Path Identifier: 7.*\n/);
    assert.match(lastText(peerUp(), withIds), /! add-path-assumed at byte \d+/);
  });

  it("two-octet AS numbers", () => {
    const attributes = attribute(0x40, 1, "00") + attribute(0x40, 2, "0201fde9") +
      attribute(0x40, 3, "c0000201");
    assert.match(
      lastText(routeMonitoring({ attributes, nlri: "00" }, { flags: 0x20 })),
      /as_path \[65001\]/,
    );
  });

  it("values of 0 that records leave out", () => {
    const zero = "00000000";
    const attributes = MANDATORY + attribute(0x80, 4, zero) + attribute(0x40, 5, zero) +
      attribute(0xc0, 35, zero);
    const text = lastText(routeMonitoring({ attributes, nlri: "18c63364" }));
    for (const member of ["med", "local_pref", "otc"]) {
      assert.match(text, new RegExp(`Value: ${member} 0\n`));
    }
  });

  it("a fault where it is, what was expected, and what it costs", () => {
    const text = lastText(routeMonitoring({
      attributes: attribute(0x40, 1, "07") + attribute(0x40, 2, ""),
      nlri: "18c63364",
    }));
    assert.match(text, /Value: hex 07 \(undecoded\)/);
    assert.match(text, /! origin-value at byte \d+, expected 0, 1 or 2; treat-as-withdraw/);
  });

  it("the fault of an empty value at its own attribute", () => {
    const text = lastText(routeMonitoring({
      attributes: attribute(0x40, 1, "00") + attribute(0x40, 3, "") + attribute(0x40, 2, ""),
      nlri: "18c63364",
    }));
    assert.match(text, /NEXT_HOP.*\n\s+! next-hop-length at byte \d+, expected length 4/);
  });

  it("attributes that are missing, repeated and unknown", () => {
    const text = lastText(routeMonitoring({
      attributes: attribute(0x40, 1, "00") + attribute(0x40, 1, "01") +
        attribute(0xc0, 250, "abcd"),
      nlri: "18c63364",
    }));
    assert.match(text, /! attribute-missing at byte \d+, expected AS_PATH/);
    assert.match(text, /ORIGIN \(repeated, thus ignored: RFC 7606 section 3 g\)/);
    assert.match(text, /Unknown attribute\n.*\n.*Type Code: 250\n.*\n.*Value: hex abcd \(kept/);
  });

  it("a broken route among sound ones", () => {
    const text = lastText(routeMonitoring({
      attributes: MANDATORY + mpReach(2, 1, "20010db8000000000000000000000001", "08aa ff"),
    }));
    assert.match(text, /NLRI: prefix aa00::\/8/);
    assert.match(text, /undecoded: hex ff\n.*! nlri-prefix-length/);
  });

  it("an End-of-RIB, of the NLRI field and of a family", () => {
    assert.match(lastText(routeMonitoring({})), /End-of-RIB: ipv4-unicast {2}\[RFC 4724/);
    assert.match(
      lastText(routeMonitoring({ attributes: mpUnreach(25, 70, "") })),
      /End-of-RIB: l2vpn-evpn/,
    );
  });

  it("bytes of an unknown family, of an unknown message, and of a message cut short", () => {
    assert.match(
      lastText(routeMonitoring({ attributes: MANDATORY + mpReach(57, 65, "", "0badcafe") })),
      /NLRI: hex 0badcafe \(afi-57-safi-65, kept as bytes\)/,
    );
    assert.match(lastText(bmp(100, "0102")), /Body: hex 0102/);
    assert.match(lastText(bmp(0, "0102")), /undecoded: hex 0102\n.*! per-peer-header at byte 6/);
  });

  it("64-bit numbers exactly, in text and in JSON", () => {
    const message = bmp(1, `${perPeer()}00000001${tlv(7, "ffffffffffffffff")}`);
    assert.match(lastText(message), /Value: 18446744073709551615/);
    const out = new ByteWriter(1000);
    putTree(out, explainAll([message])[0]!, 1000);
    const json = new TextDecoder().decode(out.written());
    assert.match(json, /"value":18446744073709551615/);
    const { start, end, faults } = JSON.parse(json);
    assert.deepEqual([start, end, faults], [1000, 1000 + fromHex(message).length, undefined]);
  });

  it("text of routers cannot move the cursor or pass for something else", () => {
    const text = lastText(bmp(4, tlv(1, "1b5b324a 0a 7f c285 e280ae")));
    assert.match(text, /Value: "\\u001b\[2J\\n\\u007f\\u0085\\u202e"/);
  });

  it("no fault in sound messages", () => {
    for (const tree of explainAll([peerUp(), routeMonitoring({}), peerDown()])) {
      assert.deepEqual(faultsOf(tree), []);
    }
  });
});
