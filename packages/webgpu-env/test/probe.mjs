// Exits with 0 when SwiftShader gives a WebGPU adapter here, else says why not: `node probe.mjs webgpu` asks Dawn in
// this process, which must have been started with `swiftshaderEnv()`; `node probe.mjs browser` asks Chromium.
import { launchChromium, serve, swiftshaderEnv } from "../dist/index.js";

try {
  const adapter = process.argv[2] === "browser" ? await inChromium() : await inNode();
  if (!adapter) throw new Error("requestAdapter() gave null.");
  console.log(adapter);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
// Dawn would hold the process open.
process.exit();

async function inNode() {
  await swiftshaderEnv();
  const { create } = await import("webgpu");
  return (await create([]).requestAdapter())?.info.device;
}

async function inChromium() {
  const server = await serve({});
  const browser = await launchChromium();
  const page = await browser.newPage();
  await page.goto(server.url);
  const adapter = await page.evaluate("navigator.gpu.requestAdapter().then((found) => found?.info.architecture)");
  await browser.close();
  await server.close();
  return adapter;
}
