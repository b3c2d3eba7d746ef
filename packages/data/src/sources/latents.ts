import { latentFields } from "../latents/options.js";
import { openedInNode } from "../opened-in-node.js";

export const latentsSource = openedInNode(
  "latents",
  "latents of an autoencoder, with labels, captions or features beside them, in safetensors, npz or npy files; needs nothing",
  latentFields,
);
