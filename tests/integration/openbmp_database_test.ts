/**
 * From routers to OpenBMP's database, with everything between them real: brokers, the consumer (obmp-psql), PostgreSQL. Its tables hold
 * exactly what the records in goBMP's JSON say of the same sessions, whatever ends and begins again in the middle.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { after, before, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { GENERATE_DEFAULTS, type GenerateOptions } from "../../src/generate/options.ts";
import { generateSession } from "../../src/generate/session.ts";
import { bmp, MANDATORY, peerDown, peerUp, routeMonitoring, tlv, uint } from "../building.ts";
import { readStream } from "../corpus/corpus.ts";
import { fromHex } from "../decoding.ts";
import { LogReader } from "./kafka/reader.ts";
import { Bench, Router } from "./openbmp/bench.ts";
import { findDatabase } from "./openbmp/database.ts";
import {
  type Daemon,
  describeWith,
  findBgpd,
  findGobgpd,
  startBgpd,
  startGobgpd,
} from "./programs.ts";
import { connectAll, type Neighbor, NEIGHBORS, play, steps } from "./scenario.ts";

/** Of routers that send Initiations and Peer Ups, without which no record tells peers apart. */
const STREAMS: readonly string[] = [
  "live-gobgp-3.10.0",
  "live-frr-8.4.4-flapping",
  "pmacct-200-HUAWEI-locrib_instance-t00",
  "pmacct-201-CISCO-rd_instance-t00",
  "pmacct-204-CISCO-peer_down-t00",
  "pmacct-205-6wind-FRR-peer_down-t00",
];
const TEST = { timeout: 120_000 };

const SMALL: GenerateOptions = {
  ...GENERATE_DEFAULTS,
  prefixesV4: 400,
  prefixesV6: 200,
  routes: 150,
  peers: 3,
  withdraw: 0.3,
};

function generated(options: Partial<GenerateOptions>): Uint8Array {
  // Each part is only valid until the next one.
  const parts = Array.from(generateSession({ ...SMALL, ...options }), (part) => part.slice());
  return new Uint8Array(Buffer.concat(parts));
}

