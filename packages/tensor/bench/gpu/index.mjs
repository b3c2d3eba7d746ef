// Every section of the bench, each a process of its own with a limit: node index.mjs [small] [section...]. JSON lines, then a table.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const SECTIONS = {
  info: { script: "info.mjs", seconds: 10 },
  steps: { script: "steps.mjs", seconds: 40 },
  profile: { script: "profile.mjs", seconds: 20 },
  products: { script: "products.mjs", seconds: 45 },
  unguarded: { script: "products.mjs", seconds: 13, arguments: ["norobust", "only=NN 4096"] },
  bandwidth: { script: "bandwidth.mjs", seconds: 15 },
};
const words = process.argv.slice(2);
const small = words.includes("small");
const chosen = Object.entries(SECTIONS).filter(([name]) => words.includes(name) || !words.some((w) => w in SECTIONS));
const summary = [];
for (const [name, { script, seconds, arguments: extra = [] }] of chosen) {
  const begin = performance.now();
  const limit = small ? 20 * seconds : seconds;
  const args = [
    fileURLToPath(new URL(script, import.meta.url)),
    ...(small ? ["small"] : []),
    `seconds=${limit - 9}`,
    ...extra,
  ];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const timer = setTimeout(() => child.kill("SIGKILL"), 1000 * limit);
  let rest = "";
  child.stdout.on("data", (data) => {
    process.stdout.write(data);
    const lines = (rest + data).split("\n");
    rest = lines.pop();
    for (const line of lines) if (line.startsWith('{"what"')) summary.push(JSON.parse(line));
  });
  const [code, signal] = await new Promise((resolve) => child.on("close", (...end) => resolve(end)));
  clearTimeout(timer);
  console.log(
    JSON.stringify({ section: name, seconds: +((performance.now() - begin) / 1e3).toFixed(1), code, signal }),
  );
}
console.log("");
for (const { what, ms, tflops, gbs, best, bestTflops, error } of summary)
  console.log(
    [
      what.padEnd(50),
      `${ms ?? ""}`.padStart(10) + (ms === undefined ? "   " : " ms"),
      tflops === undefined ? "" : `${tflops} TFLOP/s`.padStart(16),
      gbs === undefined ? "" : `${gbs} GB/s`.padStart(12),
      best === undefined ? "" : `error ${error}, best ${bestTflops} (${best})`,
    ].join(" "),
  );
