import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { environmentName } from "../../src/cli/flag.ts";
import { FLAGS } from "../../src/cli/flags.ts";
import { misspeltVariables } from "../../src/cli/misspelt_variables.ts";
import { runProgram } from "./program.ts";

describe("environment variables", () => {
  it("that are misspelt are told, with what was meant", () => {
    assert.deepEqual(misspeltVariables(["EDGEBMP_SORCE_PORT", "PATH", "EDGEBMP_LOG_LEVELS"]), [
      "environment variable EDGEBMP_SORCE_PORT is not known, did you mean EDGEBMP_SOURCE_PORT?",
      "environment variable EDGEBMP_LOG_LEVELS is not known, did you mean EDGEBMP_LOG_LEVEL?",
    ]);
  });

  it("that are right, another's, or those of Kubernetes for a service of this name, are not", () => {
    assert.deepEqual(misspeltVariables(FLAGS.map(environmentName)), []);
    const ofService = ["OBMP", "SERVICE_HOST", "SERVICE_PORT", "SERVICE_PORT_BMP", "PORT"].concat(
      ["", "_PROTO", "_PORT", "_ADDR"].map((end) => `PORT_5000_TCP${end}`),
    );
    assert.deepEqual(misspeltVariables(ofService.map((name) => `EDGEBMP_${name}`)), []);
  });

  it("are told by check-config", async () => {
    const env = { EDGEBMP_SORCE_PORT: "1" };
    const { code, stdout } = await runProgram(["check-config"], undefined, env);
    assert.equal(code, 0);
    assert.match(stdout, /did you mean EDGEBMP_SOURCE_PORT/);
  });
});
