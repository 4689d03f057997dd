// ts-node keeps TypeScript, compiled, in a file of the temporary folder, which all processes on the machine share and write
// over. One that reads while another writes is ended by V8 ("unreachable code"), be it a worker of mocha or a program.
process.env.DISABLE_V8_COMPILE_CACHE = "1";
