import type { Context } from "@isoflop/flops";
import { createDevice } from "@isoflop/tensor";
import { describe, expect, test } from "vitest";
import { conditionFrom, DitError, dit, type ToldSample } from "../src/index.js";
import { perturbed } from "./perturbed.js";

const device = await createDevice("wasm", { wasm: { threads: 1 } });
const classes = { kind: "classes", classes: 10 } as const;
const words = { kind: "words", tokens: 3, vocabulary: 8 } as const;

test("labels are i32 [n], no label being the row after the last", async () => {
  const labels = conditionFrom(classes, [3, 10, null, 0], device);
  expect([labels.dtype, labels.shape]).toEqual(["i32", [4]]);
  expect(Array.from(await labels.data())).toEqual([3, 10, 10, 0]);
});

test("words are i32 [n, tokens], filled with word 0", async () => {
  const ids = conditionFrom(words, [[7, 1, 2], Int32Array.of(5), [], null], device);
  expect([ids.dtype, ids.shape]).toEqual(["i32", [4, 3]]);
  expect(Array.from(await ids.data())).toEqual([7, 1, 2, 5, 0, 0, 0, 0, 0, 0, 0, 0]);
});

test("what it makes is a model's condition; an id that it would have refused is NaN there", async () => {
  const config = {
    ...{ image: { height: 4, width: 4, channels: 1 }, patch: 2, width: 8, depth: 1, heads: 1 },
    ...{ conditioning: "adaLNZero", context: classes },
  } as const;
  const [model, params] = [dit(config), await perturbed(config, device)];
  const [x, t] = [device.tensor(new Float32Array(32).fill(1), [2, 1, 4, 4]), device.tensor([0.2, 0.7])];
  const out = await model.apply(params, x, t, conditionFrom(classes, [9, null], device)).data();
  expect(Array.from(out).every(Number.isFinite)).toBe(true);
  const wrong = Array.from(await model.apply(params, x, t, device.tensor(Int32Array.of(9, 11))).data());
  expect(wrong.slice(0, 16)).toEqual(Array.from(out).slice(0, 16));
  expect(wrong.slice(16).every(Number.isNaN)).toBe(true);
});

describe("is refused by name", () => {
  const table = 'the label table has 11 rows, 0 to 10, of which 10 is "no label".';
  test.each<[string, Context, unknown, string]>([
    ["a label past the table", classes, [1, 11], `condition[1] is 11; ${table}`],
    ["a label below 0", classes, [-1], `condition[0] is -1; ${table}`],
    ["a label between two", classes, [0.5], `condition[0] is 0.5; ${table}`],
    ["NaN", classes, [Number.NaN], `condition[0] is NaN; ${table}`],
    ["a name", classes, ["cat"], `condition[0] is "cat"; ${table}`],
    ["a list for a label", classes, [[1, 2]], `condition[0] is [1,2]; ${table}`],
    ["nothing at all", classes, [undefined], `condition[0] is undefined; ${table}`],
    [
      "a label of the row that is not there",
      { ...classes, nullLabel: false },
      [10],
      "condition[0] is 10; the label table has 10 rows, 0 to 9.",
    ],
    [
      "no label without a row for it",
      { ...classes, nullLabel: false },
      [null],
      'condition[0] is null; the label table has 10 rows, 0 to 9, and none for "no label".',
    ],
    [
      "a word past the vocabulary",
      words,
      [[1], [0, 2, 8]],
      "condition[1][2] is 8; the vocabulary has 8 words, 0 to 7.",
    ],
    ["a word that is text", words, [["red"]], 'condition[0][0] is "red"; the vocabulary has 8 words, 0 to 7.'],
    ["too many words", words, [[1, 2, 3, 4]], 'condition[0] has 4 words; context "words" takes at most 3.'],
    ["a number for a caption", words, [4], 'condition[0] is 4; context "words" takes a list of word ids'],
    ["a text for a caption", words, ["red"], 'condition[0] is "red"; context "words" takes a list of word ids'],
    ["no sample", words, [], "condition is []; it takes one for each sample."],
    ["no list", classes, 3, "condition is 3; it takes one for each sample."],
    ["vectors", { kind: "features", tokens: 2, dim: 3 }, [1], 'context "features" is told no numbers'],
    ["no context", { kind: "none" }, [1], 'context "none" is told no numbers'],
  ])("%s", (_, context, told, message) => {
    const make = () => conditionFrom(context, told as readonly ToldSample[], device);
    expect(make).toThrow(DitError);
    expect(make).toThrow(message);
  });
});
