import type { Weighting } from "@isoflop/diffusion";
import { kind, positive } from "@isoflop/spec";
import * as v from "valibot";

/**
 * 1 / (k + SNR)^γ on the error of the noise, "perception prioritized" (P2, arXiv 2204.00227, equation 8): nearly clean pictures, whose
 * noise is hard to see, count less. In the weights of the predictions, SNR = noise / data, so that it is finite where the SNR is not.
 */
export const weighting = kind({
  name: "p2",
  about: "perception prioritized",
  options: { gamma: v.optional(positive, 1), k: v.optional(positive, 1) },
  build: ({ gamma, k }): Weighting => ({
    name: `P2 ${gamma}, ${k}`,
    weight(m, unit) {
      const [noise, data] = [unit("noise"), unit("data")];
      const share = m.div(data, m.add(m.mul(data, k), noise));
      return m.mul(m.exp(m.mul(m.log(share), gamma)), noise);
    },
  }),
});
