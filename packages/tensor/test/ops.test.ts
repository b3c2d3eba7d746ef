import { describe, expect, it } from "vitest";
import { differentiate } from "../src/autodiff/differentiate.js";
import { scalarFunctions } from "../src/backends/scalars.js";
import { DTYPES } from "../src/dtype.js";
import { evaluateReference } from "../src/engine/reference.js";
import type { Attrs, Aval } from "../src/graph/aval.js";
import type { OpExample } from "../src/graph/tensor.js";
import { coreOps, ones, TensorError } from "../src/index.js";
import { checkGradients, peakError } from "../src/testing/index.js";
import { instantiate, leavesWith } from "../src/testing/inputs.js";

const avalsOf = ({ inputs }: OpExample<Attrs>): Aval[] => inputs.map(({ shape, dtype = "f32" }) => ({ shape, dtype }));

const dtypesOf = (inputs: readonly Aval[]): string => [...new Set(inputs.map(({ dtype }) => dtype))].join();

const infers = (op: (typeof coreOps)[number], inputs: readonly Aval[], attrs: Attrs): boolean => {
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
    const examples = op.examples;

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

describe("scalar functions", () => {
  const scalarOps = coreOps.flatMap((op) =>
    op.lowering.kind === "scalar" ? [{ op, scalar: op.lowering.scalar }] : [],
  );

  it("are each what some op is made of", () => {
    expect(scalarOps.map(({ scalar }) => scalar).sort()).toEqual(Object.keys(scalarFunctions).sort());
  });

  it.each(scalarOps)("$scalar has an instruction and a text for what its op takes", ({ op, scalar }) => {
    const { wasm, wgsl, renames, signs } = scalarFunctions[scalar];
    for (const { inputs, attrs } of op.examples) {
      const operands = inputs.map(({ shape, dtype = "f32" }) => ({ shape, dtype }));
      const types = operands.map(({ dtype }) => dtype);
      const [to] = op.infer(operands, attrs).map(({ dtype }) => dtype);
      expect(renames?.(types[0]!, to!) || wasm(types[0]!, to!)?.cost).toBeTruthy();
      const text = wgsl(["a", "b", "c"].slice(0, inputs.length), { from: types[0]!, to: to!, use: (name) => name });
      for (const name of ["a", "b", "c"])
        expect(new RegExp(`\\b${name}\\b`).test(text)).toBe("abc".indexOf(name) < inputs.length);
      if (signs) expect(signs).toHaveLength(inputs.length);
    }
  });
});

it("a gradient that is wrong is found", () => {
  const exp = coreOps.find(({ name }) => name === "exp")!;
  const wrong = { ...exp, vjp: ({ cotangents: [g] }: { cotangents: readonly unknown[] }) => [g] } as never;
  expect(checkGradients(wrong).error).toBeGreaterThan(0.1);
});
