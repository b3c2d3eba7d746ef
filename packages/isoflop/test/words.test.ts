import { expect, test } from "vitest";
import { table, textOf } from "../src/words/index.js";

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
