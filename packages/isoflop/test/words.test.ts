import { expect, test } from "vitest";
import { interval, num, signedPercent, table, textOf } from "../src/words/index.js";

test("a terminal sets names to the left and numbers to the right, and leaves out what is not said", () => {
  const laws = { title: "Laws <all>", ...table(["law", "exponent"], [["N & D", "0.5681"]]), notes: ["D is C / 6N."] };
  expect(textOf([laws, false, undefined, "", "Plan"])).toBe(
    ["Laws <all>", "", "law    exponent", "─────  ────────", "N & D    0.5681", "", "D is C / 6N.", "", "Plan"].join(
      "\n",
    ),
  );
});

test("a table of two hundred thousand rows is set in a terminal", () => {
  const rows = Array.from({ length: 200_000 }, (_, i) => [String(i)]);
  expect(textOf([table(["n"], rows, 0)]).split("\n")).toHaveLength(200_002);
});

test("every minus of a number is one, and what rounds to zero has no sign", () => {
  expect(num(-1.2345e-17)).toBe("−1.2345e−17");
  expect(interval([-8.6e-14, 8.9e-14], 2)).toBe("[−8.6e−14, 8.9e−14]");
  expect([-0.00001, 0.00001, -0.02].map((share) => signedPercent(share))).toEqual(["0.00 %", "0.00 %", "−2.00 %"]);
});
