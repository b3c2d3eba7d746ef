// Stands for an autoencoder and a text encoder: 160 latents of 4 x 32 x 32, each a wave of its own, with captions of up to 8 vectors that say which. Enough
// to see that day.yaml reads such files and trains on them, and for nothing else.
import { writeFileSync } from "node:fs";
import { writeSafetensors } from "@isoflop/tensor/safetensors";

const [COUNT, CHANNELS, SIDE, TOKENS, DIM] = [160, 4, 32, 8, 32];

const latents = new Float32Array(COUNT * CHANNELS * SIDE * SIDE);
const features = new Float32Array(COUNT * TOKENS * DIM);
const mask = new Uint8Array(COUNT * TOKENS);
for (let n = 0; n < COUNT; n++) {
  const [across, down] = [1 + (n % 5), 1 + (Math.floor(n / 5) % 5)];
  for (let i = 0; i < CHANNELS * SIDE * SIDE; i++) {
    const [channel, y, x] = [Math.floor(i / SIDE ** 2), Math.floor(i / SIDE) % SIDE, i % SIDE];
    latents[n * CHANNELS * SIDE * SIDE + i] = Math.sin((2 * Math.PI * (across * x + down * y)) / SIDE + channel + n);
  }
  const words = 1 + (n % TOKENS);
  for (let token = 0; token < words; token++) {
    mask[n * TOKENS + token] = 1;
    for (let d = 0; d < DIM; d++) features[(n * TOKENS + token) * DIM + d] = Math.cos(across * d + down * token);
  }
}

writeFileSync(
  "latents-0.safetensors",
  writeSafetensors({
    latents: { shape: [COUNT, CHANNELS, SIDE, SIDE], data: latents, format: "F16" },
    features: { shape: [COUNT, TOKENS, DIM], data: features, format: "F16" },
    mask: { shape: [COUNT, TOKENS], data: mask, format: "U8" },
  }),
);
