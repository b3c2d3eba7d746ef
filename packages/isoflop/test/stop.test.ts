import { ScalingError } from "@isoflop/scaling";
import { expect, it } from "vitest";
import { exitCodes } from "../src/exit.js";
import { untilStopped } from "../src/stop.js";

const stopped = (then: (signal: AbortSignal) => Promise<unknown>) =>
  untilStopped("stopped here", async (signal) => {
    process.emit("SIGINT");
    await then(signal);
  }).catch((error: unknown) => error);

it.each([
  ["the signal's reason", (signal: AbortSignal) => signal.reason],
  ["a fit that says it in its own words", () => new ScalingError("aborted", "the roll-out was aborted by its signal")],
])("work that Ctrl-C ended with %s was stopped", async (_, error) => {
  const told = await stopped(async (signal) => {
    throw error(signal);
  });
  expect(told).toMatchObject({ exitCode: exitCodes.interrupted, message: "stopped here" });
});

it("what failed meanwhile failed", async () => {
  const told = await stopped(async () => {
    throw new Error("disk full");
  });
  expect(told).toMatchObject({ message: "disk full" });
});
