import { expectOk, predictJoint, predictPowerLaw } from "@isoflop/scaling";
import { count, flops, loss, signedPercent } from "../chart/format.js";
import { byCompute } from "../figures/laws.js";
import type { OptimumLaw } from "../figures/optimum-law.js";
import type { StudyParts } from "./parts.js";
import type { StudySummary } from "./study.js";

/** How the law that predicts and the other methods differ at each held-out compute, a sentence each; at the largest fitted one where none is held out. */
export const howMethodsDiffer = (
  law: OptimumLaw,
  { fitted, heldOut, quantity }: Pick<StudyParts, "fitted" | "heldOut" | "quantity">,
  { joint }: Pick<StudySummary, "joint">,
): readonly string[] => {
  const beyond = byCompute(heldOut).map(([{ prediction }]) => prediction.given.C);
  const computes = beyond.length > 0 ? beyond : [law.fitted[1]];
  return computes.flatMap((C) => {
    const answer = law.at(C);
    if (!answer) return [];
    const { value, ci95: [low, high] = [value, value] } = answer.loss;
    const others = [
      ...(fitted ? [{ name: "Approach 2's power law", N: at(fitted.laws.N, C), loss: at(fitted.laws.loss, C) }] : []),
      ...(joint ? [{ name: "the joint fit alone", ...jointAt(joint, C) }] : []),
    ].map(({ name, N, loss: other }) => {
      const place = other < low || other > high ? "outside that interval" : "inside it";
      return `${name} ${loss(other)} (${signedPercent(other / value - 1)}, ${place}) at ${count(N)}`;
    });
    if (others.length === 0) return [];
    return [
      `At ${flops(C)} the law that predicts has an optimal ${quantity} of ${loss(value)} (${loss(low)} to ${loss(high)}) at ${count(answer.N.value)} parameters; ${others.join(", ")}.`,
    ];
  });
};

const at = (law: Parameters<typeof predictPowerLaw>[0], C: number): number => predictPowerLaw(law, C).value;

const jointAt = (joint: NonNullable<StudySummary["joint"]>, C: number) => {
  const { N, loss: value } = expectOk(predictJoint(joint, { C })).predicted;
  return { N: N.value, loss: value.value };
};
