import { describe, expect, it } from "vitest";
import { archiveSite, output } from "../src/apt.js";
import { requireMesa } from "../src/lavapipe.js";

describe("lavapipe says why it cannot be had", () => {
  it("where a command is missing, or fails", async () => {
    await expect(output("no-such-apt-get", ["update"])).rejects.toThrow(/no-such-apt-get: .*ENOENT/);
    const failing = ["--eval", "console.error('E: no such release'); process.exit(100)"];
    await expect(output(process.execPath, failing)).rejects.toThrow(/: E: no such release$/);
    await expect(output(process.execPath, ["--print", "6 * 7"])).resolves.toBe("42\n");
  });

  it("where the archive is unknown, or its Mesa too old", () => {
    expect(archiveSite("https://a.example/debian-security\nhttps://a.example/debian\n")).toBe(
      "https://a.example/debian",
    );
    expect(() => archiveSite("\n")).toThrow("apt-get knows no archive.");
    expect(() =>
      requireMesa(["libx11-6_1.8_amd64.deb", "mesa-vulkan-drivers_26.1.6-1~bpo13+1_amd64.deb"]),
    ).not.toThrow();
    expect(() => requireMesa(["mesa-vulkan-drivers_25.0.7-2_amd64.deb"])).toThrow(
      /has Mesa 25.0.7-2, and 26 is needed/,
    );
    expect(() => requireMesa(["patchelf_0.14.3-1_amd64.deb"])).toThrow(/has Mesa none/);
  });
});
