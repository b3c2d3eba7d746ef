import { library } from "../../tsup.base.js";

// Shared chunks, so that all entries know one `Tensor` class.
export default library({
  entry: {
    index: "src/index.ts",
    "testing/index": "src/testing/index.ts",
    "safetensors/index": "src/safetensors/index.ts",
  },
  splitting: true,
});
