import { type Registry, registry } from "@isoflop/spec";
import { diffusersDiT } from "./diffusers-dit.js";
import { diffusersPixArt } from "./diffusers-pixart.js";
import { diffusersSD3 } from "./diffusers-sd3.js";
import type { WeightLayout } from "./layout.js";
import { LightningDiT } from "./lightning-dit.js";
import { official } from "./official.js";
import { PixArt } from "./pixart.js";
import { SD3 } from "./sd3.js";
import { SiT } from "./sit.js";

/** How the field's code bases spell and cut weights. A layout of this package is a file here and its place in the list; one from outside is one `add`. */
export const weightLayouts: Registry<WeightLayout> = registry("weight layout", [
  ...[official, SiT, LightningDiT, PixArt, SD3, diffusersDiT, diffusersPixArt, diffusersSD3],
]);
