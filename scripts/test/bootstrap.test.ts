import { expect, it } from "vitest";
import { isNewEnough } from "../lib/bootstrap.mjs";

it.each([
  ["20.19.0", true],
  ["20.20.2", true],
  ["22.0.0", true],
  ["20.18.3", false],
  ["18.20.0", false],
])("Node %s against >=20.19: %s", (version, enough) => {
  expect(isNewEnough(version, ">=20.19")).toBe(enough);
});
