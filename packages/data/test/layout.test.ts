import { expect, it } from "vitest";
import { keyOf } from "../src/random/key.js";
import { Stream } from "../src/random/stream.js";
import { drawKind, drawLayout, sizesFor } from "../src/scenes/draw.js";
import { emptyLayout, layoutHash } from "../src/scenes/layout.js";

it("validation takes its share of every colour, place and size, so that it is distributed as training is", () => {
  const stream = new Stream(keyOf(0, "test"));
  const sprites = Uint16Array.from({ length: 200 }, (_, i) => i);
  const layout = emptyLayout();
  const seen = new Set<string>();
  const shares = new Map<string, { layouts: number; validation: number }>();
  for (let index = 0; index < 100_000; index++) {
    stream.seek(index);
    layout.kind = drawKind(stream);
    drawLayout(stream, sprites, 16, sizesFor(16), layout);
    const { kind, background, where, first, second } = layout;
    const identity = JSON.stringify([kind, background, where, first, kind === "pair" ? second : null]);
    if (seen.has(identity)) continue;
    seen.add(identity);
    for (const trait of [kind, `colour ${background}`, `${kind} ${where}`, `${kind} of ${first.size} px`]) {
      const share = shares.get(trait) ?? { layouts: 0, validation: 0 };
      share.layouts++;
      if (layoutHash(layout) % 16 === 0) share.validation++;
      shares.set(trait, share);
    }
  }
  expect(shares.size).toBe(3 + 8 + (1 + 5 + 4) + (4 + 2 + 2));
  // Binomial: within four standard deviations of one in sixteen.
  for (const [trait, { layouts, validation }] of shares)
    expect(Math.abs(validation - layouts / 16) / Math.sqrt((layouts * 15) / 256), trait).toBeLessThan(4);
});
