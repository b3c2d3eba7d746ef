import type { Tensor } from "@isoflop/tensor";
import type { Weight, Weights } from "./weights.js";

/** A decoder's network: how it is read from the names and shapes of a file's tensors. */
export interface Network {
  /** The tensors it uses; a file with others is of another network. */
  readonly weights: readonly (readonly [name: string, weight: Weight])[];
  /** Channels of a latent. */
  readonly channels: number;
  /** How many pixels of a picture one of a latent becomes, along each side. */
  readonly factor: number;
  /** Pictures [n, 3, h · factor, w · factor] in [-1, 1] of latents [n, channels, h, w]. @param weight a tensor on the device by its name */
  apply(x: Tensor, weight: (name: string) => Tensor): Tensor;
}

/** A way to lay out a network in a file. */
export interface Layout {
  readonly name: string;
  /** The name of a tensor that only files of this layout have. */
  readonly sign: string;
  /** @throws Error naming the tensor that is missing, too many, or of a wrong shape */
  read(weights: Weights): Network;
}

/** A tensor that must be there, of so many axes. @throws Error naming it */
export const weightOf = ({ path, tensors }: Weights, name: string, ranks: readonly number[]): Weight => {
  const found = tensors.get(name);
  if (!found) throw new Error(`${path} has no tensor "${name}"; it has ${[...tensors.keys()].join(", ")}`);
  if (!ranks.includes(found.shape.length))
    throw new Error(`${path}: "${name}" is [${found.shape.join(", ")}]; it must have ${ranks.join(" or ")} axes`);
  return found;
};

/** A kernel [out, in, k, k] with k odd, or [out, in], and how many channels it takes; with it its bias [out] where there is one. */
export const kernelOf = (weights: Weights, stem: string, into: number | undefined, ranks: readonly number[]) => {
  const name = `${stem}.weight`;
  const { shape } = weightOf(weights, name, ranks);
  const [out, given, rows = 1, columns = 1] = shape as [number, number, number?, number?];
  const wrong = (why: string) => new Error(`${weights.path}: "${name}" is [${shape.join(", ")}]; ${why}`);
  if (rows !== columns || rows % 2 !== 1) throw wrong("a kernel must be [out, in, k, k] with k odd");
  if (into !== undefined && given !== into)
    throw wrong(`it is given ${into} channels, so its second axis must be ${into}`);
  const biasName = `${stem}.bias`;
  const bias = weights.tensors.get(biasName);
  if (bias && bias.shape.join() !== String(out))
    throw new Error(`${weights.path}: "${biasName}" is [${bias.shape.join(", ")}]; it must be [${out}]`);
  return {
    names: bias ? [name, biasName] : [name],
    into: given,
    out,
    padding: (rows - 1) / 2,
    biased: bias !== undefined,
  };
};

/** The network's tensors. @throws Error naming one of the file that it does not use */
export const onlyThese = ({ path, tensors }: Weights, names: readonly string[], layout: string): Network["weights"] => {
  const other = [...tensors.keys()].find((name) => !names.includes(name));
  if (other !== undefined) throw new Error(`${path}: "${other}" has no place in a decoder of the layout "${layout}"`);
  return names.map((name) => [name, tensors.get(name)!] as const);
};
