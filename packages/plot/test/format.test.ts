import fc from "fast-check";
import { expect, test } from "vitest";
import {
  count,
  duration,
  printable,
  scientific,
  signedPercent,
  significant,
  superscript,
} from "../src/chart/format.js";

test("powers of ten are set as powers, with a mantissa only where there is one", () => {
  expect(scientific(1e11)).toBe("10¹¹");
  expect(scientific(3e11)).toBe("3×10¹¹");
  expect(scientific(1.234e-5)).toBe("1.23×10⁻⁵");
  expect(scientific(9.999e11)).toBe("10¹²");
  expect(scientific(0)).toBe("0");
  expect(superscript(-20)).toBe("⁻²⁰");
});

test("counts carry the letter of the rounded value", () => {
  expect(count(25_300)).toBe("25.3k");
  expect(count(999_999)).toBe("1M");
  expect(count(958.3e6)).toBe("958M");
  expect(count(12)).toBe("12");
});

test("a count never differs from its value by more than its digits allow", () => {
  const size = { k: 1e3, M: 1e6, B: 1e9, T: 1e12 } as const;
  fc.assert(
    fc.property(fc.double({ min: 1, max: 9e15, noNaN: true }), (value) => {
      const [, digits, letter] = /^([\d.]+)([kMBT]?)$/.exec(count(value)) ?? [];
      const back = Number(digits) * (letter ? size[letter as keyof typeof size] : 1);
      expect(Math.abs(back / value - 1)).toBeLessThanOrEqual(0.005 + 1e-12);
    }),
  );
});

test("significant digits", () => {
  expect(significant(0.0123456)).toBe("0.01235");
  expect(significant(-2.39431)).toBe("−2.394");
  expect(significant(2.2566e6)).toBe("2.257×10⁶");
  expect(significant(0.0009)).toBe("9×10⁻⁴");
});

test("percent and duration", () => {
  expect(signedPercent(0.0123)).toBe("+1.2\u00A0%");
  expect(signedPercent(-0.0004)).toBe("0.0\u00A0%");
  expect(duration(252)).toBe("4 min 12 s");
  expect(duration(7500)).toBe("2 h 05 min");
  expect(duration(3.2e6)).toBe("37 d 0 h");
  expect(duration(3599.9)).toBe("1 h 00 min");
});

test("characters that XML forbids are dropped, everything else stays", () => {
  expect(printable("a\u0000b\u0008\tc\n é 猫 🦊")).toBe("ab\tc\n é 猫 🦊");
  expect(printable("lone \uD800 half")).toBe("lone  half");
});
