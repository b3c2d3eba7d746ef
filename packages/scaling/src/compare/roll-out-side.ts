import { scaled } from "../math/linear.js";
import type { Random } from "../math/random.js";
import type { RolledOutForm, RollOut } from "../rollout/record.js";
import { moveOrigin } from "../surface/covariance.js";
import { formOfSurface } from "../surface/surface.js";
import { type Outcome, refuse } from "../types.js";
import type { OptimumCurve } from "./curve.js";
import { drawNodes, type FloorNode, pick, shuffled } from "./floors.js";
import type { Side } from "./side.js";
import { curveOfSurface } from "./surface-curve.js";

/**
 * A mixture over forms of surface as a side: its draws are surfaces of every form by its weight, at every floor by its own. What stands for it at its best is
 * the likeliest surface of the heaviest form.
 */
export const sideOfRollOut = (name: string, fit: RollOut): Outcome<Side> => {
  const members = fit.forms.filter(({ weight }) => weight > 0).map(memberOf);
  const heaviest = members.reduce((a, b) => (b.weight > a.weight ? b : a));
  const likeliest = heaviest.nodes.reduce((a, b) => (b.weight > a.weight ? b : a));
  const curve = heaviest.curveOf(likeliest.theta);
  if (!curve) return refuse("unidentified", `the ${heaviest.form} surface of ${name} has no optimum at a compute`);
  const computes = heaviest.computes;
  return {
    ok: true,
    name,
    law: `mixture of ${members.map(({ form }) => form).join(", ")} surfaces of ${fit.points} runs, their floors integrated out`,
    quantity: fit.quantity,
    ...(fit.message !== undefined && { caution: fit.message }),
    ...(computes && { fitted: computes }),
    points: { x: [], y: [] },
    curve,
    draws: (count, uniform) => drawn(members, count, uniform),
  };
};

interface Member {
  readonly form: string;
  readonly weight: number;
  readonly computes: readonly [number, number] | undefined;
  readonly nodes: readonly FloorNode[];
  curveOf(theta: readonly number[]): OptimumCurve | undefined;
}

const drawn = (members: readonly Member[], count: number, uniform: Random): OptimumCurve[] => {
  const shares = new Map<Member, number>();
  for (let i = 0; i < count; i++) {
    const member = pick(members, uniform());
    shares.set(member, (shares.get(member) ?? 0) + 1);
  }
  const curves = [...shares].flatMap(([{ nodes, curveOf }, n]) => drawNodes(nodes, n, uniform, curveOf));
  return shuffled(curves, uniform);
};

/** Its surfaces on the axes of their centre, where their parameters are told apart best. */
const memberOf = ({ fit, nodes, weight, misfit, degreesOfFreedom }: RolledOutForm): Member => {
  const form = formOfSurface(fit);
  const { centre = { N: 1, D: 1 }, flopsPerToken, computes } = fit;
  const [lnN, lnD] = [Math.log(centre.N), Math.log(centre.D)];
  const surfaces = nodes ?? [{ theta: fit.theta, covariance: fit.covariance!, weight: 1 }];
  return {
    form: fit.form,
    weight,
    computes,
    nodes: surfaces.map(({ theta, covariance, weight: share }) => ({
      theta: form.recentre(theta, lnN, lnD),
      covariance: scaled(moveOrigin(form, theta, covariance, lnN, lnD), misfit.factor ** 2),
      degreesOfFreedom: Math.max(1, Math.round(degreesOfFreedom)),
      weight: share,
    })),
    curveOf: (theta) =>
      curveOfSurface(
        { form: fit.form, theta: form.recentre(theta, -lnN, -lnD), flopsPerToken, centre },
        flopsPerToken * centre.N * centre.D,
      ),
  };
};
