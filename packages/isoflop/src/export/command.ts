import type { Command } from "commander";
export const configure = (command: Command): void => {
  command.action(() => {});
};
