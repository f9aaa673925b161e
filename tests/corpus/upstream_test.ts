// All recorded streams through the collector to upstreams: byte for byte, and under filters what their definition leaves.
import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import type { PolicyWord, UpstreamFilterOptions } from "../../src/upstreams/options.ts";
import { CollectorDouble } from "../upstreams/collector_double.ts";
import { concatenated, split } from "../upstreams/messages.ts";
import { OPTIONS, Rig } from "../upstreams/rig.ts";
import { describeCorpus, readStream, streamNames } from "./corpus.ts";
import { until } from "../until.ts";

interface Variant {
  readonly name: string;
  readonly filter: Partial<UpstreamFilterOptions>;
  /** What passes, by the definition. */
  readonly passes: (message: Uint8Array) => boolean;
}

/** Peer type, and flags, of a message that has a per-peer header. */
function peerOf(message: Uint8Array): { type: number; flags: number } | undefined {
  const hasPeer = message[5]! <= 3 || message[5] === 6;
  return hasPeer && message.length >= 48 ? { type: message[6]!, flags: message[7]! } : undefined;
}

/** Of a peer's RIB: Loc-RIB, or Adj-RIB-In or Adj-RIB-Out before or after policy. */
function viewOf({ type, flags }: { type: number; flags: number }): string {
  if (type === 3) return "loc";
  return `${flags & 0x10 ? "out" : "in"}-${flags & 0x40 ? "post" : "pre"}`;
}

function byPolicy(policy: PolicyWord, views: readonly string[]): Variant {
  return {
    name: policy,
    filter: { policy },
    passes(message) {
      const peer = peerOf(message);
      if (peer === undefined) return true;
      return (message[5] !== 0 && peer.type !== 3) || views.includes(viewOf(peer));
    },
  };
}

const VARIANTS: readonly Variant[] = [
  { name: "no filter", filter: {}, passes: () => true },
  byPolicy("pre-policy", ["in-pre"]),
  byPolicy("post-policy", ["in-post"]),
  byPolicy("both", ["in-pre", "in-post"]),
  byPolicy("local-rib", ["loc"]),
  byPolicy("adj-rib-out", ["out-pre", "out-post"]),
  byPolicy("all", ["in-pre", "in-post", "out-pre", "out-post", "loc"]),
  byPolicy("none", []),
  {
    name: "no statistics and no mirroring",
    filter: { statisticsTimeout: 0, routeMirroring: false },
    passes: (message) => message[5] !== 1 && message[5] !== 6,
  },
];

describeCorpus("upstreams of recorded streams", () => {
  const doubles: CollectorDouble[] = [];
  let rig: Rig;
  before(async () => {
    for (const _ of VARIANTS) doubles.push(await CollectorDouble.start());
    rig = await Rig.start(VARIANTS.map(({ name, filter }, i) => ({
      name,
      port: doubles[i]!.port,
      filter: { ...OPTIONS.filter, ...filter },
    })));
  });
  after(async () => {
    await rig.stop();
    for (const double of doubles) await double.close();
  });

  for (const [i, name] of streamNames().entries()) {
    it(name, async () => {
      const stream = readStream(name);
      const router = await rig.dial();
      router.end(stream);
      await until(() => doubles.every(({ connections }) => connections[i]?.isClean === true));
      const messages = split(stream);
      for (const [v, { name, passes }] of VARIANTS.entries()) {
        const expected = concatenated(messages.filter(passes));
        assert.equal(Buffer.compare(doubles[v]!.bytes(i), expected), 0, name);
      }
      router.destroy();
    });
  }
});
