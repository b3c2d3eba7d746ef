import fc from "fast-check";
import { expect, test } from "vitest";
import { backward, conditionings, conventions, type DitConfig, forward, parameters, training } from "../src/index.js";
import { anyConfig } from "./models.js";
import { trace } from "./trace.js";

const tiny = (conditioning: DitConfig["conditioning"]): DitConfig => ({
  image: { height: 8, width: 12, channels: 3 },
  patch: 2,
  width: 24,
  depth: 3,
  heads: 3,
  mlpRatio: 2.5,
  outChannels: 6,
  conditioning,
  context: { kind: "features", tokens: 7, dim: 5 },
});

test.each(conditionings)("%s: closed form equals a counted run", (conditioning) => {
  const config = tiny(conditioning);
  const run = trace(config);
  expect(forward(config).total).toBe(run.forward);
  expect(backward(config).total).toBe(run.backward);
  expect(backward(config, conventions.exactFused).total).toBe(run.backward + run.scores);
  expect(parameters(config).all).toBe(run.parameters);
});

test("closed form equals a counted run for any config", () => {
  fc.assert(
    fc.property(anyConfig, (config) => {
      const run = trace(config);
      expect(forward(config).total).toBe(run.forward);
      expect(backward(config).total).toBe(run.backward);
      expect(training(config).total.total).toBe(run.forward + run.backward);
      expect(parameters(config).all).toBe(run.parameters);
      expect(parameters(config).trainable - parameters(config).active).toBe(run.idle);
    }),
    { numRuns: 500, seed: 1 },
  );
});
