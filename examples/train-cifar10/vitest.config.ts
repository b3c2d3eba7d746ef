import { unitTests } from "../../vitest.base.js";

export default unitTests("train-cifar10");
