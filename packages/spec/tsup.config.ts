import { library } from "../../tsup.base.js";

/** A module for each source, so that a page's bundler leaves out the parts it has no use for. */
export default library({ entry: ["src/**/*.ts"], bundle: false });
