import { expect, test } from "vitest";
import { runExample } from "../../../vitest.readme.js";

test("the example runs as it stands", async () => {
  const { exported } = await runExample<{ svg: string; png: Uint8Array; page: string }>(import.meta.url);
  // Twelve runs, and the optimum of each budget without the bias of its parabola.
  expect(exported.svg.match(/<circle/g)).toHaveLength(12 + 3);
  expect(exported.svg.match(/class="parabola"/g)).toHaveLength(3);
  expect([...exported.png.subarray(1, 4)]).toEqual([..."PNG"].map((c) => c.charCodeAt(0)));
  expect(exported.page.match(/<figure /g)).toHaveLength(2);
  expect(exported.page).toContain('class="asked"');
});
