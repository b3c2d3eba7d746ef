import { library } from "../../tsup.base.js";

export default library({
  entry: {
    index: "src/index.ts",
    bin: "src/bin.ts",
    worker: "src/worker.ts",
    "modules/index": "src/modules/index.ts",
    "study/index": "src/study/index.ts",
    "words/index": "src/words/index.ts",
  },
});
