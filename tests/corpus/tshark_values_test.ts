// tshark's dissection of every recorded stream: each number, address and text in it stands in our tree of the same message.
import assert from "node:assert/strict";
import { it } from "node:test";
import { MessageExplainer } from "../../src/explain/message.ts";
import { describeCorpus, type Json, readStream, readTshark, streamNames } from "./corpus.ts";
import { splitFrames } from "./frames.ts";
import { Said } from "./vectors/leaves.ts";

/** Fields that are not found as they stand, each with the reason. */
const OTHER_FORMS: readonly (readonly [field: RegExp, reason: string])[] = [
  [/^_ws\./, "tshark's own remarks"],
  [/(\.len|\.length|\.opt\.param\.len)$/, "lengths of options and TLVs: our ranges say them"],
  [/^bgp\.cap\.gr\.timers$/, "16 bits of flags and time together; both are found apart"],
  [/^bgp\.cap\.unknown$/, "bytes of a capability that tshark does not know and we do"],
  [/^bgp\.evpn\.nlri\.mpls_ls1$/, "20 bits of a field of 24 that may be a VNI; we keep the 24"],
  [/^bgp\.evpn\.nlri\.rd$/, "bytes of a route distinguisher that is found as text"],
  [/^bgp\.ext_com_flow\.rate_limit$/, "bytes per second there, bits per second here"],
  [/^bgp\.flowspec_nlri$/, "the bytes of a rule, whose components are found"],
  [/^bgp\.marker$/, "a TLV behind the UPDATE that tshark takes for a message"],
  [/^bgp\.prefix_length$/, "bits of labels and distinguisher with those of the prefix"],
  [
    /^bgp\.update\.path_attribute\.aggregator_/,
    "AGGREGATOR is base64, as goBMP's consumers know it",
  ],
  [/community_wellknown$/, "a number there, a name here"],
  [/mp_reach_nlri\.next_hop$/, "the bytes of a next hop that is found as text"],
  [/mp_reach_nlri\.next_hop\.ipv6$/, "an IPv4-mapped next hop is the IPv4 address here"],
  [
    /^bgp\.update\.path_attribute\.next_hop$/,
    "inside Huawei's message 100, which is kept as bytes",
  ],
  [/^bmp\.route_policy\./, "Huawei's message 100, which is kept as bytes"],
  [/^bmp\.stats\.data$/, "the bytes of a value that is found as a number"],
  [/^bmp\.stats\.data\..*safi$/, "a SAFI by number there, the family's name here"],
  [/^bmp\.unused$/, "the 12 octets of zero before an IPv4 address"],
];

/** Values that were found in the known set of streams, about. */
const FOUND_MIN = 500_000;

function* leavesOf(value: Json | undefined, name = ""): Iterable<[name: string, text: string]> {
  if (typeof value === "string") yield [name, value];
  else if (Array.isArray(value)) { for (const inner of value) yield* leavesOf(inner, name); }
  else if (typeof value === "object" && value !== null) {
    for (const [inner, it] of Object.entries(value)) yield* leavesOf(it, inner);
  }
}

describeCorpus("values of tshark's dissection", () => {
  it("are in our trees, or have another form there for a reason", () => {
    const used = new Set<RegExp>();
    const lost = new Map<string, string>();
    let found = 0;
    for (const name of streamNames()) {
      const dissection = readTshark(name);
      if (dissection === undefined) continue;
      const bytes = readStream(name);
      const explainer = new MessageExplainer();
      for (const [i, { start, end }] of splitFrames(bytes).entries()) {
        const said = new Said(explainer.explain(bytes.slice(start, end)));
        for (const [field, text] of leavesOf(dissection[i]?.["bmp"])) {
          // One digit is found in anything.
          if (!/\d/.test(text) || text.length < 2) continue;
          if (said.has(text)) found++;
          else {
            const form = OTHER_FORMS.find(([it]) => it.test(field));
            if (form !== undefined) used.add(form[0]);
            else lost.set(field, `${name}, message ${i}: ${text}`);
          }
        }
      }
    }
    assert.deepEqual([...lost], []);
    assert.ok(found > FOUND_MIN, `${found} values`);
    assert.deepEqual(OTHER_FORMS.filter(([it]) => !used.has(it)), []);
  });
});
