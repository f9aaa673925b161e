// The vectors of the registries with random damage: no crash, and nothing beyond the message is lost.
import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import { Random } from "../../src/generate/random.ts";
import { peerUp } from "../building.ts";
import { fromHex } from "../decoding.ts";
import { Player } from "../formats/gobmp/sessions.ts";
import { damage } from "./damage.ts";
import { vectorMessages } from "./vector_messages.ts";

/** Damaged messages in one run; many for a soak. */
const FUZZ_MESSAGES = Number(process.env["EDGEBMP_FUZZ_MESSAGES"] ?? 20_000);
const SEED = Number(process.env["EDGEBMP_SEED"] ?? Math.floor(Math.random() * 2 ** 32));
const TIMEOUT_MS = 1_800_000;
const SESSION_MESSAGES = 500;
/** What one message may take: a hang would be seconds. */
const MESSAGE_MS_MAX = 5000;

describe(`damaged vectors, EDGEBMP_SEED=${SEED}`, () => {
  it(`${FUZZ_MESSAGES} of them cost no more than themselves`, { timeout: TIMEOUT_MS }, () => {
    const random = new Random(SEED);
    const messages = vectorMessages();
    const up = fromHex(peerUp());
    let player = new Player();
    for (let done = 0; done < FUZZ_MESSAGES; done++) {
      if (done % SESSION_MESSAGES === 0) {
        player = new Player();
        player.open();
        player.bytes(up);
      }
      const damaged = damage(messages[random.below(messages.length)]!, messages, random);
      const start = performance.now();
      try {
        player.bytes(damaged);
      } catch (cause) {
        const hex = Array.from(damaged, (it) => it.toString(16).padStart(2, "0")).join("");
        throw new Error(`Cannot format "${hex}", EDGEBMP_SEED=${SEED}`, { cause });
      }
      const passedMs = performance.now() - start;
      assert.ok(passedMs < MESSAGE_MS_MAX, `message ${done} took ${passedMs} ms`);
      player.text = "";
    }
  });
});
