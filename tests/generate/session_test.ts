import { describe, it } from "node:test";
import assert from "node:assert/strict";
import {
  GENERATE_DEFAULTS,
  GENERATED_VIEWS,
  type GenerateOptions,
  type GenerateTotals,
} from "../../src/generate/options.ts";
import { decodeRecords } from "../../mod.ts";
import { generateSession } from "../../src/generate/session.ts";
import { TableWalk } from "../../src/generate/prefixes.ts";
import { type WalkedUpdate, walkSession } from "./bmp_walker.ts";

const SMALL: GenerateOptions = {
  ...GENERATE_DEFAULTS,
  prefixesV4: 3000,
  prefixesV6: 700,
  routes: 2000,
};

function generate(
  options: Partial<GenerateOptions>,
): { bytes: Uint8Array; totals: GenerateTotals } {
  const session = generateSession({ ...SMALL, ...options });
  const chunks: Uint8Array[] = [];
  let step = session.next();
  for (; !step.done; step = session.next()) chunks.push(step.value.slice());
  return { bytes: new Uint8Array(chunks.flatMap((chunk) => [...chunk])), totals: step.value };
}

function announcedOf(updates: readonly WalkedUpdate[], family: string): string[] {
  return updates.filter((update) => update.family === family).flatMap((update) => update.announced);
}

