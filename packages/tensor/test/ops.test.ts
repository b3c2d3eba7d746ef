import { describe, expect, it } from "vitest";
import { coreOps } from "../src/index.js";
import { checkGradients } from "../src/testing/index.js";

describe("every op", () => {
  it("is registered once", () => {
    const names = coreOps.map((op) => op.name);
    expect(new Set(names).size).toBe(names.length);
  });

  for (const op of coreOps) {
    it(`${op.name}: gradient agrees with central differences in float64`, () => {
      const { error, gradients } = checkGradients(op);
      if (op.differentiable !== false) expect(gradients).toBeGreaterThan(0);
      expect(error).toBeLessThan(1e-7);
    });
    if (op.differentiable !== false)
      it(`${op.name}: gradient of the gradient agrees with central differences in float64`, () => {
        expect(checkGradients(op, { order: 2 }).error).toBeLessThan(1e-6);
      });
  }
});
