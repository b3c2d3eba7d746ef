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

  it("names an unknown word, and the known one that is spelled like it or those there are", () => {
    const message = (text: string) => () => vocabulary.encode(text, 3);
    expect(message("a rokcet")).toThrow('caption: unknown word "rokcet"; did you mean "rocket"?');
    expect(message("an ocket")).toThrow('did you mean "rocket"?');
    expect(message("a submarine")).toThrow('"submarine"; known words are red, blue, taco, rocket, left');
    const many = new Vocabulary(Array.from({ length: 30 }, (_, i) => `word${i}`));
    expect(() => many.id("submarine")).toThrow(/known words are word0, .*, word23, and 6 more$/);
  });

  it("refuses what does not fit", () => {
    expect(() => vocabulary.encode("red taco left blue rocket", 4)).toThrow("has 5 words that count, at most 4 fit");
    expect(() => vocabulary.decode([6])).toThrow("id 6 is outside 0 … 5");
    expect(() => new Vocabulary(["a", "a"])).toThrow("unique");
    expect(() => new Vocabulary(["hot dog"])).toThrow('"hot dog"');
  });
});
