import { library } from "../../tsup.base.js";

// Shared chunks, so that both entries know one copy of what they have in common.
export default library({ entry: ["src/index.ts", "src/building-blocks.ts"], splitting: true });
