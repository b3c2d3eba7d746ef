import { availableParallelism, cpus, totalmem } from "node:os";
import { createDevice } from "@isoflop/tensor";
import type { Command } from "commander";
import { jsonOption } from "../input/options.js";
import { emit } from "../output/emit.js";
import { table } from "../output/table.js";
import { versions } from "../versions.js";

export function configure(command: Command): void {
  jsonOption(command).action(async (options: { readonly json?: boolean }) => {
    const device = await createDevice();
    const document = {
      command: "info",
      versions: versions("@isoflop/scaling", "@isoflop/flops", "@isoflop/plot", "@isoflop/tensor"),
      machine: {
        platform: `${process.platform}-${process.arch}`,
        cpu: cpus()[0]?.model ?? "unknown",
        cores: availableParallelism(),
        memoryBytes: totalmem(),
      },
      device: { backend: device.name, description: device.description, reason: device.reason },
    };
    device.destroy();
    emit(options.json, document, () =>
      table(
        ["", ""],
        [
          ...Object.entries(document.versions),
          ["machine", `${document.machine.platform}, ${document.machine.cpu}, ${document.machine.cores} cores`],
          ["memory", `${(document.machine.memoryBytes / 2 ** 30).toFixed(1)} GiB`],
          ["device", document.device.description],
        ],
      ),
    );
  });
}
