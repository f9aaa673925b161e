import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { type Config, type Environment, loadConfig } from "../../src/cli/config.ts";
import { ConfigError } from "../../src/cli/config_error.ts";
import { FLAGS } from "../../src/cli/flags.ts";
import { environmentName, parseArguments } from "../../src/cli/flag.ts";
import type { RecordOptions } from "../../src/formats/gobmp/spec.ts";
import { NO_FILTER } from "../../src/pipeline/filter.ts";
import type { FileOptions } from "../../src/sinks/file/spec.ts";

let folder = "";
let path = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "edgebmp-config-"));
  path = join(folder, "edge.yaml");
});
after(() => rm(folder, { recursive: true }));

/** The configuration of these flags, this file (if given) and this environment. */
async function load(args: string[], file?: string, environment: Environment = {}): Promise<Config> {
  if (file !== undefined) {
    await writeFile(path, file);
    args = [`--config=${path}`, ...args];
  }
  return await loadConfig(parseArguments(args, FLAGS, false).values, environment);
}

/** What a sink has unless told otherwise. */
const PLAIN = {
  topicPrefix: "",
  filter: NO_FILTER,
  batchBytes: 256 * 1024,
  batchMs: 0,
  inFlightBytesMax: 16 * 1024 * 1024,
  optional: false,
  start: "oldest",
};

/** The options of the first sink, a file. */
function fileOf({ sinks }: Config): FileOptions {
  assert.equal(sinks[0]!.type, "file");
  return sinks[0]!.options as FileOptions;
}

function recordsOf({ sinks }: Config): RecordOptions {
  return sinks[0]!.formatOptions as RecordOptions;
}

async function refuses(loading: Promise<Config>, message: string | RegExp): Promise<void> {
  await assert.rejects(loading, (error) => {
    assert.ok(error instanceof ConfigError, String(error));
    if (typeof message === "string") {
      assert.equal(error.message.replace(`configuration file "${path}"`, "FILE"), message);
    } else assert.match(error.message, message);
    return true;
  });
}

