/** The program with an error in it that nobody catches, for the test of that: it comes with the first byte on standard input. */
import process from "node:process";
import { runProgram } from "../../src/cli/main.ts";

process.stdin.once("data", () => {
  throw new Error("nobody catches this");
});
await runProgram();
