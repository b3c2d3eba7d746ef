import { library } from "../../tsup.base.js";

// Commands are chunks with a hash in their names: old ones must not be published with the new.
export default library({ entry: ["src/index.ts", "src/bin.ts"], clean: true });
