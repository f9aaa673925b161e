import { describe, it } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  anyText,
  type Flag,
  FlagError,
  integer,
  listOf,
  nearestName,
  oneOf,
  parseArguments,
  parseBoolean,
  parseEndpoint,
  size,
  UsageError,
} from "../../src/cli/flag.ts";
import { FLAGS } from "../../src/cli/flags.ts";
import { defaultOf } from "../../src/cli/flag.ts";

const port: Flag<number> = {
  name: "source-port",
  placeholder: "PORT",
  default: "5000",
  help: "",
  parse: integer(0, 65535),
};
const text: Flag<string> = {
  name: "text",
  placeholder: "TEXT",
  default: "",
  help: "",
  parse: anyText,
};
const bare: Flag<boolean> = {
  name: "bare",
  placeholder: "",
  default: "false",
  bare: true,
  help: "",
  parse: parseBoolean,
};
const flags = [port, text, bare];

describe("parseArguments", () => {
  it("takes one dash and two, = and the next word", () => {
    for (
      const args of [["-source-port=1"], ["--source-port=1"], ["-source-port", "1"], [
        "--source-port",
        "1",
      ]]
    ) {
      assert.equal(parseArguments(args, flags, false).values.get(port), 1, args.join(" "));
    }
  });

  it("gives the default of a flag that was not named, and says so", () => {
    const { values } = parseArguments([], flags, false);
    assert.equal(values.get(port), 5000);
    assert.equal(values.given(port), false);
  });

  it("lets the last of several win", () => {
    assert.equal(
      parseArguments(["-source-port=1", "-source-port=2"], flags, false).values.get(port),
      2,
    );
  });

  it("adds up those of a flag that may come several times", () => {
    const words: Flag<readonly string[]> = {
      name: "word",
      placeholder: "WORD,...",
      default: "",
      help: "",
      repeatable: true,
      parse: listOf(anyText),
    };
    const { values } = parseArguments(["--word=a,b", "--word", "c", "-word= d "], [words], false);
    assert.deepEqual(values.get(words), ["a", "b", "c", "d"]);
  });

  it("takes empty values, values with =, and values that look like flags", () => {
    assert.equal(parseArguments(["--text="], flags, false).values.get(text), "");
    assert.equal(parseArguments(["--text=a=b\nc"], flags, false).values.get(text), "a=b\nc");
    assert.equal(parseArguments(["--text", "--bare"], flags, false).values.get(text), "--bare");
    assert.equal(parseArguments(["--text", "--"], flags, false).values.get(text), "--");
  });

  it("takes no next word for a bare flag", () => {
    const parsed = parseArguments(["--bare", "false"], flags, false);
    assert.equal(parsed.values.get(bare), true);
    assert.deepEqual(parsed.words, ["false"]);
    assert.equal(parseArguments(["--bare=f"], flags, false).values.get(bare), false);
  });

  it("stops at the first word, unless flags and words may be mixed", () => {
    const args = ["file", "--text", "x", "-"];
    assert.deepEqual(parseArguments(args, flags, false).words, args);
    const mixed = parseArguments(args, flags, true);
    assert.deepEqual(mixed.words, ["file", "-"]);
    assert.equal(mixed.values.get(text), "x");
  });

  it("stops at --", () => {
    assert.deepEqual(parseArguments(["--", "--text", "x"], flags, true).words, ["--text", "x"]);
  });

  it("finds the wish for help, before and after good flags", () => {
    for (const word of ["-h", "-help", "--help"]) {
      assert.equal(parseArguments(["--text", "x", word, "--nonsense"], flags, false).help, true);
    }
  });

  for (
    const [args, message] of [
      [
        ["--sorce-port=1"],
        'Cannot read flag "--sorce-port": no such flag; did you mean --source-port?',
      ],
      [["-x"], 'Cannot read flag "--x": no such flag'],
      [["--text"], 'Cannot read flag "--text": expected a value (TEXT)'],
      [
        ["--source-port=70000"],
        'Cannot read flag "--source-port": found "70000", expected an integer from 0 to 65535',
      ],
      [["--bare=yes"], 'Cannot read flag "--bare": found "yes", expected true or false'],
      [["---text"], 'Cannot read flag "---text": expected -NAME, --NAME or --NAME=VALUE'],
      [["-=x"], 'Cannot read flag "-=x": expected -NAME, --NAME or --NAME=VALUE'],
    ] as const
  ) {
    it(`refuses ${args[0]}`, () => {
      assert.throws(() => parseArguments(args, flags, false), new UsageError(message));
    });
  }

  it("returns or throws a usage error for any words", () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom("--text", "-bare", "--source-port", "0x10", "--", "-h"),
    );
    fc.assert(fc.property(fc.array(word), fc.boolean(), (args, mixed) => {
      try {
        parseArguments(args, flags, mixed);
      } catch (error) {
        assert.ok(error instanceof UsageError);
      }
    }));
  });
});

