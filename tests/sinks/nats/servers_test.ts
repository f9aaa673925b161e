import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FlagValues } from "../../../src/cli/flag.ts";
import {
  natsDuplicateWindowFlag,
  natsInFlightFlag,
  natsServerFlag,
  natsTlsCertFlag,
  natsTokenFlags,
  natsUserFlag,
} from "../../../src/sinks/nats/flags.ts";
import { parseServers } from "../../../src/sinks/nats/servers.ts";
import { NATS } from "../../../src/sinks/nats/spec.ts";

const NOBODY = { user: "", password: "", token: "" };

describe("parseServers()", () => {
  for (
    const [text, url] of [
      ["host", "nats://host:4222"],
      ["host:1", "nats://host:1"],
      ["nats://host:80", "nats://host:80"],
      ["tls://host", "tls://host:4222"],
      ["[2001:db8::1]:4000", "nats://[2001:db8::1]:4000"],
      ["ws://host", "ws://host:80"],
      ["wss://host", "wss://host:443"],
      ["wss://host:8443/nats", "wss://host:8443/nats"],
    ] as const
  ) {
    it(`reads ${text}`, () => assert.deepEqual(parseServers(text), [{ url, ...NOBODY }]));
  }

  it("reads lists, and who we are", () => {
    assert.deepEqual(parseServers("nats://me:p%40ss:w@a:1, tok%2Fen@b,"), [
      { url: "nats://a:1", user: "me", password: "p@ss:w", token: "" },
      { url: "nats://b:4222", user: "", password: "", token: "tok/en" },
    ]);
    assert.deepEqual(parseServers("100%:%zz@c")[0]!.password, "%zz");
    assert.deepEqual(parseServers(""), []);
  });

  it("refuses what is no server, without saying secrets", () => {
    for (
      const text of [
        "http://me:secret@host",
        "nats://me:secret@",
        "me:secret@ho st",
        "secret@host:99999",
      ]
    ) {
      assert.throws(() => parseServers(text), (error: Error) => {
        assert.match(error.message, /^found .*, expected nats, tls, ws or wss:\/\/HOST:PORT$/);
        return !error.message.includes("secret");
      });
    }
  });
});

describe("the NATS sink's options", () => {
  function options(set: (values: FlagValues) => void) {
    const values = new FlagValues();
    values.set(natsServerFlag, "nats://host");
    set(values);
    return NATS.options(values);
  }

  it("are goBMP's by default", () => {
    const { jetStream, makeStream } = options(() => {});
    assert.deepEqual(jetStream, {
      name: "goBMP",
      retention: "interest",
      maxAgeMs: 900_000,
      replicas: 1,
      duplicateWindowMs: 120_000,
    });
    assert.equal(makeStream, true);
  });

  it("make a window of a power of two", () => {
    assert.equal(options((values) => values.set(natsInFlightFlag, 1000)).inFlightMax, 1024);
    assert.equal(options((values) => values.set(natsInFlightFlag, 1)).inFlightMax, 1);
  });

  it("must fit together", () => {
    const cases: [(values: FlagValues) => void, RegExp][] = [
      [(values) => values.set(natsServerFlag, ""), /found no servers/],
      [
        (values) => values.set(natsTlsCertFlag, "x"),
        /found --nats-tls-cert alone, expected --nats-tls-key/,
      ],
      [(values) => values.set(natsUserFlag, "x"), /found --nats-user alone/],
      [(values) => values.set(natsDuplicateWindowFlag, 1e6), /expected at most the maximal age/],
    ];
    for (const [set, message] of cases) assert.throws(() => options(set), message);
    assert.deepEqual(options((values) => values.set(natsTokenFlags.file, "t")).login.token, {
      value: "",
      path: "t",
    });
  });
});
