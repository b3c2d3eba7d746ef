import { kind } from "@isoflop/spec";

export const none = kind({
  name: "none",
  about: "draws nothing: what a model makes stays latents",
  options: {},
  build: async () => null,
});
