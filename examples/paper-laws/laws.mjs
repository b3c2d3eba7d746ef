/** The laws of arXiv 2410.08184, as printed there. */
export const paper = {
  budgets: [1e17, 3e17, 6e17, 1e18, 3e18, 6e18],
  target: 1.5e21,
  /** The size the paper trains at the target; its own law with the printed digits gives a little more. */
  targetSize: 958.3e6,
  laws: {
    N: { coefficient: 0.0009, exponent: 0.5681, unit: "parameters" },
    D: { coefficient: 186.8535, exponent: 0.4319, unit: "tokens" },
    loss: { coefficient: 2.3943, exponent: -0.0273, unit: "loss" },
    fid: { coefficient: 2.2566e6, exponent: -0.234, unit: "FID" },
  },
};

export const at = ({ coefficient, exponent }, C) => coefficient * C ** exponent;

/** An isoFLOP study that obeys the laws: nine sizes per budget on parabolas in ln N, with noise on the loss. */
export function study({ noise = 0, normal = () => 0, curvature = 0.0035, fidCurvature = 4.5 } = {}) {
  const { N, loss, fid } = paper.laws;
  return paper.budgets.flatMap((C) =>
    [-1.6, -1.2, -0.8, -0.4, 0, 0.4, 0.8, 1.2, 1.6].map((x) => {
      const size = at(N, C) * Math.exp(x);
      return {
        C,
        N: size,
        D: C / (6 * size),
        loss: at(loss, C) + curvature * x * x + noise * normal(),
        metrics: { fid: at(fid, C) + fidCurvature * x * x },
      };
    }),
  );
}
