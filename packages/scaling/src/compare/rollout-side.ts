import { scaled } from "../math/linear.js";
import { ascending } from "../math/quantile.js";
import type { Random } from "../math/random.js";
import type { RolledOutForm, RollOut } from "../rollout/record.js";
import { type Outcome, type Run, refuse } from "../types.js";
import { fallingCurve, type OptimumCurve, tabulated } from "./curve.js";
import { pick, shuffled } from "./floors.js";
import type { Side } from "./side.js";
import { pointsOf, sideOfSurface } from "./surface-side.js";

/**
 * A roll-out as a side: its forms of surface by their weights, each drawn from its covariance, widened where roll-outs were missed. At its
 * best it is the weighted mean of what the forms say.
 * @param runs for a figure
 */
export const sideOfRollOut = (name: string, fit: RollOut, runs: readonly Run[] = []): Outcome<Side> => {
  const members = fit.forms.flatMap((member) => {
    const side = member.weight > 0 ? sideOfSurface(name, widened(member)) : undefined;
    return side?.ok ? [{ weight: member.weight, side }] : [];
  });
  const total = members.reduce((s, { weight }) => s + weight, 0);
  if (!(total > 0)) return refuse("unidentified", `no form of ${name} has an optimum at a compute`);
  const [first] = members;
  const { fitted } = first!.side;
  const cautions = new Set(members.flatMap(({ side }) => side.caution ?? []));
  const loss = (C: number) => members.reduce((s, { weight, side }) => s + weight * side.curve.loss(C), 0) / total;
  const names = fit.forms.filter(({ weight }) => weight > 0).map((member) => member.fit.form);
  return {
    ok: true,
    name,
    law: `${names.length === 1 ? `${names[0]} surface` : `mixture of surfaces (${names.join(", ")})`} of ${fit.points} runs`,
    quantity: fit.quantity,
    ...(cautions.size > 0 && { caution: [...cautions].join("; ") }),
    ...(fitted && { fitted }),
    points: pointsOf(runs),
    curve: fallingCurve(tabulated(loss), amid(fitted)),
    draws: (count, uniform) => drawn(members, total, count, uniform),
  };
};

const amid = (fitted: Side["fitted"]): number => (fitted ? Math.sqrt(fitted[0] * fitted[1]) : 1e18);

/** A form with the errors that its roll-outs call for. */
const widened = ({ fit, misfit, degreesOfFreedom }: RolledOutForm) => ({
  ...fit,
  ...(fit.covariance && { covariance: scaled(fit.covariance, misfit.factor ** 2) }),
  degreesOfFreedom: Math.max(1, Math.floor(degreesOfFreedom)),
});

interface Member {
  readonly weight: number;
  readonly side: Side;
}

const drawn = (members: readonly Member[], total: number, count: number, uniform: Random): OptimumCurve[] => {
  const chosen = new Map<Member, number>();
  for (const value of ascending(Array.from({ length: count }, () => total * uniform()))) {
    const member = pick(members, value);
    chosen.set(member, (chosen.get(member) ?? 0) + 1);
  }
  return shuffled(
    [...chosen].flatMap(([{ side }, n]) => [...side.draws(n, uniform)]),
    uniform,
  );
};
