import { defineDensity, densities } from "@isoflop/diffusion";
import { kind, number } from "@isoflop/spec";
import { createDevice } from "@isoflop/tensor";
import { buildObjective, train, trainJsonSchema, trainSpec } from "@isoflop/train";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { fits } from "./json-schema.js";
import { tinyData, tinySpec } from "./tiny.js";

/** p t^(p - 1): a density that no package has. */
const late = kind({
  name: "late",
  options: { power: v.optional(number({ atLeast: 1 }), 2) },
  build: ({ power }) =>
    defineDensity(
      `late(${power})`,
      (m, u) => m.exp(m.div(m.log(u), power)),
      (t) => power * t ** (power - 1),
    ),
});
densities.add(late);

describe("a density from outside the packages", () => {
  const objective = { density: { kind: "late", power: 3 } };

  it("is checked, completed and built like any other", () => {
    const spec = trainSpec(tinySpec({ objective: { density: { kind: "late" } } }));
    expect(spec.objective.density).toEqual({ kind: "late", power: 2 });
    const { density } = buildObjective(trainSpec(tinySpec({ objective })).objective);
    expect(density.name).toBe("late(3)");
    expect(density.quantile(0.125)).toBeCloseTo(0.5, 14);
    const wrong = (changed: object) => () => trainSpec(tinySpec({ objective: { density: changed as never } }));
    expect(wrong({ kind: "late", power: 0 })).toThrow(
      "spec.objective.density.power is 0; it must be a finite number of at least 1",
    );
    expect(wrong({ kind: "late", pover: 2 })).toThrow('unknown key "pover"; did you mean "power"?');
    expect(wrong({ kind: "latr" })).toThrow('did you mean "late"?');
  });

  it("is in the JSON Schema", () => {
    const schema = trainJsonSchema();
    expect(fits(tinySpec({ objective }), schema)).toBe(true);
    expect(fits(tinySpec({ objective: { density: { kind: "late", power: 0 } } }), schema)).toBe(false);
  });

  it("trains", async () => {
    using device = await createDevice("wasm", { wasm: { threads: 1 } });
    const { validation } = await train(tinySpec({ steps: 2, objective }), { device, data: tinyData() });
    expect(validation.mean).toBeGreaterThan(0.5);
  });
});
