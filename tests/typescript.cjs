// ts-node keeps TypeScript, compiled, in a file of the temporary folder, which all processes on the machine share and write
// over. One that reads while another writes is ended by V8 ("unreachable code"), be it a worker of mocha or a program.
process.env.DISABLE_V8_COMPILE_CACHE = "1";
// Each worker compiles what it loads: swc takes a fifth of TypeScript's time, but its source maps are too coarse for c8. Not
// in tsconfig.json, which Pulumi reads too where it runs the plugin's folder.
require("ts-node").register({ transpileOnly: true, swc: process.env.NODE_V8_COVERAGE === undefined });
