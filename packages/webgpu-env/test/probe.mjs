// Exits with 0 when SwiftShader gives a WebGPU adapter here: `node probe.mjs webgpu` asks Dawn in this process, which
// must have been started with `swiftshaderEnv()`; `node probe.mjs browser` asks Chromium.
import { launchChromium, serve, swiftshaderEnv } from "../dist/index.js";

const found = { webgpu: inNode, browser: inChromium };
const adapter = await found[process.argv[2]]();
if (!adapter) throw new Error("requestAdapter() gave null.");
console.log(adapter);
// Dawn keeps an instance alive that would hold the process open.
process.exit(0);

async function inNode() {
  await swiftshaderEnv();
  const { create } = await import("webgpu");
  return (await create([]).requestAdapter())?.info.description;
}

async function inChromium() {
  const server = await serve({});
  const browser = await launchChromium();
  const page = await browser.newPage();
  await page.goto(server.url);
  const description = await page.evaluate(
    "navigator.gpu.requestAdapter().then((a) => a && (a.info.description || a.info.architecture))",
  );
  await browser.close();
  await server.close();
  return description;
}
