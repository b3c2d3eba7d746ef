import { describe, expect, test } from "vitest";
import { cardValue, lawCards } from "../src/index.js";

const given = (at: Readonly<Record<string, number>>): string =>
  Object.entries(at)
    .map(([name, value]) => `${name} = ${value.toPrecision(4)}`)
    .join(", ");

describe.each([...lawCards].map((card) => [card.name, card] as const))(
  "%s gives its paper's numbers again",
  (_, card) => {
    test.each(card.reproduces.map((one) => [`${one.asks} at ${given(one.given)}: ${one.expected}`, one] as const))(
      "%s",
      (_, one) => {
        const outcome = cardValue(card, one.asks, one.given);
        if (!outcome.ok) throw new Error(outcome.message);
        expect(Math.abs(outcome.value / one.expected - 1)).toBeLessThanOrEqual(one.within);
      },
    );
  },
);
