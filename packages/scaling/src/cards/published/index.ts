import type { LawCard } from "../schema.js";
import { besiroglu } from "./besiroglu.js";
import { cerebras } from "./cerebras.js";
import { chinchilla, chinchillaApproach1, chinchillaApproach2, chinchillaRounded } from "./chinchilla.js";
import { deepseek } from "./deepseek.js";
import { dit, ditCrossAttention } from "./dit.js";
import { farseer } from "./farseer.js";
import { kaplan } from "./kaplan.js";
import { llama3, llama3Surface } from "./llama3.js";
import { muennighoff } from "./muennighoff.js";
import { porian } from "./porian.js";
import { stepLaw } from "./step-law.js";
import { videoDit } from "./video-dit.js";

/** The cards of this package: laws of diffusion first, then those of language models by year. */
export const published: readonly LawCard[] = [
  ...[dit, ditCrossAttention, videoDit],
  ...[kaplan, chinchilla, chinchillaRounded, chinchillaApproach1, chinchillaApproach2],
  ...[cerebras, muennighoff, deepseek, besiroglu, porian, llama3, stepLaw, farseer, llama3Surface],
];
