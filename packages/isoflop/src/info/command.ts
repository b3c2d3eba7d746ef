import { availableParallelism, cpus, totalmem } from "node:os";
import { createDevice } from "@isoflop/tensor";
import type { Command } from "commander";
import { jsonOption } from "../options/common.js";
import { versions } from "../versions.js";
import { emit } from "../words/emit.js";

export const configure = (command: Command): void => {
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
    const { platform, cpu, cores, memoryBytes } = document.machine;
    const rows = [
      ...Object.entries(document.versions),
      ["machine", `${platform}, ${cpu}, ${cores} cores, ${(memoryBytes / 2 ** 30).toFixed(1)} GiB`],
      ["device", document.device.description],
    ];
    await emit(options.json, document, () => [
      { text: rows.map(([name = "", value]) => `${name.padEnd(16)}  ${value}`).join("\n") },
    ]);
  });
};
