import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dit, exportWeights, type NamedArray, namedParams, paramsFrom } from "@isoflop/dit";
import type { DitConfig } from "@isoflop/flops";
import { createDevice, random } from "@isoflop/tensor";
import { writeSafetensors } from "@isoflop/tensor/safetensors";

/** An official DiT in small, of which diffusers' model is told by `config.json`. */
export const config = {
  ...{ image: { height: 16, width: 16, channels: 4 }, patch: 2, width: 32, depth: 2, heads: 4, outChannels: 8 },
  ...{ conditioning: "adaLNZero", context: { kind: "classes", classes: 10 } },
} as const satisfies DitConfig;

const seed = 2212_09748;

/** The files of a checkpoint of random weights in diffusers' layout, in half precision, the same every time. */
export const makeCheckpoint = async (): Promise<Readonly<Record<string, string | Uint8Array>>> => {
  using device = await createDevice("wasm");
  const model = dit(config);
  const entries = Object.entries(namedParams(model.init(random.key(seed)))).map(
    async ([name, leaf], i): Promise<[string, NamedArray]> => {
      // What starts at zero would hide the rest.
      const drawn = leaf.add(random.normal(random.key(seed + 1 + i), leaf.shape).mul(0.2));
      return [name, { shape: leaf.shape, data: (await drawn.data(device)) as Float32Array }];
    },
  );
  const params = paramsFrom(model, Object.fromEntries(await Promise.all(entries)), device);
  const arrays = await exportWeights(model, params, { layout: "diffusersDiT" });
  const half = Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => [name, { ...array, format: "F16" as const }]),
  );
  const { image, patch, width, depth, heads, outChannels, context } = config;
  const said = {
    _class_name: "DiTTransformer2DModel",
    num_attention_heads: heads,
    attention_head_dim: width / heads,
    in_channels: image.channels,
    out_channels: outChannels,
    num_layers: depth,
    sample_size: image.height,
    patch_size: patch,
    num_embeds_ada_norm: context.classes,
  };
  return {
    "config.json": `${JSON.stringify(said, undefined, 2)}\n`,
    "diffusion_pytorch_model.safetensors": writeSafetensors(half),
  };
};

if (process.argv[1]?.endsWith("make-checkpoint.js")) {
  const folder = fileURLToPath(new URL("../weights", import.meta.url));
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(await makeCheckpoint())) await writeFile(join(folder, name), content);
}