describe("integer", () => {
  const parse = integer(-1_000_000, 1_000_000);
  for (
    const [text, value] of [
      ["0", 0],
      ["5000", 5000],
      ["-1", -1],
      ["+7", 7],
      ["0x1F", 31],
      ["0X_1f", 31],
      ["0b101", 5],
      ["0o17", 15],
      ["017", 15],
      ["0_17", 15],
      ["1_000", 1000],
    ] as const
  ) {
    it(`reads ${text} as Go does`, () => assert.equal(parse(text), value));
  }
  for (
    const text of [
      "",
      "-",
      "1.5",
      "1e3",
      "08",
      "1__0",
      "_1",
      "1_",
      "0x",
      "5 ",
      "1000001",
      "99999999999999999999",
    ]
  ) {
    it(`refuses "${text}"`, () => assert.throws(() => parse(text), FlagError));
  }
  it("reads what it prints", () => {
    fc.assert(fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), (value) => {
      assert.equal(parse(String(value)), value);
    }));
  });
});

describe("size", () => {
  const parse = size(1, 4 * 1024 ** 3);
  for (
    const [text, value] of [
      ["1", 1],
      ["0x10", 16],
      ["64KiB", 65536],
      ["1MiB", 1048576],
      ["2GiB", 2147483648],
    ] as const
  ) {
    it(`reads ${text}`, () => assert.equal(parse(text), value));
  }
  for (const text of ["", "0", "5GiB", "1MB", "1 MiB", "MiB", "1.5MiB", "-1", "1mib"]) {
    it(`refuses "${text}"`, () => assert.throws(() => parse(text), FlagError));
  }
});

describe("parseBoolean", () => {
  it("knows Go's words and no others", () => {
    for (const word of ["1", "t", "T", "TRUE", "true", "True"]) {
      assert.equal(parseBoolean(word), true);
    }
    for (const word of ["0", "f", "F", "FALSE", "false", "False"]) {
      assert.equal(parseBoolean(word), false);
    }
    for (const word of ["", "yes", "tRUE", "on", "2"]) {
      assert.throws(() => parseBoolean(word), FlagError);
    }
  });
});

describe("oneOf", () => {
  it("says what is allowed", () => {
    assert.throws(() => oneOf(["a", "b"])("c"), new FlagError('found "c", expected one of a, b'));
  });
});

describe("nearestName", () => {
  it("finds a slip of the finger and nothing far-fetched", () => {
    const names = ["source-port", "split-af", "v"];
    assert.equal(nearestName("source_port", names), "source-port");
    assert.equal(nearestName("splitaf", names), "split-af");
    assert.equal(nearestName("kafka", names), undefined);
  });
});

describe("the flag registry", () => {
  it("has every name once, and a default that can be read", () => {
    assert.equal(new Set(FLAGS.map((flag) => flag.name)).size, FLAGS.length);
    for (const flag of FLAGS) assert.doesNotThrow(() => defaultOf(flag), flag.name);
  });

  it("has help without a final period", () => {
    for (const flag of FLAGS) assert.match(flag.help, /[^.]$/, flag.name);
  });
});

describe("parseEndpoint()", () => {
  it("reads names, IPv4 addresses, and IPv6 addresses in brackets", () => {
    assert.deepEqual(parseEndpoint("r1.example.net:5000"), { host: "r1.example.net", port: 5000 });
    assert.deepEqual(parseEndpoint("192.0.2.1:1"), { host: "192.0.2.1", port: 1 });
    assert.deepEqual(parseEndpoint("[2001:db8::1]:65535"), { host: "2001:db8::1", port: 65535 });
  });

  for (
    const text of [
      "",
      "r1",
      "r1:",
      ":5000",
      "r1:0",
      "r1:65536",
      "r1:5000x",
      "2001:db8::1:5000",
      "[r1]:5000",
      "[192.0.2.1]:5000",
      "[fe80::1%eth0]:5000",
      "r 1:5000",
    ]
  ) {
    it(`refuses "${text}"`, () => assert.throws(() => parseEndpoint(text), FlagError));
  }
});
