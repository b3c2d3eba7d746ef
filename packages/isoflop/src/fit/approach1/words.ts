import type { Approach1 } from "@isoflop/scaling";
import { interval, num, percent, plural } from "../../words/numbers.js";
import { type Passage, table, type Words } from "../../words/passage.js";
import { LOSS } from "../../words/quantity.js";
import { pointsUsed } from "../points.js";
import type { SavedFit } from "../saved.js";

/** What a person reads of an envelope. */
export const approach1Words = (saved: SavedFit<Approach1>): Words => {
  const { fit } = saved;
  if (!fit) return [pointsUsed(saved)];
  return [
    pointsUsed(saved),
    leading(fit),
    laws(fit),
    ...fit.warnings.map(({ message }) => `caution: ${message}`),
    `envelope of ${plural(fit.curves.length, "curve")} over ${plural(fit.choices.bins, "bin")} of compute, of which ${fit.points.length} have a leader between two neighbours`,
  ];
};

const SHOWN = 12;

const leading = ({ curves }: Approach1): Passage => {
  const leaders = curves.filter(({ share }) => share > 0).sort((a, b) => a.N - b.N);
  const rows = leaders
    .slice(0, SHOWN)
    .map(({ N, label, checkpoints, share }) => [num(N), label ?? "–", String(checkpoints), percent(share, 1)]);
  const more = leaders.length - rows.length;
  return {
    ...table(["curves on the envelope, N", "label", "checkpoints", "share"], rows),
    notes: more > 0 ? [`and ${more} more`] : [],
  };
};

const laws = ({ N, D, loss, bootstrap, quantity }: Approach1): Passage => {
  const named = {
    "N, parameters": ["N", N],
    "D, tokens": ["D", D],
    [quantity === LOSS ? "L, loss" : quantity]: ["loss", loss],
  } as const;
  const rows = Object.entries(named).map(([words, [name, law]]) => {
    const of = bootstrap.ok ? bootstrap[name].exponent : undefined;
    const errors = of ? [num(of.standardError, 3), interval(of.ci95)] : ["–", "–"];
    return [words, num(law.coefficient.value), num(law.exponent.value, 6), ...errors, num(law.r2, 6)];
  });
  const drawn = bootstrap.ok
    ? `errors from ${plural(bootstrap.resamples, "resample")} of the ${bootstrap.of}s${bootstrap.failed > 0 ? `, ${bootstrap.failed} of them refused` : ""}`
    : `no errors: ${bootstrap.message}`;
  return {
    ...table(["y = coefficient · C^exponent", "coefficient", "exponent", "std. error", "95 % interval", "r²"], rows),
    notes: [drawn],
  };
};
