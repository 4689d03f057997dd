/**
 * The life of the plugin's process: as long as its engine, even if a developer started the process. A CLI
 * that is killed does not end it, and sends no message. The standard input does not help: it has ended from
 * the start if Pulumi's language host starts the plugin.
 */
import { engineAddress, recordEngineAddress, watchListener } from "../engine/engineWatch";

let watched = "";
let unwatch = () => {};

/**
 * Ends this process once nothing listens at the engine's address any more, which is the last argument, or the
 * address that the engine gives.
 */
export function liveWithEngine(said = ""): void {
  recordEngineAddress(said);
  const engine = engineAddress();
  if (engine && engine.text !== watched) {
    unwatch();
    watched = engine.text;
    unwatch = watchListener(engine.port, engine.host, () => process.exit(1));
  }
}

/**
 * Serves this engine, and continues after its end: a developer has started this process, perhaps in a
 * debugger.
 */
export function attachTo(engine: string): void {
  recordEngineAddress(engine);
  unwatch();
  unwatch = () => {};
  watched = engine;
}
