import { join, resolve } from "node:path";
import { inputError } from "../exit.js";
import { type Manifest, manifestIn, manifestsUnder, storeOf } from "../study/manifest.js";

/** A study that uses runs of a store. */
export interface User {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** All runs that a study names, each once, in the order in which they are trained. */
export const idsOf = ({ tune, runs, heldOut, added }: Manifest): readonly string[] => [
  ...new Set([...tune, ...runs, ...heldOut, ...added]),
];

/** The same of a study's folder, with those of its arms, as far as these have begun. */
export const idsOfStudy = (folder: string): readonly string[] => {
  const manifest = manifestIn(folder);
  if (!manifest) return [];
  const arms = manifest.arms.flatMap((arm) => idsOfStudy(join(folder, arm.folder)));
  return [...new Set([...idsOf(manifest), ...arms])];
};

/** Which studies under a folder use which runs of a store. */
export class Users {
  readonly #byId = new Map<string, User[]>();
  readonly #broken: readonly Error[];

  constructor(root: string, store: string) {
    const broken: Error[] = [];
    for (const user of manifestsUnder(root, (error) => broken.push(error))) {
      if (storeOf(user.folder, user.manifest) !== resolve(store)) continue;
      for (const id of idsOf(user.manifest)) this.#byId.set(id, [...(this.#byId.get(id) ?? []), user]);
    }
    this.#broken = broken;
  }

  /** Folders of the studies that use a run. */
  of(id: string): readonly string[] {
    return (this.#byId.get(id) ?? []).map(({ folder }) => folder);
  }

  /** For what goes by nobody's using a run. @throws CliError while a study cannot say what it uses */
  checkAll(): void {
    const [error] = this.#broken;
    if (error)
      throw inputError(`${error.message}. Nobody knows which runs that study uses; mend the file or remove its folder`);
  }
}
