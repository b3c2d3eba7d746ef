import type { LinkForm } from "../form.js";

/** FID against loss, and whatever else stays positive. */
export const power: LinkForm = {
  name: "power",
  formula: "m = e^lnK · L^gamma",
  options: {},
  parameters: () => ["lnK", "gamma"],
  value: ([lnK, gamma], loss) => Math.exp(lnK! + gamma! * Math.log(loss)),
  starts: (loss, metric) => {
    const level = Math.log(metric.reduce((s, v) => s + Math.abs(v), 0) / metric.length);
    const centre = Math.log(loss.reduce((s, v) => s + v, 0) / loss.length);
    return [-8, -2, 2, 8].map((gamma) => [level - gamma * centre, gamma]);
  },
};
