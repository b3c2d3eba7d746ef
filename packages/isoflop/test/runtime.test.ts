import { expect, test } from "vitest";
import { runtimeOf } from "../src/runtime.js";
import { json } from "./isoflop.js";

test.each([
  [
    { node: "20.20.2", v8: "11.3" },
    { name: "node", version: "20.20.2" },
  ],
  [
    { node: "24.3.0", bun: "1.4.5" },
    { name: "bun", version: "1.4.5" },
  ],
  [
    { node: "24.2.0", deno: "2.9.6" },
    { name: "deno", version: "2.9.6" },
  ],
] as const)("of %j it is %j", (versions, expected) => {
  expect(runtimeOf(versions)).toEqual(expected);
});

test("info names it", () => {
  expect(json(["info"]).versions).toHaveProperty("node", process.versions.node);
});
