import { describe, expect, it } from "vitest";
import { Vocabulary } from "../src/vocabulary.js";

const vocabulary = new Vocabulary(["red", "blue", "taco", "rocket", "left"]);

describe("vocabulary", () => {
  it("reads a sentence over its function words and pads it", () => {
    expect([...vocabulary.encode("A taco left of a rocket, on a red background.", 6)]).toEqual([3, 5, 4, 1, 0, 0]);
    expect([...vocabulary.encode("", 2)]).toEqual([0, 0]);
  });

  it("decodes what it encoded, without padding", () => {
    expect(vocabulary.decode(vocabulary.encode("blue taco left", 5))).toBe("blue taco left");
  });

  it("keeps a function word that is a name", () => {
    expect([...new Vocabulary(["photo"]).encode("a photo", 1)]).toEqual([1]);
  });

  it("names an unknown word and the known words near it", () => {
    expect(() => vocabulary.encode("a robot", 3)).toThrow('unknown word "robot"; known words are red, rocket');
  });

  it("refuses what does not fit", () => {
    expect(() => vocabulary.encode("red taco left blue rocket", 4)).toThrow("has 5 words that count, at most 4 fit");
    expect(() => vocabulary.decode([6])).toThrow("id 6 is outside 0 … 5");
    expect(() => new Vocabulary(["a", "a"])).toThrow("unique");
    expect(() => new Vocabulary(["hot dog"])).toThrow('"hot dog"');
  });
});
