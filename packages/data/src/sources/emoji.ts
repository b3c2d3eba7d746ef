import { kind } from "@isoflop/spec";
import { imageOptions } from "../image-options.js";
import { opensInNode } from "./opens-in-node.js";

export const emojiSource = kind({
  by: "source",
  name: "emoji",
  about: "endless scenes of emoji; needs the packages sharp and @iconify-json/noto",
  options: imageOptions,
  build: () => opensInNode("emoji"),
});
