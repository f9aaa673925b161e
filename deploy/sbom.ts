/**
 * Writes what is inside the executable as CycloneDX 1.6: the packages whose modules the bundler took in, with the sums of deno.lock, and
 * the runtime.
 *
 *   deno run --allow-read deploy/sbom.ts METAFILE RUNTIME@VERSION >sbom.json
 */
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import process from "node:process";

interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

const [metafile = "", runtime = ""] = process.argv.slice(2);
const project = readJson<{ name: string; version: string; license: string }>("deno.json");
const lock = readJson<{ npm: Record<string, { integrity: string }> }>("deno.lock");
const { inputs } = readJson<{ inputs: Record<string, unknown> }>(metafile);

const folders = new Set(
  Object.keys(inputs).flatMap((path) =>
    /^node_modules\/\.deno\/[^/]+\/node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(path) ?? []
  ),
);
const packages = [...folders].sort().map((folder) => {
  const { name, version, license } = readJson<PackageJson>(`${folder}package.json`);
  const id = `${name}@${version}`;
  // A package with peers is known with their names behind its own.
  const key = Object.keys(lock.npm).find((key) => key === id || key.startsWith(`${id}_`)) ??
    fail(`deno.lock does not know ${id}`);
  const { integrity } = lock.npm[key]!;
  const [algorithm = "", sum = ""] = integrity.split("-");
  if (algorithm !== "sha512") fail(`${name} has a sum of ${algorithm}, expected sha512`);
  return {
    type: "library",
    "bom-ref": id,
    name,
    version,
    purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
    hashes: [{ alg: "SHA-512", content: Buffer.from(sum, "base64").toString("hex") }],
    ...(license === undefined ? {} : { licenses: [{ license: { id: license } }] }),
  };
});
if (packages.length === 0) fail(`${metafile} names no package`);
const [runtimeName = "", runtimeVersion = ""] = runtime.split("@");

process.stdout.write(`${
  JSON.stringify(
    {
      bomFormat: "CycloneDX",
      specVersion: "1.6",
      version: 1,
      metadata: {
        component: {
          type: "application",
          "bom-ref": "edgebmp",
          name: "edgebmp",
          version: project.version,
          licenses: [{ license: { id: project.license } }],
        },
      },
      components: [
        {
          type: "platform",
          "bom-ref": runtime,
          name: runtimeName,
          version: runtimeVersion,
          purl: `pkg:npm/${runtimeName}@${runtimeVersion}`,
        },
        ...packages,
      ],
      dependencies: [
        {
          ref: "edgebmp",
          dependsOn: [runtime, ...packages.map((component) => component["bom-ref"])],
        },
      ],
    },
    undefined,
    2,
  )
}\n`);

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, "utf8"));
}

function fail(what: string): never {
  throw new Error(`Cannot list the contents: ${what}`);
}
