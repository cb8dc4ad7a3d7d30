import { render } from "preact";
import { App } from "./app";
import { startLive } from "./state/live";
import { startMe } from "./state/me";
import { startOutbox } from "./state/outbox";
import { startPlace } from "./state/place";
import { startRouter } from "./state/router";
import { startShortcuts } from "./state/shortcuts";
import "./state/theme";
import "./style/tokens.css";
import "./style/base.css";
import "./style/layout.css";
import "./style/barks.css";
import "./style/people.css";
import "./style/states.css";
import "./style/forms.css";
import "./style/wide.css";

startRouter();
startLive();
startOutbox();
startPlace();
startShortcuts();
void startMe();
render(<App />, document.getElementById("app")!);

if ("serviceWorker" in navigator && import.meta.env.PROD) {
  addEventListener("load", () => void navigator.serviceWorker.register("/sw.js").catch(() => undefined));
}
