import { unitTests } from "../../vitest.base.js";

export default unitTests("paper-objectives");
