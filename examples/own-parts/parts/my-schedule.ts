import { kind, number } from "@isoflop/spec";
import type { Fall } from "@isoflop/train";
import * as v from "valibot";

/**
 * The cooldown 1 − p^power over the share p of the fall that is over, with power 1/2 unless told: "1 − sqrt", which ended below the linear one in
 * arXiv 2405.18392 (section 3.2). It falls at once, and spends most of its steps at low rates.
 */
export const schedule = kind({
  name: "rootCooldown",
  about: "1 − p^power over the share p of the fall that is over",
  options: { power: v.optional(number({ above: 0, atMost: 1 }), 0.5) },
  build:
    ({ power }): Fall =>
    (left) =>
      1 - (1 - left) ** power,
});