describe("loadConfig", () => {
  it("has goBMP's defaults, the console as sink, and the host's name", async () => {
    const { settings, ...config } = await load([]);
    assert.equal(settings.get("log-level"), '"info"');
    assert.deepEqual(config, {
      listen: [{ address: "::", port: 5000, parallel: false, proxyFrom: [] }],
      speakers: [],
      upstreams: [],
      sinks: [{
        name: "console",
        type: "console",
        options: {},
        format: "gobmp",
        formatOptions: { splitAf: true, routerIdentity: "peer-local", extraFields: true },
        ...PLAIN,
      }],
      http: {
        port: 56767,
        isPortNamed: false,
        address: "127.0.0.1",
        hosts: [],
        token: { value: "", path: "" },
        tlsCertFile: "",
        tlsKeyFile: "",
        captureDir: "",
        observe: true,
      },
      limits: {
        journalMaxBytes: 32 * 1024 * 1024,
        allow: [],
        deny: [],
        allowIdentities: [],
        denyIdentities: [],
        maxSessions: 0,
        maxSessionsPerSource: 100,
        maxPeersPerSession: 10_000,
        maxMessageBytes: 1024 * 1024,
        sessionMaxBytesPerSecond: 0,
        sessionMaxUnreadBytes: 1024 * 1024,
        proxyHeaderTimeoutMs: 5000,
        firstMessageTimeoutMs: 60_000,
        sessionIdleAlarmMs: 900_000,
        sessionIdleTimeoutMs: 0,
        shutdownTimeoutMs: 8000,
      },
      spool: {
        dir: "",
        bytesMax: undefined,
        freeBytesMin: 1024 ** 3,
        fsync: "interval",
        intervalMs: 1000,
        isCompressed: false,
      },
      log: { level: "info", format: "text" },
      collector: hostname(),
      warnings: [],
    });
  });

  it("lets flag win over environment over file over default", async () => {
    const file = "version: 1\nlimits: {max_sessions: 3}\n";
    const environment = { EDGEBMP_MAX_SESSIONS: "2" };
    assert.equal((await load(["--max-sessions=1"], file, environment)).limits.maxSessions, 1);
    assert.equal((await load([], file, environment)).limits.maxSessions, 2);
    assert.equal((await load([], file)).limits.maxSessions, 3);
    assert.equal((await load([], "version: 1\n")).limits.maxSessions, 0);
  });

  it("lets a flag win that names the default", async () => {
    const config = await load(["--max-sessions=0"], "version: 1\nlimits: {max_sessions: 3}\n");
    assert.equal(config.limits.maxSessions, 0);
  });

  it("reads every flag from the environment, and passes over empty variables", async () => {
    assert.deepEqual(environmentName(FLAGS[0]!), "EDGEBMP_SOURCE_PORT");
    assert.equal((await load([], undefined, { EDGEBMP_DUMP: "file" })).sinks[0]!.type, "file");
    assert.equal((await load([], undefined, { EDGEBMP_MAX_SESSIONS: "" })).limits.maxSessions, 0);
    await refuses(
      load([], undefined, { EDGEBMP_SOURCE_PORT: "x" }),
      'Cannot read environment variable "EDGEBMP_SOURCE_PORT": found "x", expected an integer from 0 to 65535',
    );
  });

  it("finds the file through the environment", async () => {
    await writeFile(path, "version: 1\nadmin_id: box\n");
    assert.equal((await load([], undefined, { EDGEBMP_CONFIG: path })).collector, "box");
  });

  it("maps --v to log levels, and lets --log-level win", async () => {
    const levels = [];
    for (let v = 0; v <= 7; v++) levels.push((await load([`--v=${v}`])).log.level);
    assert.deepEqual(levels, [
      "error",
      "error",
      "warn",
      "info",
      "debug",
      "debug",
      "trace",
      "trace",
    ]);
    assert.equal((await load(["--v=6", "--log-level=warn"])).log.level, "warn");
    assert.equal(
      (await load(["--v=1"], undefined, { EDGEBMP_LOG_LEVEL: "trace" })).log.level,
      "error",
    );
    assert.equal((await load(["--v=1"], "version: 1\nlog: {level: debug}\n")).log.level, "error");
  });

  it("warns of what has no effect", async () => {
    const warningsOf = async (...args: string[]) => (await load(args)).warnings;
    assert.deepEqual(
      await warningsOf("--intercept=false", "--destination-port=5050", "--logtostderr"),
      [],
    );
    assert.deepEqual(await warningsOf("--msg-file=/tmp/x"), [
      "--msg-file has no effect: no sink has type file",
    ]);
    assert.deepEqual(await warningsOf("--dump=file", "--msg-file=/tmp/x"), []);
  });
});

