import { describe, expect, it } from "vitest";
import { differentiate } from "../src/autodiff/differentiate.js";
import { DTYPES } from "../src/dtype.js";
import { evaluateReference } from "../src/engine/reference.js";
import type { Aval } from "../src/graph/aval.js";
import type { OpExample } from "../src/graph/tensor.js";
import { coreOps, ones, TensorError } from "../src/index.js";
import { checkGradients, peakError } from "../src/testing/index.js";
import { instantiate, leavesWith } from "../src/testing/inputs.js";

const avalsOf = ({ inputs }: OpExample<never>): Aval[] => inputs.map(({ shape, dtype = "f32" }) => ({ shape, dtype }));

const dtypesOf = (inputs: readonly Aval[]): string => [...new Set(inputs.map(({ dtype }) => dtype))].join();

const infers = (op: (typeof coreOps)[number], inputs: readonly Aval[], attrs: never): boolean => {
  try {
    op.infer(inputs, attrs);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(TensorError);
    return false;
  }
};

describe("every op", () => {
  it("is registered once", () => {
    const names = coreOps.map((op) => op.name);
    expect(new Set(names).size).toBe(names.length);
  });

  for (const op of coreOps) {
    const examples = op.examples as readonly OpExample<never>[];

    it(`${op.name}: has an example of every dtype it takes`, () => {
      const seen = new Set(examples.map((example) => dtypesOf(avalsOf(example))));
      expect(seen.size).toBeGreaterThan(0);
      for (const example of examples)
        for (const dtype of DTYPES) {
          const [first] = example.inputs;
          const inputs = avalsOf(example).map((aval) =>
            aval.dtype === (first?.dtype ?? "f32") ? { ...aval, dtype } : aval,
          );
          if (infers(op, inputs, example.attrs)) expect([...seen]).toContain(dtypesOf(inputs));
        }
    });

    if (op.reference && op.decompose)
      it(`${op.name}: its decomposition means what its reference means`, () => {
        for (const example of examples) {
          const { inputs, outputs, values } = instantiate(op, example);
          const leaves = leavesWith(inputs, values);
          const direct = evaluateReference(outputs, leaves);
          const parts = evaluateReference(op.decompose!(inputs, example.attrs), leaves);
          // Decompositions may approximate, to what f32 can show.
          for (const [i, part] of parts.entries()) expect(peakError(part, direct[i]!)).toBeLessThan(2e-7);
        }
      });

    if (op.differentiable === false)
      it(`${op.name}: lets no gradient through, and says so`, () => {
        for (const example of examples) {
          const { inputs, outputs } = instantiate(op, example);
          const cotangents = outputs.map(({ shape }) => ones(shape));
          for (const gradient of differentiate(outputs, cotangents, inputs)) expect(gradient).toBeUndefined();
        }
        expect(() => checkGradients(op)).toThrow(/no gradient to check; the op is declared not differentiable/);
      });
    else {
      it(`${op.name}: gradient agrees with central differences in float64`, () => {
        expect(checkGradients(op).error).toBeLessThan(1e-7);
      });
      it(`${op.name}: gradient of the gradient agrees with central differences in float64`, () => {
        expect(checkGradients(op, { order: 2 }).error).toBeLessThan(1e-6);
      });
    }
  }
});

it("a gradient that is wrong is found", () => {
  const exp = coreOps.find(({ name }) => name === "exp")!;
  const wrong = { ...exp, vjp: ({ cotangents: [g] }: { cotangents: readonly unknown[] }) => [g] } as never;
  expect(checkGradients(wrong).error).toBeGreaterThan(0.1);
});
