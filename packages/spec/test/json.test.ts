import fc from "fast-check";
import { expect, it } from "vitest";
import { canonicalJson } from "../src/json.js";

const shuffled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, shuffled(item)]),
  );
};

it("is JSON with sorted keys and no space", () => {
  expect(canonicalJson({ b: [1, "é", null], a: { d: true, c: 1e-7, x: undefined } })).toBe(
    '{"a":{"c":1e-7,"d":true},"b":[1,"é",null]}',
  );
});

it("does not depend on the order of keys, and reads back as the same value", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(canonicalJson(shuffled(value))).toBe(canonicalJson(value));
      expect(canonicalJson(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value));
    }),
  );
});

it.each([
  [{ a: { lr: Number.NaN } }, "value.a.lr is NaN"],
  [{ a: [1, Infinity] }, "value.a[1] is Infinity"],
  [{ a: () => 1 }, "value.a is () => 1"],
  [{ a: new Float32Array(1) }, "value.a is 0"],
])("refuses what JSON cannot say: %#", (value, message) => {
  expect(() => canonicalJson(value)).toThrow(message);
});
