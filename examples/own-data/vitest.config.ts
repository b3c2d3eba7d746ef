import { unitTests } from "../../vitest.base.js";

export default unitTests("own-data");
