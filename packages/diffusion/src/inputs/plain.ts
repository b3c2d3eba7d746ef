import { part } from "../checks.js";
import type { NetworkInputs } from "../inputs.js";

/** x_t and t as they are. */
export const plainInputs = part({
  name: "plain",
  build: (): NetworkInputs => ({ name: "plain", at: (_, __, t) => ({ scale: 1, time: t }) }),
});
