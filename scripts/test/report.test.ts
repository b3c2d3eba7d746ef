import { expect, it } from "vitest";
import { Report } from "../lib/report.mjs";
import { summarise } from "../lib/vitest.mjs";
import { takeAdapter, withoutAdapter, withoutLavapipe } from "../lib/webgpu.mjs";

it("sums all steps, repeats failures, and ends with the count line", async () => {
  const lines: string[] = [];
  const report = new Report((text) => lines.push(text));
  expect(await report.check("good", async () => ({ ok: true, output: "quiet" }))).toBe(true);
  expect(await report.check("bad", async () => ({ ok: false, output: "the reason" }))).toBe(false);
  await report.tests("many", async () => ({ passed: 5, failed: 2, skipped: 3, failure: "two tests" }));
  await report.check("crash", () => Promise.reject(new Error("exploded")));
  report.close();
  const output = lines.join("\n");
  expect(output.split("\n").at(-1)).toBe("6 passed, 4 failed, 3 skipped");
  for (const reason of ["the reason", "two tests", "exploded"]) expect(output.split(reason)).toHaveLength(3);
  expect(output).not.toContain("quiet");
});

const file = (name: string, ...tests: [string, string][]) => ({
  name,
  status: tests.some(([, status]) => status === "failed") ? "failed" : "passed",
  assertionResults: tests.map(([fullName, status]) => ({ fullName, status, failureMessages: [`${fullName} broke`] })),
});
const json = (testResults: object[], numPassedTests: number, numPendingTests = 0) =>
  Object.assign({ numFailedTests: 0, testResults: [] }, { testResults, numPassedTests, numPendingTests });

it("reads passed, failed and skipped tests from vitest's report", () => {
  const report = json([file("a.test.ts", ["one", "passed"], ["two", "failed"], ["three", "skipped"])], 1, 1);
  expect(summarise(false, "", report)).toMatchObject({ passed: 1, failed: 1, skipped: 1 });
  expect(summarise(false, "", report).failure).toMatch(/a\.test\.ts: two\n {2}two broke/);
});

it("counts a file that does not load, an error outside tests, and a missing report", () => {
  const broken = { name: "b.test.ts", status: "failed", message: "no such module", assertionResults: [] };
  expect(summarise(false, "", json([broken], 4))).toMatchObject({ passed: 4, failed: 1 });
  expect(summarise(false, "", json([broken], 4)).failure).toContain("no such module");
  expect(summarise(false, "Unhandled rejection", json([], 4))).toMatchObject({ passed: 4, failed: 1 });
  expect(summarise(false, "Segmentation fault", undefined)).toMatchObject({ passed: 0, failed: 1, skipped: 0 });
  expect(summarise(true, "", json([], 4))).toEqual({ passed: 4, failed: 0, skipped: 0, failure: "" });
});

it("counts test files without an adapter as skipped, and fails on a build server", () => {
  const local = withoutAdapter("webgpu", 7, "Error: darwin-arm64", false);
  expect(local).toMatchObject({ passed: 0, failed: 0, skipped: 7, failure: "" });
  expect(local.message).toMatch(/NO WEBGPU ADAPTER in Dawn in Node: 7 test files NOT RUN.\nError: darwin-arm64/);
  const server = withoutAdapter("browser", 2, "", true);
  expect(server).toMatchObject({ passed: 0, failed: 1, skipped: 2 });
  expect(server.failure).toContain("Chromium");
});

it("names lavapipe as left out with its reason, and never fails for it", () => {
  const outcome = withoutLavapipe(9, "apt-get: no such release");
  expect(outcome).toMatchObject({ passed: 0, failed: 0, skipped: 9, failure: "" });
  expect(outcome.message).toBe("LAVAPIPE LEFT OUT: 9 test files NOT RUN on it.\napt-get: no such release");
});

it("takes the adapter out of a command line", () => {
  expect(takeAdapter(["packages/tensor", "-t", "sum"])).toEqual({
    adapter: "swiftshader",
    rest: ["packages/tensor", "-t", "sum"],
  });
  for (const words of [["--adapter", "lavapipe"], ["--adapter=lavapipe"]])
    expect(takeAdapter(["a", ...words, "b"])).toEqual({ adapter: "lavapipe", rest: ["a", "b"] });
  expect(() => takeAdapter(["--adapter", "llvmpipe"])).toThrow(
    "--adapter is llvmpipe; it must be swiftshader or lavapipe.",
  );
  expect(() => takeAdapter(["--adapter"])).toThrow("--adapter is missing");
});