describe("our configuration file", () => {
  it("is read whole", async () => {
    const { settings: _, ...config } = await load(
      [],
      `
version: 1
admin_id: edge-1
listen:
  - {address: 192.0.2.1, port: 0x1388, parallel: true}
  - port: 11019
sinks:
  - {type: console, extra_fields: false}
  - {name: log, type: file, format: gobmp, path: /var/log/bmp.json, truncate: true, split_af: false, router_identity: sysname}
limits:
  journal_max_bytes: 128MiB
  allow: [192.0.2.0/24]
  allow_identities: [dns:r1.example.net]
  max_sessions: 10
  max_sessions_per_source: 3
  max_peers_per_session: 4
  max_message_bytes: 65536
  session_max_bytes_per_second: 1MiB
  session_max_unread_bytes: 64KiB
  proxy_header_timeout_ms: 1000
  first_message_timeout_ms: 2000
  session_idle_alarm_ms: 0
  session_idle_timeout_ms: 9
  shutdown_timeout_ms: 100
spool: {dir: /spool, max_bytes: 1GiB, min_free_bytes: 1MiB, fsync: always, interval_ms: 50, compress: true}
http: {port: 0, address: "::1", hosts: [bmp.example], token_file: /token, tls_cert: /c, tls_key: /k, capture_dir: /cap, observe: false}
log: {level: debug, format: json}
`,
    );
    assert.deepEqual(config, {
      listen: [
        { address: "192.0.2.1", port: 5000, parallel: true, proxyFrom: [] },
        { address: "::", port: 11019, parallel: false, proxyFrom: [] },
      ],
      speakers: [],
      upstreams: [],
      sinks: [
        {
          name: "console",
          type: "console",
          options: {},
          format: "gobmp",
          formatOptions: { splitAf: true, routerIdentity: "peer-local", extraFields: false },
          ...PLAIN,
        },
        {
          name: "log",
          type: "file",
          options: {
            path: "/var/log/bmp.json",
            truncate: true,
            fsync: "never",
            rotation: undefined,
          },
          format: "gobmp",
          formatOptions: { splitAf: false, routerIdentity: "sysname", extraFields: true },
          ...PLAIN,
        },
      ],
      limits: {
        journalMaxBytes: 134217728,
        allow: [{ bytes: Uint8Array.of(192, 0, 2, 0), length: 24 }],
        deny: [],
        allowIdentities: [{ part: "dns", value: "r1.example.net" }],
        denyIdentities: [],
        maxSessions: 10,
        maxSessionsPerSource: 3,
        maxPeersPerSession: 4,
        maxMessageBytes: 65536,
        sessionMaxBytesPerSecond: 1024 * 1024,
        sessionMaxUnreadBytes: 65536,
        proxyHeaderTimeoutMs: 1000,
        firstMessageTimeoutMs: 2000,
        sessionIdleAlarmMs: 0,
        sessionIdleTimeoutMs: 9,
        shutdownTimeoutMs: 100,
      },
      spool: {
        dir: "/spool",
        bytesMax: 1024 ** 3,
        freeBytesMin: 1024 ** 2,
        fsync: "always",
        intervalMs: 50,
        isCompressed: true,
      },
      http: {
        port: 0,
        isPortNamed: true,
        address: "::1",
        hosts: ["bmp.example"],
        token: { value: "", path: "/token" },
        tlsCertFile: "/c",
        tlsKeyFile: "/k",
        captureDir: "/cap",
        observe: false,
      },
      log: { level: "debug", format: "json" },
      collector: "edge-1",
      warnings: [],
    });
  });

  it("takes aliases", async () => {
    const config = await load(
      [],
      "version: 1\nlimits: {max_sessions: &n 7, session_idle_alarm_ms: *n}\n",
    );
    assert.equal(config.limits.sessionIdleAlarmMs, 7);
  });

  it("gives way to flags in its lists", async () => {
    const file =
      "version: 1\nlisten: [{address: 127.0.0.1, port: 1}]\nsinks: [{type: file, path: /a}]\n";
    const config = await load(["--source-port=2", "--msg-file=/b", "--split-af=false"], file);
    assert.equal(config.listen.length, 1);
    assert.equal(config.listen[0]!.address, "127.0.0.1");
    assert.equal(config.listen[0]!.port, 2);
    assert.equal(fileOf(config).path, "/b");
    assert.equal(recordsOf(config).splitAf, false);
    assert.deepEqual((await load(["--dump=console"], file)).sinks.map((sink) => sink.name), [
      "console",
    ]);
  });

  for (
    const [name, file, message] of [
      [
        "an unknown key",
        "version: 1\n\nlimit: {}\n",
        'FILE, line 3: key "limit": no such key; did you mean "limits"?',
      ],
      [
        "an unknown key below",
        "version: 1\nlimits:\n  max_session: 1\n",
        'FILE, line 3: key "limits.max_session": no such key; did you mean "max_sessions"?',
      ],
      [
        "an unknown key that is like no other",
        "version: 1\nlisten:\n  - host: a\n",
        'FILE, line 3: key "listen[0].host": no such key; known here: port, address, proxy_protocol_from, tls_cert, tls_key, tls_client_ca, tls_client_auth, tls_min_version, tls_handshake_timeout_ms, tls_max_handshakes, parallel',
      ],
      [
        "an unknown key in a list",
        "version: 1\nsinks:\n  - type: file\n    pth: /x\n",
        'FILE, line 4: key "sinks[0].pth": no such key of type file and format gobmp; did you mean "path"?',
      ],
      [
        "a wrong value",
        "version: 1\nlog:\n  level: loud\n",
        'FILE, line 3: key "log.level": found "loud", expected one of error, warn, info, debug, trace',
      ],
      [
        "a word for a boolean",
        "version: 1\nsinks: [{split_af: yes}]\n",
        'FILE, line 2: key "sinks[0].split_af": found "yes", expected true or false',
      ],
      [
        "a mapping for a value",
        "version: 1\nadmin_id: {a: 1}\n",
        'FILE, line 2: key "admin_id": found keys with values, expected NAME',
      ],
      [
        "no value",
        "version: 1\nadmin_id:\n",
        'FILE, line 2: key "admin_id": found nothing, expected NAME',
      ],
      [
        "a value for a list",
        "version: 1\nsinks: console\n",
        'FILE, line 2: key "sinks": found a single value, expected a list, each entry with "- " before it',
      ],
      [
        "a value for a mapping",
        "version: 1\nlimits: 5\n",
        'FILE, line 2: key "limits": found a single value, expected keys with values, e.g. allow',
      ],
      [
        "a value for an entry",
        "version: 1\nsinks: [console]\n",
        'FILE, line 2: key "sinks[0]": found a single value, expected keys with values, e.g. name',
      ],
      ["another version", "version: 2\n", 'FILE, line 1: key "version": found 2, expected 1'],
      [
        "a key twice",
        "version: 1\nlog: {}\nlog: {}\n",
        "FILE, line 3: not YAML: this key stands there a second time",
      ],
      [
        "a sink that is not built",
        "version: 1\nsinks: [{type: amqp}]\n",
        'FILE, line 2: key "sinks[0].type": found "amqp", expected one of console, file, kafka, nats',
      ],
      [
        "two consoles",
        "version: 1\nsinks:\n  - {name: a}\n  - {name: b}\n",
        'FILE, line 4: sinks[1]: sink "a" writes to console already',
      ],
      [
        "a name of ours",
        "version: 1\nsinks:\n  - {name: observe}\n",
        'FILE, line 3: sinks[0].name: found "observe", which is a reader of our own',
      ],
      [
        "one name twice",
        "version: 1\nsinks:\n  - {name: a}\n  - {name: a, type: file}\n",
        'FILE, line 4: sinks[1].name: found "a" again, expected a name of its own',
      ],
      [
        "a path for the console",
        "version: 1\nsinks:\n  - path: /x\n",
        'FILE, line 3: key "sinks[0].path": no such key of type console and format gobmp; it is one of type file',
      ],
    ] as const
  ) {
    it(`refuses ${name}, with its place`, async () => {
      await assert.rejects(load([], file), (error) => {
        assert.ok(error instanceof ConfigError, String(error));
        const text = error.message.replace(`configuration file "${path}"`, "FILE");
        assert.ok(text.startsWith(`Cannot read ${message}`), text);
        return true;
      });
    });
  }

  it("refuses empty lists, and flags that could mean any of several entries", async () => {
    await refuses(
      load([], "version: 1\nsinks: []\n"),
      'Cannot start: found no entry under "sinks", expected one at least',
    );
    await refuses(
      load([], "version: 1\nlisten: []\n"),
      "Cannot start: found no listener and no speaker, expected one at least",
    );
    await refuses(
      load(["--source-port=1"], "version: 1\nlisten: [{port: 1}, {port: 2}]\n"),
      /--source-port.*several entries under "listen"/,
    );
  });

  it("refuses what is no file, no UTF-8, or too large", async () => {
    await refuses(
      load([`--config=${folder}/none`]),
      /^Cannot read configuration file ".*none": .*ENOENT/,
    );
    await refuses(load([`--config=${folder}`]), /^Cannot read configuration file/);
    await writeFile(path, Uint8Array.of(0x61, 0xff));
    await refuses(load([`--config=${path}`]), /expected UTF-8$/);
    await refuses(load([], "#".repeat(1024 * 1024 + 1)), /found more than 1048576 bytes/);
  });

  it("keeps secrets out of errors", async () => {
    for (
      const file of [
        'version: 1\nadmin_id: "hunter2\n',
        "version: 1\nadmin_id: hunter2: hunter2\n",
        "version: 1\nadmin_id: *hunter2\n",
        "version: 1\nadmin_id: [hunter2}\n",
        "version: 1\nadmin_id: 'a' hunter2\n",
        "version: 1\npasswort: hunter2\n",
        "version: 1\nadmin_id: !hunter2 x\n  hunter2\n",
        "kafka_config: hunter2\n",
      ]
    ) {
      const error = await load([], file).then(() => undefined, (error: Error) => error);
      assert.ok(error === undefined || error instanceof ConfigError, String(error));
      assert.doesNotMatch(error?.message ?? "", /hunter2/);
    }
  });
});

