import { library } from "../../tsup.base.js";

export default library({ entry: ["src/index.ts", "src/node.ts", "src/files.ts", "src/cards.ts", "src/worker.ts"] });
