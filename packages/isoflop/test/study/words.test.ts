import { heldOutOf } from "@isoflop/plot";
import { expectOk, predictRollOut } from "@isoflop/scaling";
import { describe, expect, it } from "vitest";
import { studyWords } from "../../src/study/index.js";
import { passagesOf } from "../../src/words/passage.js";
import { textOf } from "../../src/words/text.js";
import { C, rolled, summary } from "./rolled.js";

describe("what a terminal says of a study", () => {
  const words = studyWords(summary);
  const text = textOf(words);
  const titles = passagesOf(words).flatMap(({ title }) => title ?? []);

  it("has the law that predicts, Approach 2 beside it, and how sharp the test was", () => {
    expect(titles).toEqual([
      "Runs",
      "The law that predicts",
      "Approach 2, beside it",
      "Held out",
      "How sharp the test was",
    ]);
    const { loss } = expectOk(predictRollOut(rolled, { C })).predicted;
    expect(text).toMatch(new RegExp(`at 1\\.6×10¹².FLOPs, held out .* ${loss.value.toFixed(4)} \\(`));
    expect(text).toMatch(/(?:interval|widest) is \d\.\d times narrower than the improvement|the test could not fail/);
    expect(text).toMatch(/Rehearsed at +Foreseen/);
    for (const begin of [
      "Rehearsals are no independent tests",
      "One run's loss scatters",
      "No model that was not told",
    ])
      expect(text).toContain(begin);
    expect(text).not.toMatch(/NaN|undefined/);
  });

  it("sets sizes of one compute in one table, each with its outcome", () => {
    const held = passagesOf(words).filter(({ title }) => title === "Held out");
    expect(held).toHaveLength(1);
    expect(held[0]!.table!.head).toContain("trained");
    expect(held[0]!.table!.rows).toHaveLength(3);
    expect(held[0]!.notes!.filter((note) => note.startsWith("measured "))).toHaveLength(3);
    expect(held[0]!.notes![0]).toMatch(/^at 1\.6e12 FLOPs .* for 4\.000e4 parameters$|for 40000 parameters$|for 4e4/);
  });

  it("without a mixture says what it said", () => {
    const { rollOut: _, joint: __, floor: ___, noise: ____, seal: _____, ...before } = summary;
    const [first] = heldOutOf(before);
    const without = passagesOf(studyWords({ ...before, heldOut: first! })).flatMap(({ title }) => title ?? []);
    expect(without).toEqual(["Runs", "Held out"]);
  });
});