describe("generateSession()", () => {
  it("gives the same bytes for the same seed and others for another", () => {
    const first = generate({ seed: 5 }).bytes;
    assert.deepEqual(generate({ seed: 5 }).bytes, first);
    assert.notDeepEqual(generate({ seed: 6 }).bytes, first);
  });

  it("announces exactly the prefixes asked for, each once, between Initiation and End-of-RIBs", () => {
    const { bytes, totals } = generate({});
    const { types, updates } = walkSession(bytes);
    assert.deepEqual(types.slice(0, 3), [4, 3, 0]);
    assert.equal(types.length, totals.messages);
    assert.equal(bytes.length, totals.bytes);
    assert.equal(updates.length, totals.updates);
    assert.equal(totals.announced, 3700);
    assert.equal(new Set(announcedOf(updates, "1/1")).size, 3000);
    assert.equal(new Set(announcedOf(updates, "2/1")).size, 700);
    const endOfRibs = updates.filter((update) => update.announced.length === 0);
    assert.deepEqual(endOfRibs.map((update) => update.family), ["1/1", "2/1"]);
    assert.equal(updates.at(-1), endOfRibs[1]);
  });

  it("looks like a public table: lengths, prefixes per UPDATE, mandatory attributes", () => {
    const { updates } = walkSession(generate({ prefixesV4: 40_000, prefixesV6: 10_000 }).bytes);
    const v4 = announcedOf(updates, "1/1");
    const v6 = announcedOf(updates, "2/1");
    const share = (nlri: string[], length: string) =>
      nlri.filter((hex) => hex.startsWith(length)).length / nlri.length;
    assert.ok(Math.abs(share(v4, "18") - 0.61) < 0.03, `/24: ${share(v4, "18")}`);
    assert.ok(Math.abs(share(v6, "30") - 0.46) < 0.03, `/48: ${share(v6, "30")}`);
    const perUpdate = 50_000 / updates.length;
    assert.ok(perUpdate > 3.5 && perUpdate < 5.5, `prefixes per UPDATE: ${perUpdate}`);
    for (const { announced, attributes, family } of updates) {
      if (announced.length === 0) continue;
      assert.ok(
        attributes.has(1) && attributes.has(2) && attributes.has(family === "1/1" ? 3 : 14),
      );
      assert.deepEqual([...attributes.keys()], [...attributes.keys()].sort((a, b) => a - b));
    }
  });

  it("carries the same prefixes in all views of all peers, with the flags of each", () => {
    const { bytes } = generate({ peers: 2, views: GENERATED_VIEWS, terminate: true });
    const { types, updates, opens } = walkSession(bytes);
    const views = new Map<string, WalkedUpdate[]>();
    for (const update of updates) {
      const key = `${update.peerType} ${update.peerFlags} ${update.peerAs}`;
      views.set(key, [...views.get(key) ?? [], update]);
    }
    assert.deepEqual(
      [...views.keys()].sort(),
      [
        "0 0 4200000001",
        "0 0 64513",
        "0 64 4200000001",
        "0 64 64513",
        "0 80 4200000001",
        "0 80 64513",
        "3 0 64512",
      ],
    );
    const tables = [...views.values()].map((view) => announcedOf(view, "1/1").join(" "));
    assert.equal(new Set(tables).size, 1);
    // Two peers and the Loc-RIB come up and go down once each.
    assert.equal(opens.length, 6);
    assert.deepEqual(types.slice(-4), [2, 2, 2, 5]);
  });

  it("puts path identifiers and labels where they are asked for", () => {
    const { updates } = walkSession(
      generate({ addPath: true, families: ["unicast", "labelled-unicast"] }).bytes,
      true,
    );
    for (const family of ["1/1", "2/1", "1/4", "2/4"]) {
      const nlri = announcedOf(updates, family);
      const second = nlri.filter((hex) => hex.startsWith("00000002"));
      assert.equal(nlri.length - second.length, family.startsWith("1/") ? 3000 : 700, family);
      assert.ok(second.length > 0, family);
    }
    // Path identifier, length with the 24 bits of a label, label with bottom-of-stack bit, prefix.
    assert.match(announcedOf(updates, "1/4")[0]!, /^00000001(2[0-9a-f]|30)[0-9a-f]{5}1/);
  });

  it("puts a label, a route distinguisher and a route target to VPN routes", () => {
    const { updates } = walkSession(generate({ families: ["vpn"] }).bytes);
    const nlri = announcedOf(updates, "1/128");
    assert.equal(nlri.length, 3000);
    assert.equal(announcedOf(updates, "2/128").length, 700);
    for (const { announced, attributes } of updates) {
      if (announced.length === 0) continue;
      // Length with label and distinguisher; bottom of stack; distinguisher of type 0.
      assert.match(announced[0]!, /^[0-9a-f]{2}[0-9a-f]{5}10000fc00/);
      // One distinguisher for all routes of a group, and a route target of the same number.
      const [rd] = new Set(announced.map((hex) => hex.slice(8, 24)));
      assert.equal(attributes.get(16), `0002${rd!.slice(4)}`);
      assert.ok(announced.every((hex) => hex.slice(8, 24) === rd));
      // The next hop behind a distinguisher of 0 (RFC 4364 section 4.3.2).
      assert.match(attributes.get(14)!, /^0001800c0{16}|^000280180{16}/);
    }
  });

  it("announces EVPN routes of types 1 to 5, and BGP-LS nodes, links and prefixes, without a fault", async () => {
    const { bytes, totals } = generate({ families: ["evpn", "bgp-ls"], withdraw: 0.1 });
    const records = await Array.fromAsync(decodeRecords([bytes]));
    const counts = new Map<string, number>();
    for (const { topic, data } of records) {
      const key = `${topic}${topic === "gobmp.parsed.evpn" ? ` ${data["route_type"]}` : ""}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const shares = {
      "gobmp.parsed.evpn 1": 0.07,
      "gobmp.parsed.evpn 2": 0.76,
      "gobmp.parsed.evpn 3": 0.09,
      "gobmp.parsed.evpn 4": 0.02,
      "gobmp.parsed.evpn 5": 0.06,
      "gobmp.parsed.ls_node": 0.13,
      "gobmp.parsed.ls_link": 0.53,
      "gobmp.parsed.ls_prefix": 0.33,
    };
    // Each table, and a tenth of it withdrawn and announced again.
    const routes = totals.announced + totals.withdrawn;
    for (const [key, share] of Object.entries(shares)) {
      const found = counts.get(key)! / (routes / 2);
      assert.ok(Math.abs(found - share) < 0.15 * share + 0.02, `${key}: ${found}`);
    }
    const found = Object.keys(shares).reduce((sum, key) => sum + counts.get(key)!, 0);
    assert.equal(found, routes);
    assert.equal(counts.get("edgebmp.end_of_rib"), 2);
    assert.deepEqual(records.filter(({ topic }) => topic === "edgebmp.decode_error"), []);
    // What is announced again is what was withdrawn: the same links.
    const links = new Set(records.flatMap(({ data }) => data["local_link_ip"] ?? []));
    assert.ok(links.size > 0 && links.size <= 0.6 * 2000, `${links.size} links`);
  });

  it("narrows AS numbers for two-octet peers and keeps the whole path in AS4_PATH", () => {
    const { updates, opens } = walkSession(generate({ twoOctetAs: true }).bytes);
    assert.ok(updates.every((update) => update.peerFlags === 0x20));
    assert.ok(opens.every((open) => !open.includes("4104")));
    let wide = 0;
    for (const { attributes } of updates) {
      const path = attributes.get(2) ?? "";
      assert.equal(path.length, 4 + 4 * parseInt(path.slice(2, 4) || "-1", 16));
      assert.equal(attributes.has(17), path.slice(4).match(/.{4}/g)?.includes("5ba0") ?? false);
      if (attributes.has(17)) wide++;
    }
    assert.ok(wide > 100);
  });

  it("withdraws a share of the UPDATEs after the End-of-RIBs and announces it again", () => {
    const { bytes, totals } = generate({ withdraw: 0.2 });
    const { updates } = walkSession(bytes);
    const withdrawn = updates.flatMap((update) => update.withdrawn);
    assert.equal(withdrawn.length, totals.withdrawn);
    assert.equal(totals.announced, 3700 + totals.withdrawn);
    assert.ok(totals.withdrawn > 3700 * 0.1 && totals.withdrawn < 3700 * 0.3);
    const announced = new Set(updates.flatMap((update) => update.announced));
    assert.ok(withdrawn.every((nlri) => announced.has(nlri)));
  });
});

describe("TableWalk", () => {
  /** Prefixes of a table as text, `address bits in hex/length`, in order. */
  function walkAll(family: "ipv4" | "ipv6", size: number, seed: number): string[] {
    const walk = new TableWalk(family, size, seed);
    const found: string[] = [];
    while (walk.next()) {
      let start = 0;
      for (let i = 0; i < walk.count; i++) {
        const end = walk.ends[i]!;
        const octets = [...walk.nlri.subarray(start + 1, end)];
        const length = walk.nlri[start]!;
        assert.equal(octets.length, Math.ceil(length / 8));
        assert.equal(octets.at(-1)! & (0xff >> ((length + 7) % 8 + 1)), 0, "host bits");
        found.push(
          `${octets.map((octet) => octet.toString(16).padStart(2, "0")).join("")}/${length}`,
        );
        start = end;
      }
    }
    return found;
  }

  it("gives every prefix once, whatever the size of the table", () => {
    for (const family of ["ipv4", "ipv6"] as const) {
      for (let seed = 0; seed < 60; seed++) {
        const size = 1 + seed * seed;
        assert.equal(new Set(walkAll(family, size, seed)).size, size, `${family} ${size}`);
      }
    }
  });

  it("arrives near the end of the unicast space when a full table does", () => {
    const table = walkAll("ipv4", 500_000, 1);
    assert.equal(new Set(table).size, 500_000);
    const last = parseInt(table.filter((prefix) => prefix.endsWith("/24")).at(-1)!.slice(0, 2), 16);
    assert.ok(last > 180 && last < 224, String(last));
    assert.ok(!table.some((prefix) => prefix.startsWith("0a") || prefix.startsWith("7f")));
  });
});
