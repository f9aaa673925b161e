import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TlsPeer } from "../../src/runtime/types.ts";
import {
  admissionPrefix,
  type AdmissionRules,
  identityRule,
  isAmong,
  refusalOf,
} from "../../src/sessions/admission.ts";

interface Lists {
  allow?: string[];
  deny?: string[];
  allowIdentities?: string[];
  denyIdentities?: string[];
}

function rules({ allow, deny, allowIdentities, denyIdentities }: Lists): AdmissionRules {
  return {
    allow: (allow ?? []).map((text) => admissionPrefix(text)!),
    deny: (deny ?? []).map((text) => admissionPrefix(text)!),
    allowIdentities: (allowIdentities ?? []).map((text) => identityRule(text)!),
    denyIdentities: (denyIdentities ?? []).map((text) => identityRule(text)!),
  };
}

function peer(changes: Partial<TlsPeer> = {}): TlsPeer {
  return {
    protocol: "TLSv1.3",
    subject: "CN=r1.example.net,O=Example",
    altNames: ["DNS:R1.example.net", "IP:192.0.2.1", "URI:urn:router:1"],
    fingerprint: "ab".repeat(32),
    ...changes,
  };
}

describe("refusalOf()", () => {
  const cases: readonly (readonly [Lists, string, string | undefined])[] = [
    [{}, "192.0.2.1", undefined],
    [{ allow: ["192.0.2.0/24"] }, "192.0.2.255", undefined],
    [{ allow: ["192.0.2.0/24"] }, "192.0.3.0", "not_allowed"],
    [{ allow: ["192.0.2.0/24"] }, "2001:db8::1", "not_allowed"],
    [{ allow: ["192.0.2.1"] }, "192.0.2.1", undefined],
    [{ allow: ["192.0.2.1"] }, "192.0.2.2", "not_allowed"],
    [{ allow: ["0.0.0.0/0"] }, "2001:db8::1", "not_allowed"],
    [{ allow: ["::/0"] }, "192.0.2.1", "not_allowed"],
    [{ allow: ["0.0.0.0/0", "::/0"] }, "2001:db8::1", undefined],
    [{ allow: ["2001:db8::/33"] }, "2001:db8:7fff::1", undefined],
    [{ allow: ["2001:db8::/33"] }, "2001:db8:8000::1", "not_allowed"],
    [{ allow: ["fe80::/10"] }, "fe80::1%eth0", undefined],
    [{ allow: ["192.0.2.0/24"] }, "::ffff:192.0.2.1", undefined],
    [{ allow: ["192.0.2.0/24"] }, "::ffff:c000:201", undefined],
    [{ allow: ["::ffff:192.0.2.0/120"] }, "192.0.2.1", undefined],
    [{ allow: ["::ffff:192.0.2.0/120"] }, "192.0.3.1", "not_allowed"],
    [{ deny: ["192.0.2.0/24"] }, "192.0.2.1", "denied"],
    [{ deny: ["192.0.2.0/24"] }, "192.0.3.1", undefined],
    [{ allow: ["192.0.2.0/24"], deny: ["192.0.2.1"] }, "192.0.2.1", "denied"],
    [{ allow: ["192.0.2.0/24"], deny: ["192.0.2.1"] }, "192.0.2.2", undefined],
    [{ allow: ["192.0.2.0/24"] }, "no address", "not_allowed"],
  ];
  for (const [lists, address, expected] of cases) {
    it(`${JSON.stringify(lists)}: ${address} is ${expected ?? "let in"}`, () => {
      assert.equal(refusalOf(rules(lists), address, undefined), expected);
    });
  }

  const identities: readonly (readonly [string, Partial<TlsPeer>, boolean])[] = [
    ["dns:r1.example.net", {}, true],
    ["dns:R1.EXAMPLE.NET", {}, true],
    ["dns:r2.example.net", {}, false],
    ["dns:*.example.net", {}, true],
    ["dns:*.example.net", { altNames: ["DNS:a.b.example.net"] }, false],
    ["dns:*.example.net", { altNames: ["DNS:example.net"] }, false],
    ["dns:*.example.net", { altNames: ["DNS:*.example.net"] }, false],
    ["dns:r1.example.net", { altNames: ["DNS:*.example.net"] }, false],
    ["dns:r1.example.net", { altNames: ["URI:r1.example.net"] }, false],
    ["cn:r1.example.net", {}, true],
    ["cn:r1", {}, false],
    ["cn:r1.example.net", { subject: "O=x\\,CN=r1.example.net" }, false],
    ["cn:a, b", { subject: "OU=y+CN=a\\, b,O=x" }, true],
    ["ip:192.0.2.1", {}, true],
    ["uri:urn:router:1", {}, true],
    ["email:r1@example.net", {}, false],
    [`sha256:${"AB:".repeat(31)}AB`, {}, true],
    [`sha256:${"ac".repeat(32)}`, {}, false],
    [`sha256:${"ac".repeat(32)}`, { fingerprint: "" }, false],
  ];
  for (const [rule, changes, fits] of identities) {
    it(`${rule} ${fits ? "fits" : "does not fit"} ${JSON.stringify(changes)}`, () => {
      const tls = peer(changes);
      const allowed = refusalOf(rules({ allowIdentities: [rule] }), "192.0.2.1", tls);
      assert.equal(allowed, fits ? undefined : "identity_not_allowed");
      const denied = refusalOf(rules({ denyIdentities: [rule] }), "192.0.2.1", tls);
      assert.equal(denied, fits ? "identity_denied" : undefined);
    });
  }

  it("asks connections by TLS for both, plain ones for their address alone", () => {
    const both = rules({ allow: ["192.0.2.0/24"], allowIdentities: ["cn:r1.example.net"] });
    assert.equal(refusalOf(both, "192.0.2.1", undefined), undefined);
    assert.equal(refusalOf(both, "192.0.2.1", peer()), undefined);
    assert.equal(refusalOf(both, "192.0.3.1", peer()), "not_allowed");
    const stranger = peer({ subject: "", altNames: [], fingerprint: "" });
    assert.equal(refusalOf(both, "192.0.2.1", stranger), "identity_not_allowed");
  });
});

describe("identityRule()", () => {
  for (
    const text of ["", "r1", "dns:", "DNS:r1", "name:r1", "sha256:abcd", `sha256:${"g".repeat(64)}`]
  ) {
    it(`refuses "${text}"`, () => assert.equal(identityRule(text), undefined));
  }
});

describe("isAmong()", () => {
  it("knows no address in an empty list, and nothing that is no address", () => {
    assert.equal(isAmong([], "192.0.2.1"), false);
    assert.equal(isAmong([admissionPrefix("0.0.0.0/0")!], "router"), false);
  });
});
