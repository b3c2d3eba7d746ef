export { launchChromium } from "./chromium.js";
export { type Lavapipe, lavapipe } from "./lavapipe.js";
export { type LoopbackServer, type Mounts, serve } from "./serve.js";
export { swiftshaderEnv } from "./swiftshader.js";
