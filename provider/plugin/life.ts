/**
 * How long the plugin's process lives: as long as its engine, however it was started. A CLI that is killed
 * does not take it with it, and does not tell. The standard input says nothing: it is at its end from the
 * start where Pulumi's language host starts the plugin.
 */
import { engineAddress, engineIsAt, watchListener } from "../engine/engineWatch";

let watched = "";
let unwatch = () => {};

/**
 * Ends this process once nobody listens at the engine's address any more, which is the last argument, or what
 * the engine says.
 */
export function liveWithEngine(said = ""): void {
  engineIsAt(said);
  const engine = engineAddress();
  if (engine && engine.text !== watched) {
    unwatch();
    watched = engine.text;
    unwatch = watchListener(engine.port, engine.host, () => process.exit(1));
  }
}

/** Serves this engine, and lives on after it: a developer has started this process, perhaps in a debugger. */
export function attachTo(engine: string): void {
  engineIsAt(engine);
  unwatch();
  unwatch = () => {};
  watched = engine;
}
