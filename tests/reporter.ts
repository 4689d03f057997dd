import { reporters } from "mocha";

/** Mocha's own `spec` report with a closing line that is easy to find for a program. */
class Reporter extends reporters.Spec {
  override epilogue(): void {
    super.epilogue();
    console.log(`${this.stats.passes} passed, ${this.stats.failures} failed`);
  }
}

export = Reporter;
