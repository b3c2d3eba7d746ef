import { expect, test } from "vitest";
import { runExample } from "../../../vitest.readme.js";

test("the example of a study runs as it stands", async () => {
  const { exported } = await runExample<{ svg: string; png: Uint8Array; report: string }>(import.meta.url);
  expect(exported.svg.match(/<circle/g)).toHaveLength(6);
  expect([...exported.png.subarray(1, 4)]).toEqual([..."PNG"].map((c) => c.charCodeAt(0)));
  expect(exported.report).toContain("6 runs are done, at 2 budgets.");
});

test("the example of a fit runs as it stands", async () => {
  const { svg } = (await runExample<{ svg: string }>(import.meta.url, 1)).exported;
  expect(svg.match(/<circle/g)).toHaveLength(1);
  expect(svg).toContain('class="contour"');
});
