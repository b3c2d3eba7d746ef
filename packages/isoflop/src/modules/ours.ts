/** An entry of this package, by its name: an import of its file would lead round in a circle. */
const own = (name: string) => ({ [name]: (): Promise<unknown> => import(name) });

/**
 * What a module from outside shares with this program: registries and tensors must be the same ones, so these are handed to it as they are
 * here, wherever it lies. `valibot` is among them, as the options of parts are its schemas.
 */
const ours: Readonly<Record<string, () => Promise<unknown>>> = {
  "@isoflop/data": () => import("@isoflop/data"),
  "@isoflop/data/node": () => import("@isoflop/data/node"),
  "@isoflop/diffusion": () => import("@isoflop/diffusion"),
  "@isoflop/dit": () => import("@isoflop/dit"),
  "@isoflop/dit/building-blocks": () => import("@isoflop/dit/building-blocks"),
  "@isoflop/features": () => import("@isoflop/features"),
  "@isoflop/flops": () => import("@isoflop/flops"),
  "@isoflop/flops/building-blocks": () => import("@isoflop/flops/building-blocks"),
  "@isoflop/metrics": () => import("@isoflop/metrics"),
  "@isoflop/plot": () => import("@isoflop/plot"),
  "@isoflop/scaling": () => import("@isoflop/scaling"),
  "@isoflop/spec": () => import("@isoflop/spec"),
  "@isoflop/sweep": () => import("@isoflop/sweep"),
  "@isoflop/sweep/node": () => import("@isoflop/sweep/node"),
  "@isoflop/tensor": () => import("@isoflop/tensor"),
  "@isoflop/tensor/safetensors": () => import("@isoflop/tensor/safetensors"),
  "@isoflop/train": () => import("@isoflop/train"),
  "@isoflop/train/node": () => import("@isoflop/train/node"),
  valibot: () => import("valibot"),
  ...own("isoflop"),
  ...own("isoflop/study"),
  ...own("isoflop/words"),
};

/** The package of ours that a specifier names, as this program has it; undefined for any other. */
export const ourPackage = (specifier: string): (() => Promise<unknown>) | undefined =>
  Object.hasOwn(ours, specifier) ? ours[specifier] : undefined;
