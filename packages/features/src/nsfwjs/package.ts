import { FeaturesError } from "../errors.js";
import { readManifest, type WeightsManifest } from "../keras/manifest.js";
import { readKeras } from "../keras/read.js";
import type { KerasModel } from "../keras/topology.js";
import type { Network } from "../network/network.js";
import { once } from "../once.js";
import { sha256 } from "../sha256.js";

/** A model as a module of nsfwjs exports it: its topology, and its files in base64. */
export interface NsfwjsModel {
  readonly modelJson: () => Promise<{
    readonly default: { readonly modelTopology: unknown; readonly weightsManifest: WeightsManifest };
  }>;
  readonly weightBundles: readonly (() => Promise<{ readonly default: string }>)[];
}

/** By a loop: of millions of bytes it takes a twentieth of the time of `Uint8Array.from` with a function. */
const bytesOf = (base64: string): Uint8Array => {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
};

const isMissing = (error: unknown): boolean =>
  error instanceof Error && /nsfwjs/.test(error.message) && !/node_modules\/nsfwjs\//.test(error.message);

/** The files of a model, read once. @throws FeaturesError `package` where nsfwjs is not installed */
const filesOf = async (load: () => Promise<NsfwjsModel>) => {
  let model: NsfwjsModel;
  try {
    model = await load();
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new FeaturesError(
      "package",
      "The weights come from the npm package nsfwjs, which is not installed: npm install --legacy-peer-deps nsfwjs",
      { cause },
    );
  }
  const [{ default: json }, ...bundles] = await Promise.all([
    model.modelJson(),
    ...model.weightBundles.map((bundle) => bundle()),
  ]);
  const parts = bundles.map((bundle) => bytesOf(bundle.default));
  const bytes = new Uint8Array(parts.reduce((n, { length }) => n + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { json, bytes };
};

/** The network of a model of nsfwjs, and SHA-256 of its weights as the package has them. Neither runs TensorFlow.js. */
export const nsfwjsNetwork = (load: () => Promise<NsfwjsModel>) => ({
  digest: once(async (): Promise<string> => sha256((await filesOf(load)).bytes)),
  async network(): Promise<Network> {
    const { json, bytes } = await filesOf(load);
    return readKeras(json.modelTopology as KerasModel, readManifest(json.weightsManifest, bytes));
  },
});
