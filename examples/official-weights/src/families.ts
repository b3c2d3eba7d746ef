import { type Denoiser, fromSiT, objective, rectifiedFlow, uniform, vpPath } from "@isoflop/diffusion";

/** What the models of a code base predict, and when: nothing in their weights tells. */
interface Family {
  readonly timeScale: number;
  /** Path and prediction. */
  readonly objective: ReturnType<typeof objective>;
  /** A network of the family on our clock, where 0 is data and 1 is noise. */
  readonly onOurClock: (network: Denoiser) => Denoiser;
}

const straight = (network: Denoiser): Denoiser => network;

/** DiT's 1000 steps of betas from 1e-4 to 0.02 are the variance-preserving path of rates from 0.1 to 20. */
const noiseOfDiT = objective({
  path: vpPath({ betaMin: 0.1, betaMax: 20 }),
  prediction: "noise",
  density: uniform(),
});

export const families = {
  DiT: { timeScale: 1000, objective: noiseOfDiT, onOurClock: straight },
  SiT: { timeScale: 1, objective: rectifiedFlow(), onOurClock: (network: Denoiser) => fromSiT(network) },
  REPA: { timeScale: 1, objective: rectifiedFlow(), onOurClock: straight },
  LightningDiT: { timeScale: 1, objective: rectifiedFlow(), onOurClock: (network: Denoiser) => fromSiT(network) },
} as const satisfies Record<string, Family>;