describeWith(findDatabase(), "OpenBMP's database", () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.start({
      parsed: ["hashes: complete"],
      sinks: [
        "- name: groups",
        "  type: kafka",
        "  format: openbmp-parsed",
        "  brokers: BROKERS",
        "  topic_template: grouped.{router_group}.{peer_group}.{type}",
        "  router_groups: [generated=~^SYNTHETIC, recorded=127.0.1.0/24]",
        "  peer_groups: [first=AS64513, others=198.18.0.0/15]",
        "- name: raw",
        "  type: kafka",
        "  format: openbmp-raw",
        "  profile: openbmp",
        "  brokers: BROKERS",
      ],
    });
  });
  after(async () => await bench?.stop());

  /** Nothing that was sent was refused on the way into the tables. */
  const settle = async (prefix: string) => {
    await bench.settle(prefix);
    assert.equal(bench.database.errors(), "");
  };

  it("holds what recorded sessions say, while they last and when they end", TEST, async () => {
    const routers: Router[] = [];
    for (const [i, name] of STREAMS.entries()) {
      const router = await Router.connect(bench.port, `127.0.1.${i + 1}`);
      router.send(readStream(name));
      routers.push(router);
    }
    await settle("127.0.1.");
    for (const router of routers) router.end();
    await settle("127.0.1.");
  });

  it("holds routes of every RIB and family that it has a table for", TEST, async () => {
    const sessions: readonly Partial<GenerateOptions>[] = [
      { views: ["pre-policy", "post-policy", "loc-rib", "adj-rib-out"], addPath: true },
      { families: ["labelled-unicast"], withdraw: 0 },
      { families: ["vpn"], views: ["pre-policy", "loc-rib"] },
      { families: ["bgp-ls"], views: ["pre-policy", "loc-rib"] },
      { twoOctetAs: true },
    ];
    const routers: Router[] = [];
    for (const [i, options] of sessions.entries()) {
      const router = await Router.connect(bench.port, `127.0.2.${i + 1}`);
      router.send(generated(options));
      routers.push(router);
    }
    await settle("127.0.2.");
    for (const router of routers) router.end();
    await settle("127.0.2.");
  });

  it(
    "has its records by groups of routers and peers too, and raw, on the same brokers",
    TEST,
    async () => {
      const reader = new LogReader([bench.brokers.port()]);
      try {
        const records = async (topic: string) =>
          (await reader.all(topic, 0)).map(({ value }) => String(value));
        const rows = (texts: readonly string[]) =>
          texts.flatMap((text) => text.slice(text.indexOf("\n\n") + 2).split("\n").slice(0, -1));
        const all = rows(await records("openbmp.parsed.unicast_prefix"));
        const wanted = new Map<string, number>();
        for (const row of all) {
          const [router = "", peer = "", asn] = [4, 7, 8].map((i) => row.split("\t")[i]);
          const routers = router.startsWith("127.0.1.") ? "recorded" : "generated";
          const peers = asn === "64513"
            ? "first"
            : /^198\.1[89]\./.test(peer)
            ? "others"
            : "default";
          const topic = `grouped.${routers}.${peers}.unicast_prefix`;
          wanted.set(topic, (wanted.get(topic) ?? 0) + 1);
        }
        assert.ok(wanted.size >= 4);
        /** Each sink makes its topics and fills them at its own pace. */
        const counted = async (topic: string, count: () => Promise<number>, least: number) => {
          let found = -1;
          for (let i = 0; i < 60 && found < least; i++) {
            if (i > 0) await sleep(500);
            found = await count().catch(() => -1);
          }
          assert.ok(found >= least, `${topic} has ${found} of ${least}`);
          return found;
        };
        const has = async (topic: string, count: number) => {
          const inTopic = async () => rows(await records(topic)).length;
          assert.equal(await counted(topic, inTopic, count), count, topic);
        };
        for (const [topic, count] of wanted) await has(topic, count);
        await counted("openbmp.bmp_raw", () => reader.count("openbmp.bmp_raw"), 1001);
        // The ends of the routers wait for the downs of their peers, which are held back.
        await has("grouped.generated.default.router", 10);
      } finally {
        await reader.close();
      }
    },
  );

  const speak = async (daemon: Daemon, neighbors: readonly Neighbor[], labelled: boolean) => {
    const speakers = await connectAll(daemon, neighbors);
    await bench.quiet();
    await play(steps(labelled), speakers, () => sleep(100).then(() => {}));
    await settle("127.0.0.1");
    await daemon.program.kill();
    await settle("127.0.0.1");
  };

  const gobgpd = findGobgpd();
  it("holds what gobgpd says of its peers", { ...TEST, skip: "skip" in gobgpd }, async () => {
    assert.ok("path" in gobgpd);
    const neighbors = NEIGHBORS;
    const options = { path: gobgpd.path, view: "all", bmpPort: bench.port, neighbors } as const;
    await speak(await startGobgpd(options), neighbors, true);
  });

  const bgpd = findBgpd();
  it("holds what FRR says of its peers", { ...TEST, skip: "skip" in bgpd }, async () => {
    assert.ok("path" in bgpd);
    const neighbors = NEIGHBORS.map((neighbor) => ({
      ...neighbor,
      families: neighbor.families.filter((family) => family.safi === 1),
    }));
    const monitor = ["pre-policy", "post-policy"] as const;
    const options = { path: bgpd.path, monitor, mirror: false, bmpPort: bench.port, neighbors };
    await speak(await startBgpd(options), neighbors, false);
  });

  it("takes whatever text a router sends", TEST, async () => {
    const texts = [
      "O'Brien'); DROP TABLE routers; --",
      'quote " backslash \\ braces { } comma , percent %s',
      "tab\tnewline\ncarriage\r\nNUL\0end",
      "\u0001\u001f\u007f\u0085\u2028",
      "\u{1f600}".repeat(60),
    ].map((text) => new TextEncoder().encode(text));
    texts.push(Uint8Array.of(0xff, 0xfe, 0x80, 0xc3), new TextEncoder().encode("'".repeat(65_000)));
    const routers: Router[] = [];
    for (const [i, text] of texts.entries()) {
      const hex = text.toHex();
      const name = hex.slice(0, 2 * 255);
      const shutdown = hex.slice(0, 2 * 128);
      const notification = "ff".repeat(16) + uint(22 + shutdown.length / 2, 2) + "030602" +
        uint(shutdown.length / 2, 1) + shutdown;
      const router = await Router.connect(bench.port, `127.0.3.${i + 1}`);
      const locRib = { type: 3, address: "00000000" };
      const messages = [
        bmp(4, tlv(1, hex) + tlv(2, hex) + tlv(0, hex)),
        peerUp({}, { tlvs: tlv(0, hex) + tlv(4, hex) }),
        peerUp(locRib, { tlvs: tlv(3, name) }),
        routeMonitoring({ attributes: MANDATORY, nlri: "18cb0071" }),
        routeMonitoring({ attributes: MANDATORY, nlri: "18cb0071" }, locRib),
        peerDown({}, `01${notification}`),
      ];
      for (const message of messages) router.send(fromHex(message));
      routers.push(router);
    }
    await bench.quiet();
    const { database } = bench;
    const of = (table: string) => `FROM ${table} WHERE host(ip_address) LIKE '127.0.3.%'`;
    await bench.until(
      `SELECT count(*) = 7 FROM bgp_peers p JOIN routers r ON r.hash_id = p.router_hash_id
       WHERE host(r.ip_address) LIKE '127.0.3.%' AND p.state = 'down'`,
    );
    const names = database.query(`SELECT name ${of("routers")} ORDER BY ip_address`);
    assert.deepEqual(names.map(({ name }) => name).slice(0, 4), [
      "O\u2019Brien\u2019); DROP TABLE routers; --",
      'quote " backslash \\ braces { } comma , percent %s',
      "tab newline carriage  NUL end",
      "    \u2028",
    ]);
    const [{ rows } = {}] = database.query(
      `SELECT count(*) AS rows FROM ip_rib t JOIN bgp_peers p ON p.hash_id = t.peer_hash_id
       JOIN routers r ON r.hash_id = p.router_hash_id WHERE host(r.ip_address) LIKE '127.0.3.%'`,
    );
    assert.equal(rows, texts.length);
    assert.equal(database.errors(), "");
    // The records in JSON have what was sent.
    const sent = bench.lines().map(({ msg_data: data }) => String(data["sys_descr"]));
    for (const text of texts) {
      const name = new TextDecoder().decode(text);
      assert.ok(sent.includes(name), JSON.stringify(name.slice(0, 100)));
    }
    for (const router of routers) router.end();
  });
});

describeWith(findDatabase(), "OpenBMP's database, when something restarts", () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.start({ parsed: ["hashes: complete"], spool: true });
  });
  after(async () => await bench?.stop());

  it("ends equal: the collector is killed, brokers are killed", { timeout: 180_000 }, async () => {
    const bytes = generated({
      prefixesV4: 4000,
      prefixesV6: 1000,
      views: ["pre-policy", "loc-rib"],
    });
    const half = Math.floor(bytes.length / 2);
    const cut = await Router.connect(bench.port, "127.0.4.1");
    cut.send(bytes.subarray(0, half));
    await bench.quiet();
    await bench.program.crash();
    await bench.startCollector();
    const router = await Router.connect(bench.port, "127.0.4.1");
    router.send(bytes.subarray(0, half));
    await bench.settle("127.0.4.");

    await bench.brokers.down();
    router.send(bytes.subarray(half));
    await sleep(1000);
    await bench.brokers.up();
    await bench.settle("127.0.4.");

    router.end();
    await bench.settle("127.0.4.");
    assert.equal(bench.database.errors(), "");
  });
});
