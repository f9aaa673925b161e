/** The program with an error in it that nobody catches, for the test of that. */
import { runProgram } from "../../src/cli/main.ts";

setTimeout(() => {
  throw new Error("nobody catches this");
}, 200);
await runProgram();