describe("goBMP's configuration file", () => {
  it("is read, with its meaning of zero and empty", async () => {
    const config = await load(
      ["--dump=file"],
      `
bmp_listen_port: 0
performance_port: 0
split_af: false
active_mode: false
speakers_list: []
kafka_config: {kafka_srv: "", kafka_tp_retn_time_ms: 0, kafka_topic_prefix: x, bmp_raw: false, admin_id: edge}
nats_config: {nats_srv: ""}
dump_config:
  file: /tmp/gobmp.json
`,
    );
    assert.deepEqual(config.warnings, []);
    assert.equal(config.listen.length, 1);
    assert.equal(config.listen[0]!.port, 5000);
    assert.equal(fileOf(config).path, "/tmp/gobmp.json");
    assert.equal(recordsOf(config).splitAf, false);
    assert.equal(config.collector, "edge");
  });

  it("may be empty", async () => {
    assert.equal((await load([], "")).sinks[0]!.type, "console");
    assert.equal((await load([], "# nothing\n---\n")).sinks[0]!.type, "console");
    assert.equal((await load([], "nats_config:\n")).sinks[0]!.type, "console");
  });

  it("gives way to flags", async () => {
    assert.equal((await load(["--source-port=1"], "bmp_listen_port: 2\n")).listen[0]!.port, 1);
    assert.equal((await load([], "bmp_listen_port: 2\n")).listen[0]!.port, 2);
  });

  it("warns of unknown keys", async () => {
    const { warnings } = await load([], "a: 1\nkafka_config:\n  b: 2\n");
    assert.deepEqual(warnings.map((warning) => warning.replace(path, "FILE")), [
      'configuration file "FILE", line 1: key "a": not known, ignored',
      'configuration file "FILE", line 3: key "kafka_config.b": not known, ignored',
    ]);
  });

  it("is not taken for ours when the version was forgotten", async () => {
    await refuses(
      load([], "sinks: []\n"),
      'Cannot read FILE, line 1: key "sinks": a file with this key begins with "version: 1"; without that line it is read as one of goBMP\'s',
    );
  });

  for (
    const [file, message] of [
      ["bmp_listen_port: x\n", /line 1: key "bmp_listen_port": found "x", expected an integer/],
    ] as const
  ) {
    it(`is refused with ${file.split("\n")[0]}`, () => refuses(load([], file), message));
  }
});
