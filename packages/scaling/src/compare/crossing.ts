import { bisect } from "../math/search.js";
import type { Comparison } from "../records/comparison.js";
import { type Flops, refuse } from "../types.js";
import { type Pair, type Pairs, spreadOf } from "./pairs.js";
import type { ComputeRange } from "./range.js";

/** Share of the draws that must cross, one way, for a crossing to be stated. */
const STATED = 0.95;
/** Share below which none is seen. */
const SEEN = 0.05;

type Ahead = "a" | "b";

/** Which side has the lower loss at the lower end of the window where the other has it at the upper; undefined where one has it at both. */
const aheadBelow = ({ a, b }: Pair, [low, high]: ComputeRange): Ahead | undefined => {
  const [below, above] = [low, high].map((C) => a.loss(C) - b.loss(C));
  if (below! < 0 && above! > 0) return "a";
  return below! > 0 && above! < 0 ? "b" : undefined;
};

const crossingIn = ({ a, b }: Pair, [low, high]: ComputeRange): Flops =>
  Math.exp(bisect((lnC) => a.loss(Math.exp(lnC)) - b.loss(Math.exp(lnC)), Math.log(low), Math.log(high)));

const decade = (C: Flops): string => {
  const [digits, power] = C.toExponential(1).split("e+");
  return `${digits!.replace(".0", "")}e${power ?? ""}`;
};

/** Whether, where and which way two curves cross in a window; twice crossed is not crossed. */
export const crossingOf = (
  pairs: Pairs,
  window: ComputeRange | undefined,
): Pick<Comparison, "crossing" | "crossingShare"> => {
  if (!window)
    return {
      crossing: refuse("unreachable", "no compute is known to be within a decade of the runs of both"),
      crossingShare: 0,
    };
  const { best, drawn } = pairs;
  const ways = drawn.map((pair) => aheadBelow(pair, window));
  const count = (ahead: Ahead) => ways.filter((way) => way === ahead).length;
  const below: Ahead = count("a") > count("b") ? "a" : "b";
  const crossingShare = count(below) / drawn.length;
  const between = `between ${window.map(decade).join(" and ")} FLOPs, a decade about what both were fitted to`;
  if (crossingShare < SEEN) {
    const message = `the laws do not cross ${between}; beyond that nothing is known`;
    return { crossing: refuse("unreachable", message), crossingShare };
  }
  if (crossingShare < STATED) {
    const message = `the laws may cross: they do in ${Math.round(100 * crossingShare)} % of the draws ${between}`;
    return { crossing: refuse("unidentified", message), crossingShare };
  }
  // A draw that does not cross in the window does so, if at all, beyond the end at which its two are the wrong way about.
  const places = drawn.flatMap((pair, i): Flops[] => {
    if (ways[i] === below) return [crossingIn(pair, window)];
    if (ways[i] !== undefined) return [];
    const ahead: Ahead = pair.a.loss(window[0]) < pair.b.loss(window[0]) ? "a" : "b";
    return [ahead === below ? window[1] : window[0]];
  });
  const middle = [...places].sort((a, b) => a - b)[Math.floor(places.length / 2)]!;
  const C = aheadBelow(best, window) === below ? crossingIn(best, window) : middle;
  return { crossing: { ok: true, C, ci95: spreadOf(pairs, places), below }, crossingShare };
};
