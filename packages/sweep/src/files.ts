export { type FileReason, fileError, fileReason } from "./node/files.js";
